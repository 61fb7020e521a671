/** The commands that seal and open. */
import { cert } from './cert.ts'
import type { Command } from './command.ts'
import { completion } from './completion.ts'
import { raw } from './raw.ts'
import { seal } from './seal.ts'
import { unseal } from './unseal.ts'
import { version } from './version.ts'

export const SEALING: Readonly<Record<string, Command>> = { seal, unseal, raw, cert, completion, version }
