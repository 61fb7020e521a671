/** The steps of a rotation. None undoes what a step before it made safe, so that after any of them the same command can be run again. */
import type { Certificate, KeyRing } from '@waxseal/core'
import { entryOf, summary, unfinished } from '../../commands/reseal.ts'
import type { Context } from '../../context.ts'
import type { Flags } from '../../flags.ts'
import { readCertificatePem } from '../../io/x509.ts'
import { CliError } from '../../messages.ts'
import type { ReportFormat } from '../../output/report.ts'
import { offline } from '../../reseal/engine.ts'
import { type Row, resealFiles } from '../../reseal/run.ts'
import { withKeys } from '../../reseal/verify.ts'
import { describeKeys, type KeyInfo } from '../key-info.ts'
import { needsOfCluster } from '../needs/cluster.ts'
import { needsOfFiles, needsOfHistory } from '../needs/files.ts'
import { mayNeed, type Need, neededBy, needTitle } from '../needs/need.ts'
import { chosenKeys, titleOf } from '../options.ts'
import { keyEntry } from '../report.ts'
import { addToChecklist } from './checklist.ts'
import { keyToRotateTo, type Target } from './new-key.ts'
import { resealObjects } from './objects.ts'
import { planOf, ringOf } from './plan.ts'
import { untilAllSeal } from './replicas.ts'
import type { RotationReport } from './report.ts'
import type { Places } from './request.ts'

export interface Rotation extends Places {
  readonly target: Target | undefined
  readonly confirm: (step: string) => Promise<void>
  readonly output: ReportFormat | undefined
  readonly report: RotationReport
}

const TIMEOUT_SECONDS = '120'
/** Of SealedSecrets that need old keys, so many are named. */
const SHOWN = 50

export async function rotateKeys(context: Context, flags: Flags, rotation: Rotation): Promise<void> {
  const { store, api, options, confirm, report } = rotation
  const keys = await describeKeys(await store.list())
  const known = new Set(keys.map(({ stored }) => stored.name))
  const compromised = compromisedKeys(keys, flags, rotation)
  const next = await keyToRotateTo(context, flags, store, rotation)
  context.stderr.write(`rotating to ${titleOf(next)}\n`)
  report.keys.push(keyEntry(next, known.has(next.stored.name) ? 'unchanged' : 'added'))
  if (api !== undefined) {
    const seconds = Number(flags.string('timeout') ?? TIMEOUT_SECONDS)
    const who = await untilAllSeal(api, options, next.fingerprint ?? '', seconds)
    context.stderr.write(`the controller seals with it (${who})\n`)
  }
  const ring = await ringOf(await describeKeys(await store.list()))
  const certificate = await readCertificatePem(next.stored.certificatePem ?? '')
  for (const key of compromised) await listSecrets(context, flags, rotation, { ring, key })
  const failed = await resealAll(context, flags, rotation, { ring, certificate })
  const needs = await needsAfter(context, flags, rotation, { ring, next: next.fingerprint ?? '' })
  report.needs.push(...needs)
  showNeeds(context, needs)
  if (flags.bool('retire-old')) {
    await confirm(`retire the old keys that nothing needs`)
    await retireOld(context, rotation, { next, compromised, needs })
  } else if (needs.length === 0) {
    context.stderr.write('nothing that was looked at needs an old key: --retire-old retires them\n')
  }
  if (failed > 0)
    throw new CliError(`${failed} not sealed again`, { hint: 'see to them, then run the same command again' })
  if (needs.length === 0) await finish(rotation, next)
  else if (flags.bool('retire-old')) throw stillNeeded(needs.length)
  else context.stderr.write('not finished: apply or sync what was sealed again, then run the same command again\n')
}

function compromisedKeys(keys: readonly KeyInfo[], flags: Flags, { store }: Places): readonly KeyInfo[] {
  const words = flags.list('compromised')
  if (words.length === 0) return []
  const chosen = chosenKeys(keys, words, store)
  const { next } = planOf(keys, store)
  if (next !== undefined && chosen.includes(next)) {
    throw new CliError(`${titleOf(next)} is the key that is being rotated to`, {
      hint: 'finish this rotation first, or add another key with waxseal keys generate, then rotate again',
    })
  }
  return chosen
}

interface Opening {
  readonly ring: KeyRing
}

/** Before anything is sealed again: then nobody could tell any more. */
async function listSecrets(
  context: Context,
  flags: Flags,
  { api, files }: Places,
  { ring, key }: Opening & { readonly key: KeyInfo },
): Promise<void> {
  const looking = { verifier: withKeys(ring), namespace: flags.string('namespace') }
  const isTheirs = (need: Need): boolean => mayNeed(need, key.fingerprint)
  const needs = [
    ...(api === undefined ? [] : await needsOfCluster(api, looking.verifier, isTheirs)),
    ...(await needsOfFiles(context, files, looking)),
    ...(flags.bool('history') ? await needsOfHistory(context, flags.positional, looking) : []),
  ].filter(isTheirs)
  const path = flags.string('checklist') ?? ''
  const count = addToChecklist(context, path, key.fingerprint ?? '', needs)
  context.stderr.write(`${path}: ${count} SealedSecrets to be changed at their source, sealed with ${titleOf(key)}\n`)
}

