import { cert } from './cert.ts'
import { check } from './check.ts'
import type { Command } from './command.ts'
import { completion } from './completion.ts'
import { edit } from './edit.ts'
import { raw } from './raw.ts'
import { reseal } from './reseal.ts'
import { rm } from './rm.ts'
import { seal } from './seal.ts'
import { set } from './set.ts'
import { unseal } from './unseal.ts'
import { verify } from './verify.ts'
import { version } from './version.ts'

/** All commands with flags, by name; help/pages.ts has a page for each. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  seal,
  unseal,
  set,
  rm,
  edit,
  raw,
  reseal,
  verify,
  check,
  cert,
  completion,
  version,
}
