import type { Command } from '../../commands/command.ts'
import { CliError, UsageError } from '../../messages.ts'
import { DECRYPTION_FLAGS, openBackup } from '../backup/open.ts'
import { describeKeys, type KeyInfo } from '../key-info.ts'
import { STORE_FLAGS, titleOf, withStore } from '../options.ts'
import { noteBackup } from './backup.ts'

/** Proves that a backup decrypts, that its keys are whole, and that no active key is missing; then notes that at the keys. */
export const verifyBackup: Command = {
  flags: { ...STORE_FLAGS, ...DECRYPTION_FLAGS, offline: { type: 'bool' }, 'dry-run': { type: 'bool' } },
  async run(context, flags) {
    const [path, ...others] = flags.positional
    if (path === undefined || others.length > 0) throw new UsageError('one FILE is needed')
    const keys = await describeKeys(await openBackup(context, path, flags))
    const damaged = keys.find(({ problem }) => problem !== undefined)
    if (damaged !== undefined) throw new CliError(`${path}: ${titleOf(damaged)}: ${damaged.problem}`)
    context.stdout.write(keys.map((key) => `${key.fingerprint}  ${key.stored.name}  ${key.stored.state}\n`).join(''))
    if (flags.bool('offline')) return context.stderr.write(`${path}: ${counted(keys)}, all whole\n`)
    await withStore(context, flags, async (store) => {
      const there = await describeKeys(await store.list())
      const held = new Set(keys.map(({ fingerprint }) => fingerprint))
      const isHeld = ({ fingerprint }: KeyInfo): boolean => fingerprint !== undefined && held.has(fingerprint)
      const missing = there.filter((key) => key.stored.state === 'active' && key.problem === undefined && !isHeld(key))
      if (missing.length > 0) {
        throw new CliError(`${path} lacks ${missing.map(titleOf).join(', ')}, active in ${store.title}`, {
          hint: 'make a new one: waxseal keys backup',
        })
      }
      if (!flags.bool('dry-run')) await noteBackup(context, store, there.filter(isHeld))
      context.stderr.write(`${path}: ${counted(keys)}, all whole, and every active key of ${store.title} among them\n`)
    })
  },
}

const counted = (keys: readonly unknown[]): string => `${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`