/** How many could not be sealed again. */
async function resealAll(
  context: Context,
  flags: Flags,
  { api, files, confirm, output, report }: Rotation,
  { ring, certificate }: Opening & { readonly certificate: Certificate },
): Promise<number> {
  const engine = offline(ring, certificate)
  let rows: readonly Row[] = []
  if (files.length > 0) {
    await confirm(`seal the SealedSecrets in ${files.length} files again`)
    const request = { paths: files, namespace: flags.string('namespace'), dryRun: false }
    const run = await resealFiles(context, engine, request)
    rows = run.files.flatMap((file) => file.rows)
    const changed = run.files.filter((file) => file.changed)
    report.sealedSecrets.push(...rows.map(entryOf))
    if (output === undefined || output === 'name') context.stdout.write(changed.map(({ path }) => `${path}\n`).join(''))
    for (const { error } of rows) if (error !== undefined) context.stderr.write(`error: ${error}\n`)
    context.stderr.write(`${summary(rows, changed.length)}\n`)
    if (run.stopped !== undefined) throw unfinished(run.stopped)
  }
  const failed = rows.filter(({ result }) => result === 'failed').length
  if (api === undefined || !flags.bool('cluster')) return failed
  await confirm('seal the SealedSecrets in the cluster again that nothing but the cluster holds')
  const inFiles = new Set(rows.map(({ namespace = '', name = '' }) => `${namespace}/${name}`))
  const run = await resealObjects(api, engine, (title) => inFiles.has(title))
  report.sealedSecrets.push(...run.entries)
  for (const each of run.left) context.stderr.write(`left: ${each}\n`)
  for (const each of run.failed) context.stderr.write(`error: ${each}\n`)
  context.stderr.write(
    `cluster: ${run.resealed} sealed again, ${run.current} sealed for this key before, ${run.left.length} left\n`,
  )
  return failed + run.failed.length
}

async function needsAfter(
  context: Context,
  flags: Flags,
  { api, files }: Places,
  { ring, next }: Opening & { readonly next: string },
): Promise<readonly Need[]> {
  const looking = { verifier: withKeys(ring), namespace: flags.string('namespace') }
  const isOld = ({ keys, unknown }: Need): boolean => unknown !== undefined || keys.some((key) => key !== next)
  const inFiles = await needsOfFiles(context, files, looking)
  return [...inFiles.filter(isOld), ...(api === undefined ? [] : await needsOfCluster(api, looking.verifier, isOld))]
}

/** For people; also what `prune` shows. */
export function showNeeds({ stderr }: Context, needs: readonly Need[]): void {
  for (const need of needs.slice(0, SHOWN)) {
    const why = need.unknown ?? need.keys.map((key) => key.slice(0, 16)).join(', ')
    stderr.write(`needs an old key: ${needTitle(need)}: ${why}\n`)
  }
  if (needs.length > SHOWN) stderr.write(`and ${needs.length - SHOWN} more\n`)
}

const stillNeeded = (count: number): CliError =>
  new CliError(`${count} SealedSecrets still need old keys, or may`, {
    hint: 'apply or sync what was sealed again, then run the same command again; keys that they need stay active',
  })

interface Retiring {
  readonly next: KeyInfo
  readonly compromised: readonly KeyInfo[]
  readonly needs: readonly Need[]
}

async function retireOld(
  context: Context,
  { store, report }: Rotation,
  { next, compromised, needs }: Retiring,
): Promise<void> {
  const keys = await describeKeys(await store.list())
  const suspects = new Set(compromised.map(({ fingerprint }) => fingerprint))
  const old = keys.filter(({ fingerprint, stored }) => {
    const isOld = fingerprint !== undefined && fingerprint !== next.fingerprint
    return isOld && (stored.state === 'active' || suspects.has(fingerprint))
  })
  for (const key of old) {
    const state = suspects.has(key.fingerprint) ? 'compromised' : 'retired'
    const reason = neededBy(needs, key.fingerprint)
    if (reason !== undefined) {
      context.stderr.write(`${titleOf(key)} stays ${key.stored.state}: ${reason}\n`)
      report.keys.push(keyEntry(key, 'kept', { reason }))
    } else if (key.stored.state !== state) {
      await store.change(key.stored, { state })
      context.stderr.write(`${titleOf(key)} is ${state} now\n`)
      report.keys.push(keyEntry(key, 'changed', { state }))
    }
  }
}

async function finish({ store }: Places, next: KeyInfo): Promise<void> {
  const key = (await store.list()).find(({ name }) => name === next.stored.name)
  if (key !== undefined) await store.change(key, { rotation: 'finished' })
}
