/** Puts a backup into a file. */
import { equalBytes } from '@waxseal/core'
import type { Context } from '../../context.ts'
import { CliError } from '../../messages.ts'

const LIMIT = 64 * 1024 * 1024
/** For the owner alone, also where a wider file is replaced. */
const PRIVATE = { create: 0o600, existing: 'set' } as const
const EARLIER = 1000

/**
 * In one step, and read again to be sure. What was in the file before is kept beside it, as FILE.1, FILE.2 and so on: an earlier backup may
 * hold keys that have been pruned since and are nowhere else.
 */
export function writeBackup(context: Context, path: string, bytes: Uint8Array): void {
  keepEarlier(context, path)
  context.files.replace(path, bytes, PRIVATE)
  if (!equalBytes(context.files.read(path, LIMIT), bytes)) {
    throw new CliError(`${path}: what was written does not read back`, { hint: 'write the backup to another disk' })
  }
}

function keepEarlier(context: Context, path: string): void {
  if (!context.files.exists(path)) return
  const earlier = context.files.read(path, LIMIT)
  if (earlier.length === 0) return
  for (let number = 1; number <= EARLIER; number++) {
    const beside = `${path}.${number}`
    if (context.files.exists(beside)) continue
    context.files.create(beside, earlier, 0o600)
    context.stderr.write(`${beside}: the earlier backup, kept since it may hold keys that are nowhere else\n`)
    return
  }
  throw new CliError(`${path} has ${EARLIER} earlier backups beside it`, {
    hint: 'choose another name, or move them away',
  })
}
