import type { Command } from './command.ts'
import { REPOSITORY } from './repository.ts'
import { SEALING } from './sealing.ts'

/** All commands with flags, by name; help/pages.ts has a page for each. Which bundle has which, `bin/waxseal.js` knows as well. */
export const COMMANDS: Readonly<Record<string, Command>> = { ...SEALING, ...REPOSITORY }
