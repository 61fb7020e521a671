/** What `keys rotate` would do, without a private operation on what a controller has answered for already. */
import type { Context } from '../../context.ts'
import type { Flags } from '../../flags.ts'
import { withKeys } from '../../reseal/verify.ts'
import { describeKeys } from '../key-info.ts'
import { needsOfCluster } from '../needs/cluster.ts'
import { needsOfFiles } from '../needs/files.ts'
import type { Need } from '../needs/need.ts'
import { titleOf } from '../options.ts'
import { keyEntry } from '../report.ts'
import { planOf, ringOf } from './plan.ts'
import type { RotationReport } from './report.ts'
import type { Places } from './request.ts'

interface Previewing extends Places {
  readonly report: RotationReport
  /** Whether the report says what needs an old key: then all of that is kept. */
  readonly withNeeds: boolean
}

export async function preview(
  context: Context,
  flags: Flags,
  { store, api, files, report, withNeeds }: Previewing,
): Promise<void> {
  const keys = await describeKeys(await store.list())
  const { next, old } = planOf(keys, store)
  const say = (text: string): void => context.stderr.write(`${text}\n`)
  say(next === undefined ? `would add a new key to ${store.title}` : `would go on rotating to ${titleOf(next)}`)
  report.keys.push(next === undefined ? { state: 'active', result: 'added' } : keyEntry(next, 'unchanged'))
  const backup = flags.string('backup')
  if (backup !== undefined) say(`would write ${keys.length + (next === undefined ? 1 : 0)} keys to ${backup}`)
  const isOld = ({ keys: needed, unknown }: Need): boolean =>
    unknown !== undefined || needed.some((key) => key !== next?.fingerprint)
  if (files.length > 0) {
    const looking = { verifier: withKeys(await ringOf(keys)), namespace: flags.string('namespace') }
    const needs = await needsOfFiles(context, files, looking)
    report.needs.push(...needs.filter(isOld))
    say(`files: ${needs.filter(isOld).length} of ${needs.length} SealedSecrets are sealed for older keys`)
  }
  if (api !== undefined) {
    let [count, unknown] = [0, 0]
    const needs = await needsOfCluster(api, undefined, (need) => {
      if (need.unknown !== undefined) unknown += 1
      else if (isOld(need)) count += 1
      return withNeeds && isOld(need)
    })
    report.needs.push(...needs)
    say(`cluster: ${count} SealedSecrets need older keys; of ${unknown} more it is not known before they are opened`)
  }
  if (flags.bool('retire-old')) {
    for (const key of old) {
      say(`would retire ${titleOf(key)} once nothing needs it`)
      report.keys.push(keyEntry(key, 'changed', { state: 'retired', reason: 'once nothing needs it' }))
    }
  }
  say('dry run: nothing is written')
}
