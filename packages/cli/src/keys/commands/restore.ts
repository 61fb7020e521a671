import type { Command } from '../../commands/command.ts'
import { CliError, UsageError } from '../../messages.ts'
import { REPORT } from '../../output/report.ts'
import { DECRYPTION_FLAGS, openBackup } from '../backup/open.ts'
import { describeKeys, type KeyInfo } from '../key-info.ts'
import { noKeysYet, STORE_FLAGS, titleOf, withStore } from '../options.ts'
import { keyEntry, reporting } from '../report.ts'

/** Brings back what is missing. A key that is there is never touched, whatever its state: the backup may be older than that. */
export const restore: Command = {
  flags: { ...STORE_FLAGS, ...DECRYPTION_FLAGS, ...REPORT.flags, 'dry-run': { type: 'bool' } },
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
      const output = REPORT.of(flags)
      let restored = 0
      await reporting(context, output, async (tell) => {
        for (const key of keys) {
          const known = there.find(({ fingerprint }) => fingerprint === key.fingerprint)
          if (known !== undefined) {
            const reason = differenceOf(known, key)
            context.stderr.write(`${titleOf(known)} is there${reason === undefined ? '' : `, ${reason}`}\n`)
            tell(keyEntry(known, 'unchanged', { reason }))
            continue
          }
          const name = dryRun ? nameFor(key, names) : (await store.create(newKey(key, names))).name
          restored += 1
          if (output === undefined) context.stdout.write(`${key.fingerprint}\n`)
          tell({ ...keyEntry(key, 'restored'), name })
        }
      })
      const note = dryRun ? ' (dry run: nothing is written)' : ''
      context.stderr.write(`${restored} of ${keys.length} keys restored to ${store.title}${note}\n`)
    })
  },
}

/** That of the key there counts: the backup may be older. */
function differenceOf(known: KeyInfo, key: KeyInfo): string | undefined {
  if (known.stored.state === key.stored.state) return undefined
  return `${known.stored.state} there and ${key.stored.state} in the backup`
}

/** Its own, unless another key has taken that. */
const nameFor = ({ stored }: KeyInfo, names: ReadonlySet<string>): string | undefined =>
  names.has(stored.name) ? undefined : stored.name

function newKey(key: KeyInfo, names: ReadonlySet<string>) {
  const { state, certificatePem = '', privateKeyPem = '', labels, annotations } = key.stored
  return { name: nameFor(key, names), state, labels, annotations, certificatePem, privateKeyPem }
}
