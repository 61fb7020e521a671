import type { Command } from '../../commands/command.ts'
import type { Context } from '../../context.ts'
import type { Flags } from '../../flags.ts'
import { CliError, UsageError } from '../../messages.ts'
import { REPORT } from '../../output/report.ts'
import { DECRYPTION_FLAGS, openBackup } from '../backup/open.ts'
import { describeKeys, type KeyInfo } from '../key-info.ts'
import { STORE_FLAGS, titleOf, withStore } from '../options.ts'
import { type KeyEntry, keyEntry, reporting } from '../report.ts'
import type { KeyStore } from '../store/store.ts'
import { noteBackup } from './backup.ts'

/** Proves that a backup decrypts, that its keys are whole, and that no active key is missing; then notes that at the keys. */
export const verifyBackup: Command = {
  flags: {
    ...STORE_FLAGS,
    ...DECRYPTION_FLAGS,
    ...REPORT.flags,
    offline: { type: 'bool' },
    'dry-run': { type: 'bool' },
  },
  async run(context, flags) {
    const [path, ...others] = flags.positional
    if (path === undefined || others.length > 0) throw new UsageError('one FILE is needed')
    const keys = await describeKeys(await openBackup(context, path, flags))
    const damaged = keys.find(({ problem }) => problem !== undefined)
    if (damaged !== undefined) throw new CliError(`${path}: ${titleOf(damaged)}: ${damaged.problem}`)
    const output = REPORT.of(flags)
    if (output === undefined)
      context.stdout.write(keys.map((key) => `${key.fingerprint}  ${key.stored.name}  ${key.stored.state}\n`).join(''))
    await reporting(context, output, async (tell) => {
      for (const key of keys) tell(keyEntry(key, 'whole'))
      if (flags.bool('offline')) context.stderr.write(`${path}: ${counted(keys)}, all whole\n`)
      else await withStore(context, flags, (store) => compare(context, flags, { path, keys, store, tell }))
    })
  },
}

interface Compared {
  readonly path: string
  readonly keys: readonly KeyInfo[]
  readonly store: KeyStore
  readonly tell: (entry: KeyEntry) => void
}

/** With the keys that the controller has. Throws CliError where the backup lacks an active one. */
async function compare(context: Context, flags: Flags, { path, keys, store, tell }: Compared): Promise<void> {
  const there = await describeKeys(await store.list())
  const held = new Set(keys.map(({ fingerprint }) => fingerprint))
  const isHeld = ({ fingerprint }: KeyInfo): boolean => fingerprint !== undefined && held.has(fingerprint)
  const missing = there.filter((key) => key.stored.state === 'active' && key.problem === undefined && !isHeld(key))
  if (missing.length > 0) {
    for (const key of missing) tell(keyEntry(key, 'missing'))
    throw new CliError(`${path} lacks ${missing.map(titleOf).join(', ')}, active in ${store.title}`, {
      hint: 'make a new one: waxseal keys backup',
    })
  }
  if (!flags.bool('dry-run')) await noteBackup(context, store, there.filter(isHeld))
  context.stderr.write(`${path}: ${counted(keys)}, all whole, and every active key of ${store.title} among them\n`)
}

const counted = (keys: readonly unknown[]): string => `${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`
