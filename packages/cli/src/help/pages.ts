/**
 * What `waxseal help` and `--help` print, by command. These texts are the one description of commands and flags: shell completion and
 * docs/reference.md are made from them (page.ts takes them apart), and test/help/pages.test.ts compares them with the flag tables that
 * the commands parse by. In a bundle of its own, since a command that does its work never needs it.
 */
import { GIT_PAGES } from '../git/help.ts'
import { CERT } from './commands/cert.ts'
import { CHECK } from './commands/check.ts'
import { COMPLETION } from './commands/completion.ts'
import { EDIT } from './commands/edit.ts'
import { ACTIVATE } from './commands/keys/activate.ts'
import { BACKUP } from './commands/keys/backup.ts'
import { DOCTOR } from './commands/keys/doctor.ts'
import { GENERATE } from './commands/keys/generate.ts'
import { IMPORT } from './commands/keys/import.ts'
import { KEYS } from './commands/keys/index.ts'
import { LIST } from './commands/keys/list.ts'
import { PRUNE } from './commands/keys/prune.ts'
import { RESTORE } from './commands/keys/restore.ts'
import { RETIRE } from './commands/keys/retire.ts'
import { ROTATE } from './commands/keys/rotate.ts'
import { VERIFY_BACKUP } from './commands/keys/verify-backup.ts'
import { RAW } from './commands/raw.ts'
import { RESEAL } from './commands/reseal.ts'
import { RM } from './commands/rm.ts'
import { SEAL } from './commands/seal.ts'
import { SET } from './commands/set.ts'
import { UNSEAL } from './commands/unseal.ts'
import { VERIFY } from './commands/verify.ts'
import { VERSION } from './commands/version.ts'
import { GENERAL } from './general.ts'
import { TOPICS } from './topics/index.ts'

export const PAGES: Readonly<Record<string, string>> = {
  '': GENERAL,
  seal: SEAL,
  unseal: UNSEAL,
  set: SET,
  rm: RM,
  edit: EDIT,
  raw: RAW,
  reseal: RESEAL,
  verify: VERIFY,
  check: CHECK,
  cert: CERT,
  keys: KEYS,
  'keys list': LIST,
  'keys generate': GENERATE,
  'keys import': IMPORT,
  'keys rotate': ROTATE,
  'keys retire': RETIRE,
  'keys activate': ACTIVATE,
  'keys backup': BACKUP,
  'keys verify-backup': VERIFY_BACKUP,
  'keys restore': RESTORE,
  'keys prune': PRUNE,
  'keys doctor': DOCTOR,
  completion: COMPLETION,
  version: VERSION,
}

/** The page of a command, also of `git COMMAND`, or of a topic. */
export function pageOf(name: string): string | undefined {
  const [first, ...rest] = name.split(' ')
  if (first === 'git') return own(GIT_PAGES, rest.join(' '))
  return own(PAGES, name) ?? own(TOPICS, name)
}

function own(pages: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(pages, name) ? pages[name] : undefined
}
