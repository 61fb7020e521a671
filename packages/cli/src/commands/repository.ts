/** The commands that look after sealed files. */
import { check } from './check.ts'
import type { Command } from './command.ts'
import { edit } from './edit.ts'
import { reseal } from './reseal.ts'
import { rm } from './rm.ts'
import { set } from './set.ts'
import { verify } from './verify.ts'

export const REPOSITORY: Readonly<Record<string, Command>> = { set, rm, edit, reseal, verify, check }
