import type { GitCommand } from '../tools.ts'
import { addGpgUser } from './add-gpg-user.ts'
import { exportKey } from './export-key.ts'
import { guard } from './guard.ts'
import { init } from './init.ts'
import { keygen } from './keygen.ts'
import { lock } from './lock.ts'
import { lsGpgUsers } from './ls-gpg-users.ts'
import { merge } from './merge.ts'
import { migrateKey } from './migrate-key.ts'
import { refresh } from './refresh.ts'
import { rmGpgUser } from './rm-gpg-user.ts'
import { rotateKey } from './rotate-key.ts'
import { status } from './status.ts'
import { unlock } from './unlock.ts'

/** All commands but the filters, by name. */
export const COMMANDS: Readonly<Record<string, GitCommand>> = {
  'add-gpg-user': addGpgUser,
  'export-key': exportKey,
  guard,
  init,
  keygen,
  lock,
  'ls-gpg-users': lsGpgUsers,
  merge,
  'migrate-key': migrateKey,
  refresh,
  'rm-gpg-user': rmGpgUser,
  'rotate-key': rotateKey,
  status,
  unlock,
}
