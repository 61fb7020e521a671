import type { Command } from '../../commands/command.ts'
import { backup } from './backup.ts'
import { doctor } from './doctor.ts'
import { generate } from './generate.ts'
import { importKey } from './import.ts'
import { list } from './list.ts'
import { prune } from './prune.ts'
import { restore } from './restore.ts'
import { rotate } from './rotate.ts'
import { activate, retire } from './state.ts'
import { verifyBackup } from './verify-backup.ts'

/** The commands of `waxseal keys`, by name; help/pages.ts has a page for each. */
export const KEY_COMMANDS: Readonly<Record<string, Command>> = {
  list,
  generate,
  import: importKey,
  rotate,
  retire,
  activate,
  backup,
  'verify-backup': verifyBackup,
  restore,
  prune,
  doctor,
}
