import type { Command } from '../../commands/command.ts'
import type { Context } from '../../context.ts'
import type { Flags } from '../../flags.ts'
import { CliError, UsageError } from '../../messages.ts'
import { REPORT } from '../../output/report.ts'
import { withKeys } from '../../reseal/verify.ts'
import { DECRYPTION_FLAGS, openBackup } from '../backup/open.ts'
import { describeKeys, type KeyInfo } from '../key-info.ts'
import { needsOfCluster } from '../needs/cluster.ts'
import { needsOfFiles, needsOfHistory } from '../needs/files.ts'
import { mayNeed, type Need, neededBy } from '../needs/need.ts'
import { STORE_FLAGS, titleOf, withStore } from '../options.ts'
import { type KeyEntry, keyEntry, reporting } from '../report.ts'
import { ringOf } from '../rotate/plan.ts'
import { confirming, type Places, withPlaces } from '../rotate/request.ts'
import { showNeeds } from '../rotate/rotate.ts'

/** Deletes retired keys that a backup holds and that nothing known needs. */
export const prune: Command = {
  flags: {
    ...STORE_FLAGS,
    ...DECRYPTION_FLAGS,
    backup: { type: 'string' },
    history: { type: 'bool' },
    namespace: { type: 'string', letter: 'n' },
    force: { type: 'array' },
    yes: { type: 'bool', letter: 'y' },
    'dry-run': { type: 'bool' },
    ...REPORT.flags,
  },
  async run(context, flags) {
    const forced = flags.list('force').map((word) => word.toLowerCase())
    if (forced.some((word) => !/^[0-9a-f]{64}$/.test(word))) {
      throw new UsageError('--force takes the whole fingerprint, 64 digits: waxseal keys list -o wide shows it')
    }
    if (flags.bool('history') && flags.positional.length === 0)
      throw new UsageError('--history needs a PATH in a repository')
    const confirm = confirming(context, flags)
    await withStore(context, flags, (store) =>
      withPlaces(context, flags, store, (places) =>
        reporting(context, REPORT.of(flags), (tell) => pruneKeys(context, flags, { ...places, forced, confirm, tell })),
      ),
    )
  },
}

interface Pruning extends Places {
  readonly forced: readonly string[]
  readonly confirm: (step: string) => Promise<void>
  readonly tell: (entry: KeyEntry) => void
}

async function pruneKeys(context: Context, flags: Flags, pruning: Pruning): Promise<void> {
  const { store, forced, confirm, tell } = pruning
  const keys = await describeKeys(await store.list())
  const missing = forced.find((word) => !keys.some(({ fingerprint }) => fingerprint === word))
  if (missing !== undefined) throw new CliError(`no key ${missing} in ${store.title}`)
  const retired = keys.filter(({ stored, fingerprint }) => stored.state !== 'active' && fingerprint !== undefined)
  const isForced = ({ fingerprint }: KeyInfo): boolean => forced.includes(fingerprint ?? '')
  const needs = retired.every(isForced) ? [] : await needsOf(context, flags, pruning, keys)
  const held = await heldKeys(context, flags)
  const going: KeyInfo[] = keys.filter(isForced)
  refuseNewest(going)
  for (const key of retired) {
    if (isForced(key)) continue
    const reason = reasonToKeep(key, needs, held)
    if (reason === undefined) {
      going.push(key)
      continue
    }
    context.stderr.write(`${titleOf(key)} stays: ${reason}\n`)
    tell(keyEntry(key, 'kept', { reason }))
  }
  showNeeds(context, needs)
  if (going.length === 0) return context.stderr.write(`no key of ${store.title} can be deleted\n`)
  for (const key of going) {
    await confirm(`delete ${titleOf(key)} for good`)
    if (!flags.bool('dry-run')) await store.remove(key.stored)
    if (REPORT.of(flags) === undefined) context.stdout.write(`${key.fingerprint}\n`)
    tell(keyEntry(key, 'deleted'))
    context.stderr.write(`${titleOf(key)} ${flags.bool('dry-run') ? 'would be deleted (dry run)' : 'is deleted'}\n`)
  }
}

function refuseNewest(going: readonly KeyInfo[]): void {
  const newest = going.find(({ isNewest }) => isNewest)
  if (newest === undefined) return
  throw new CliError(`${titleOf(newest)} is the key that the controller seals with`, {
    hint: 'rotate to another one first: waxseal keys rotate',
  })
}

/** Everything that may need one of the keys that are not active. */
async function needsOf(
  context: Context,
  flags: Flags,
  { api, files }: Places,
  keys: readonly KeyInfo[],
): Promise<readonly Need[]> {
  const looking = { verifier: withKeys(await ringOf(keys)), namespace: flags.string('namespace') }
  const retired = keys.filter(({ stored }) => stored.state !== 'active')
  const isNeeding = (need: Need): boolean => retired.some(({ fingerprint }) => mayNeed(need, fingerprint))
  const found = [
    ...(await needsOfFiles(context, files, looking)),
    ...(flags.bool('history') ? await needsOfHistory(context, flags.positional, looking) : []),
    ...(api === undefined ? [] : await needsOfCluster(api, looking.verifier, isNeeding)),
  ]
  const places = [
    api === undefined ? [] : ['the cluster'],
    [`${files.length} files`],
    flags.bool('history') ? ['git history'] : [],
  ]
  context.stderr.write(`looked into ${places.flat().join(', ')}\n`)
  return found.filter(isNeeding)
}

/**
 * Fingerprints in the backup that was given, proven by opening it; undefined without one. The time of a backup that is noted at a key
 * proves nothing: where that file is now, nobody knows, and whoever may change the Secret may write a time.
 */
async function heldKeys(context: Context, flags: Flags): Promise<ReadonlySet<string> | undefined> {
  const path = flags.string('backup')
  if (path === undefined) return undefined
  const keys = await describeKeys(await openBackup(context, path, flags))
  return new Set(keys.flatMap(({ fingerprint, problem }) => (problem === undefined ? (fingerprint ?? []) : [])))
}

function reasonToKeep(
  { fingerprint }: KeyInfo,
  needs: readonly Need[],
  held: ReadonlySet<string> | undefined,
): string | undefined {
  const reason = neededBy(needs, fingerprint)
  if (reason !== undefined) return reason
  if (held === undefined) return 'only a backup that is opened proves that one holds it: --backup FILE'
  return held.has(fingerprint ?? '') ? undefined : 'that backup does not hold it'
}
