/** Changes what a key may do. */
import type { Command } from '../../commands/command.ts'
import type { Context } from '../../context.ts'
import type { Flags } from '../../flags.ts'
import { CliError } from '../../messages.ts'
import { REPORT } from '../../output/report.ts'
import { withKeys } from '../../reseal/verify.ts'
import { describeKeys, type KeyInfo } from '../key-info.ts'
import { needsOfCluster } from '../needs/cluster.ts'
import { needsOfFiles } from '../needs/files.ts'
import { mayNeed, type Need, neededBy } from '../needs/need.ts'
import { chosenKeys, STORE_FLAGS, titleOf, withStore } from '../options.ts'
import { keyEntry, reporting } from '../report.ts'
import { ringOf } from '../rotate/plan.ts'
import { type Places, withPlaces } from '../rotate/request.ts'
import { showNeeds } from '../rotate/rotate.ts'
import type { KeyState, KeyStore } from '../store/store.ts'

/** A retired key opens nothing any more: what needs it fails until it is active again. It is not deleted. */
export const retire: Command = {
  flags: {
    ...STORE_FLAGS,
    ...REPORT.flags,
    compromised: { type: 'bool' },
    force: { type: 'bool' },
    'dry-run': { type: 'bool' },
  },
  run: (context, flags) => setState(context, flags, flags.bool('compromised') ? 'compromised' : 'retired'),
}

export const activate: Command = {
  flags: { ...STORE_FLAGS, ...REPORT.flags, 'dry-run': { type: 'bool' } },
  run: (context, flags) => setState(context, flags, 'active'),
}

function setState(context: Context, flags: Flags, state: KeyState): Promise<void> {
  const dryRun = flags.bool('dry-run')
  return withStore(context, flags, async (store) => {
    const keys = await describeKeys(await store.list())
    const chosen = chosenKeys(keys, flags.positional, store)
    if (state !== 'active') {
      refuseLast(keys, chosen)
      if (!flags.bool('force')) await refuseNeeded(context, flags, store, { keys, chosen })
    }
    await reporting(context, REPORT.of(flags), async (tell) => {
      for (const key of chosen) {
        if (key.stored.state === state) {
          context.stderr.write(`${titleOf(key)} is ${state} already\n`)
          tell(keyEntry(key, 'unchanged'))
          continue
        }
        if (!dryRun) await store.change(key.stored, { state })
        context.stderr.write(`${titleOf(key)} is ${state} now${dryRun ? ' (dry run: not changed)' : ''}\n`)
        tell(keyEntry(key, 'changed', { state }))
      }
    })
  })
}

/** By what is in the cluster, or in the folder that the controller opens. */
async function refuseNeeded(
  context: Context,
  flags: Flags,
  store: KeyStore,
  { keys, chosen }: { keys: readonly KeyInfo[]; chosen: readonly KeyInfo[] },
): Promise<void> {
  const going = chosen.filter(({ stored }) => stored.state === 'active')
  if (going.length === 0) return
  const check = async ({ api, files }: Places): Promise<void> => {
    const verifier = withKeys(await ringOf(keys))
    const isNeeding = (need: Need): boolean => going.some(({ fingerprint }) => mayNeed(need, fingerprint))
    const inFiles = await needsOfFiles(context, files, { verifier, namespace: undefined })
    const inCluster = api === undefined ? [] : await needsOfCluster(api, verifier, isNeeding)
    const needs = [...inFiles.filter(isNeeding), ...inCluster]
    const [first] = going.filter(({ fingerprint }) => neededBy(needs, fingerprint) !== undefined)
    if (first === undefined) return
    showNeeds(context, needs)
    throw new CliError(`${titleOf(first)} stays active: ${neededBy(needs, first.fingerprint)}`, {
      hint: 'waxseal keys rotate seals them again and then retires it; --force retires it all the same',
    })
  }
  await withPlaces(context, flags, store, check, [])
}

/** A controller without a usable key makes one at once, and nothing sealed so far opens. */
function refuseLast(keys: readonly KeyInfo[], chosen: readonly KeyInfo[]): void {
  const left = keys.filter((key) => key.stored.state === 'active' && key.problem === undefined && !chosen.includes(key))
  if (left.length > 0) return
  throw new CliError('that would leave no active key', {
    hint: 'make a new one first: waxseal keys generate --cluster, or --directory DIR',
  })
}
