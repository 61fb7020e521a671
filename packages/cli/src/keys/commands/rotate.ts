import type { Command } from '../../commands/command.ts'
import type { Context } from '../../context.ts'
import type { Flags } from '../../flags.ts'
import { widenThreadPool } from '../../io/platform.ts'
import { UsageError } from '../../messages.ts'
import { REPORT } from '../../output/report.ts'
import { FLUSHES } from '../../reseal/run.ts'
import { ENCRYPTION_FLAGS, encryptionOf } from '../backup/seal.ts'
import { STORE_FLAGS, withStore } from '../options.ts'
import type { Target } from '../rotate/new-key.ts'
import { preview } from '../rotate/preview.ts'
import { reportingRotation } from '../rotate/report.ts'
import { confirming, withPlaces } from '../rotate/request.ts'
import { rotateKeys } from '../rotate/rotate.ts'
import { bitsOf, parseTtl } from './generate.ts'

/** A new key, everything sealed for it, the old keys retired: each step is safe to stop at, and the same command goes on from there. */
export const rotate: Command = {
  flags: {
    ...STORE_FLAGS,
    ...ENCRYPTION_FLAGS,
    backup: { type: 'string' },
    'no-backup': { type: 'bool' },
    cluster: { type: 'bool' },
    'retire-old': { type: 'bool' },
    compromised: { type: 'array' },
    checklist: { type: 'string' },
    history: { type: 'bool' },
    namespace: { type: 'string', letter: 'n' },
    bits: { type: 'int' },
    cn: { type: 'string' },
    ttl: { type: 'string', check: (value) => void parseTtl(value) },
    timeout: { type: 'int' },
    yes: { type: 'bool', letter: 'y' },
    'dry-run': { type: 'bool' },
    ...REPORT.flags,
  },
  async run(context, flags) {
    const dryRun = flags.bool('dry-run')
    checkFlags(flags)
    const confirm = confirming(context, flags)
    const output = REPORT.of(flags)
    const target = dryRun ? undefined : await targetOf(context, flags)
    // Before the first key is read: the pool takes its size then.
    if (!dryRun) widenThreadPool(FLUSHES)
    await withStore(context, flags, (store) =>
      withPlaces(context, flags, store, (places) =>
        reportingRotation(context, output, async (report) => {
          const withNeeds = output === 'json' || output === 'yaml'
          if (dryRun) await preview(context, flags, { ...places, report, withNeeds })
          else await rotateKeys(context, flags, { ...places, target, confirm, output, report })
        }),
      ),
    )
  },
}

function checkFlags(flags: Flags): void {
  bitsOf(flags)
  if (flags.bool('cluster') && flags.string('directory') !== undefined)
    throw new UsageError('--cluster and --directory exclude each other')
  if (flags.list('compromised').length > 0 && flags.string('checklist') === undefined) {
    throw new UsageError('--compromised needs --checklist FILE, for the secrets that must be changed at their source')
  }
  if (flags.given('checklist') && flags.list('compromised').length === 0)
    throw new UsageError('--checklist is for --compromised KEY')
  if (flags.bool('history') && flags.positional.length === 0)
    throw new UsageError('--history needs a PATH in a repository')
  if (flags.bool('dry-run') || flags.bool('no-backup') !== flags.given('backup')) return
  throw new UsageError('--backup FILE is needed, or --no-backup if every key is in a backup, also the new one soon')
}

async function targetOf(context: Context, flags: Flags): Promise<Target | undefined> {
  const path = flags.string('backup')
  if (path === undefined) return undefined
  if (path === '-') throw new UsageError('--backup writes to a file: only that can be read again to be sure')
  context.files.checkWritable(path)
  return { path, encryption: await encryptionOf(context, flags) }
}
