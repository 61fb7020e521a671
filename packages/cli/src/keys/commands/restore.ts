import type { Command } from '../../commands/command.ts'
import { CliError, UsageError } from '../../messages.ts'
import { DECRYPTION_FLAGS, openBackup } from '../backup/open.ts'
import { describeKeys, type KeyInfo } from '../key-info.ts'
import { noKeysYet, STORE_FLAGS, titleOf, withStore } from '../options.ts'

/** Brings back what is missing. A key that is there is never touched, whatever its state: the backup may be older than that. */
export const restore: Command = {
  flags: { ...STORE_FLAGS, ...DECRYPTION_FLAGS, 'dry-run': { type: 'bool' } },
  async run(context, flags) {
    const [path, ...others] = flags.positional
    if (path === undefined || others.length > 0) throw new UsageError('one FILE is needed')
    const keys = await describeKeys(await openBackup(context, path, flags))
    const damaged = keys.find(({ problem }) => problem !== undefined)
    if (damaged !== undefined) {
      throw new CliError(`${path}: ${titleOf(damaged)}: ${damaged.problem}`, { hint: 'nothing was restored' })
    }
    const dryRun = flags.bool('dry-run')
    await withStore(context, flags, async (store) => {
      const there = await describeKeys(await store.list().catch(noKeysYet))
      const names = new Set(there.map(({ stored }) => stored.name))
      let restored = 0
      for (const key of keys) {
        const known = there.find(({ fingerprint }) => fingerprint === key.fingerprint)
        if (known !== undefined) {
          const state =
            known.stored.state === key.stored.state
              ? ''
              : `, ${known.stored.state} there and ${key.stored.state} in the backup`
          context.stderr.write(`${titleOf(known)} is there${state}\n`)
          continue
        }
        if (!dryRun) await store.create(newKey(key, names))
        restored += 1
        context.stdout.write(`${key.fingerprint}\n`)
      }
      const note = dryRun ? ' (dry run: nothing is written)' : ''
      context.stderr.write(`${restored} of ${keys.length} keys restored to ${store.title}${note}\n`)
    })
  },
}

/** Under its own name, unless another key has taken that. */
function newKey({ stored }: KeyInfo, names: ReadonlySet<string>) {
  const { certificatePem = '', privateKeyPem = '', labels, annotations } = stored
  const name = names.has(stored.name) ? undefined : stored.name
  return { name, state: stored.state, labels, annotations, certificatePem, privateKeyPem }
}
