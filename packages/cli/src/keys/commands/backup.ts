import type { Command } from '../../commands/command.ts'
import type { Context } from '../../context.ts'
import { CliError, UsageError } from '../../messages.ts'
import { REPORT } from '../../output/report.ts'
import { backupText } from '../backup/manifest.ts'
import { ENCRYPTION_FLAGS, type Encryption, encryptionOf } from '../backup/seal.ts'
import { writeBackup } from '../backup/write.ts'
import { describeKeys, type KeyInfo } from '../key-info.ts'
import { chosenKeys, STORE_FLAGS, titleOf, withStore } from '../options.ts'
import { type KeyEntry, keyEntry, reporting } from '../report.ts'
import type { KeyChange, KeyStore } from '../store/store.ts'

export const backup: Command = {
  flags: {
    ...STORE_FLAGS,
    ...ENCRYPTION_FLAGS,
    only: { type: 'array' },
    plaintext: { type: 'bool' },
    'dry-run': { type: 'bool' },
    ...REPORT.flags,
  },
  async run(context, flags) {
    const [path, ...others] = flags.positional
    if (path === undefined || others.length > 0) throw new UsageError('one FILE is needed, or - for standard output')
    const isPlain = flags.bool('plaintext')
    if (isPlain && path === '-') {
      throw new UsageError('--plaintext writes to a file that only you can read, not to standard output')
    }
    if (path === '-' && context.stdout.isTerminal) throw new UsageError('the backup is binary: redirect it to a file')
    const output = REPORT.of(flags)
    if (path === '-' && output !== undefined && !flags.bool('dry-run'))
      throw new UsageError('--output is for a FILE, or for --dry-run: the backup itself goes to standard output')
    if (path !== '-') context.files.checkWritable(path)
    const encryption: Encryption = isPlain ? PLAIN : await encryptionOf(context, flags)
    await withStore(context, flags, async (store) => {
      const listed = await describeKeys(await store.list())
      const all = listed.filter((key) => usable(context, key))
      const only = flags.list('only')
      const keys = only.length === 0 ? all : chosenKeys(all, only, store)
      if (keys.length === 0) throw new CliError(`no key in ${store.title} that could be backed up`)
      const bytes = await encryption.encrypt(new TextEncoder().encode(await backupText(keys, store.namespace)))
      const what = `${keys.length} ${keys.length === 1 ? 'key' : 'keys'} of ${store.title} for ${encryption.title}`
      const report = (): Promise<void> => reporting(context, output, async (tell) => tellAll(tell, listed, keys))
      if (flags.bool('dry-run')) {
        context.stderr.write(`${path}: would hold ${what} (dry run)\n`)
        return report()
      }
      if (path === '-') {
        context.stdout.write(bytes)
        return context.stderr.write(
          `written: ${what}. Not noted at the keys, since only you know where it went: waxseal keys verify-backup FILE does that\n`,
        )
      }
      writeBackup(context, path, bytes)
      if (isPlain)
        context.stderr.write(`warning: ${path} is not encrypted: whoever can read it can open every secret\n`)
      context.stderr.write(`${path}: ${what}\n`)
      await noteBackup(context, store, keys)
      await report()
    })
  },
}

const PLAIN: Encryption = { title: 'whoever can read it', encrypt: (plaintext) => Promise.resolve(plaintext) }

/** The keys in the backup, and those that cannot be in one. */
function tellAll(tell: (entry: KeyEntry) => void, listed: readonly KeyInfo[], saved: readonly KeyInfo[]): void {
  for (const key of listed) {
    if (saved.includes(key)) tell(keyEntry(key, 'saved'))
    else if (key.problem !== undefined) tell(keyEntry(key, 'left', { reason: key.problem }))
  }
}

function usable(context: Context, key: KeyInfo): boolean {
  if (key.problem === undefined) return true
  context.stderr.write(`warning: ${titleOf(key)} is left out: ${key.problem}\n`)
  return false
}

/** At the keys themselves, for `keys list`, the controller's metric and `prune`. Where that may not be done, the backup is there all the same. */
export async function noteBackup(
  context: Context,
  store: KeyStore,
  keys: readonly KeyInfo[],
  also: (key: KeyInfo) => KeyChange = () => ({}),
): Promise<void> {
  const lastBackup = context
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
  for (const key of keys) {
    try {
      await store.change(key.stored, { lastBackup, ...also(key) })
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      context.stderr.write(`warning: the time of the backup is not noted at ${titleOf(key)}: ${error.message}\n`)
    }
  }
}
