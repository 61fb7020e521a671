/** Brings one SealedSecret's Secret, status and events to where they should be. Level-based, idempotent. */
import { type Applied, apply, pretend } from './apply.ts'
import type { Clock } from './clock.ts'
import type { Drift } from './config.ts'
import { type Decision, decide, type Observation, type Outcome } from './decide/decide.ts'
import { contentDigest, inputDigest } from './decide/digest.ts'
import { toldBy } from './decide/report.ts'
import { type GatherOptions, gather, type Ring } from './gather.ts'
import { healingDelay, noteHealing } from './healing.ts'
import type { Log } from './log/log.ts'
import { type InSync, inSyncBy, isVersion, type Memo, Memory } from './memo.ts'
import type { Metrics, UnsealErrorReason } from './metrics.ts'
import { type Store, StoreError } from './ports.ts'
import { Reporter } from './reporter.ts'
import { keyOf, type ObjectKey, type OwnerReference, refOf, type SealedSecretEntry, type SecretMeta } from './state.ts'
import type { Templates } from './templates/templates.ts'

/**
 * What the queue is to do next. `again`: at once, the object moved on while we looked. `retry`: with backoff, not before
 * `atLeastMs`. `later`: after just that time.
 */
export type Next =
  | { readonly kind: 'done' }
  | { readonly kind: 'again' }
  | { readonly kind: 'retry'; readonly atLeastMs: number; readonly error?: unknown }
  | { readonly kind: 'later'; readonly ms: number }

export interface ReconcilerOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** The keys of this moment; undefined while there are none. */
  readonly keys: () => Ring | undefined
  readonly acceptDeprecatedData: boolean
  readonly updateStatus: boolean
  readonly templates: Templates
  readonly drift: Drift
  /** Delete the Secret of a SealedSecret that is gone. */
  readonly deletesSecrets: boolean
  readonly dryRun: boolean
}

export interface Result {
  readonly key: ObjectKey
  readonly ok: boolean
  readonly message: string
  /** Of a dry run: what it would have done to the Secret. */
  readonly would: 'create' | 'update' | undefined
}

const DONE: Next = { kind: 'done' }
/** After "not managed": somebody has to act, so there is no hurry. */
const UNMANAGED_MS = 1000
/** After a rendering that was given up: it takes from the others what it takes. */
const INTERRUPTED_MS = 300_000

export class Reconciler {
  readonly #options: ReconcilerOptions
  readonly #memory = new Memory()
  readonly #reporter: Reporter

  constructor(options: ReconcilerOptions) {
    this.#options = options
    this.#reporter = new Reporter(options)
  }

  /**
   * Begins anew: another replica may have led meanwhile, so what is stored counts and not what this process remembers.
   */
  begin(): void {
    this.#memory.clear()
  }

  /** Objects that the keys at hand could not open: worth another look when keys come. */
  failed(): ObjectKey[] {
    const waiting = ({ failed, keyless }: Memo): boolean => failed !== undefined || keyless === true
    return [...this.#memory.entries()].filter(([, memo]) => waiting(memo)).map(([key]) => key)
  }

  /** Whether its Secret was found or made right when it was looked at last. */
  isRight(key: ObjectKey): boolean {
    return this.#memory.of(key).inSync !== undefined
  }

  /** What was said last about each object that was looked at. */
  *results(): Iterable<Result> {
    for (const [key, { told, inSync, would, keyless }] of this.#memory.entries()) {
      const ok = (inSync ?? would) !== undefined && told?.status !== 'False'
      yield { key, ok, message: told?.message ?? (keyless ? 'there is no key' : 'not opened yet'), would }
    }
  }

  /** Never throws; what fails is logged, counted and told in the result. */
  async reconcile(key: ObjectKey): Promise<Next> {
    const { store, log, metrics } = this.#options
    const entry = store.sealedSecret(refOf(key))
    const keys = this.#options.keys()
    if (entry === undefined) return this.#gone(key)
    if (entry.deleting) return DONE
    const memo = this.#memory.of(key)
    memo.keyless = keys === undefined
    if (keys === undefined) return DONE
    const phase: { now: UnsealErrorReason } = { now: 'fetch' }
    try {
      return await this.#bring(entry, keys, memo, phase)
    } catch (error) {
      const next = afterFailure(error, memo)
      if (next.kind !== 'again') metrics.unsealError(phase.now, entry.namespace)
      if (!(error instanceof StoreError)) log.error('unexpected failure', { object: key, error })
      return next
    }
  }

  async #bring(entry: SealedSecretEntry, keys: Ring, memo: Memo, phase: { now: UnsealErrorReason }): Promise<Next> {
    const { store, clock, metrics, dryRun } = this.#options
    const digest = entry.sealed === undefined ? '' : inputDigest(entry.sealed, entry.uid)
    const inSync = memo.inSync ?? inSyncBy(entry)
    const told = memo.told ?? toldBy(entry)
    if (inSync?.digest === digest) {
      const cached = store.secretMeta(entry)
      const said = told?.status === 'True' && told.generation === entry.generation && memo.statusPending !== true
      if (said && isVersion(cached, inSync.secret)) {
        Object.assign(memo, { inSync, told })
        this.#reporter.count(entry, { kind: 'synced' })
        return DONE
      }
      const wait = isVersion(cached, inSync.secret) ? 0 : healingDelay(memo, clock)
      if (wait > 0) return { kind: 'later', ms: wait }
    }
    metrics.unsealRequest()
    const seen = await gather(entry, { digest, inSync, memo }, this.#gathering(keys))
    memo.doubtful = false
    // Opened with keys of yesterday: those who were told of the new ones could not know of this failure yet.
    if (seen.opening.kind === 'failed' && this.#options.keys()?.version !== keys.version) return { kind: 'again' }
    const decision = decide(seen)
    phase.now = 'update'
    const applied = dryRun ? this.#pretend(entry, memo, decision) : await apply(store, decision)
    if (applied.written !== undefined && inSync?.digest === digest) noteHealing(memo, clock)
    this.#remember(memo, { seen, decision, digest, keys, inSync }, applied)
    phase.now = 'status'
    await this.#reporter.tell(entry, memo, { digest, outcome: applied.outcome, wrote: applied.written !== undefined })
    const { outcome, retryMs } = applied
    if (outcome.kind === 'unmanaged') return { kind: 'retry', atLeastMs: UNMANAGED_MS }
    if (mayPass(seen)) return { kind: 'retry', atLeastMs: INTERRUPTED_MS }
    return retryMs === undefined ? DONE : { kind: 'retry', atLeastMs: retryMs }
  }

  #gathering(keys: Ring): GatherOptions {
    const { store, acceptDeprecatedData, templates, drift } = this.#options
    return { store, keys, acceptDeprecatedData, templates, blind: drift === 'ignore' }
  }

  #pretend(entry: SealedSecretEntry, memo: Memo, decision: Decision): Applied {
    const { log, metrics } = this.#options
    const { kind } = decision.action
    const would = kind === 'nothing' ? undefined : kind
    if (would !== undefined && memo.would !== would) {
      log.info(would === 'create' ? 'would create the Secret' : 'would update the Secret', { object: keyOf(entry) })
      metrics.wouldWrite(would)
    }
    memo.would = would
    return pretend(decision)
  }

  /** Kubernetes collects the Secret through its owner; where that is not wanted, it is deleted here, if it was ours. */
  async #gone(key: ObjectKey): Promise<Next> {
    const { store, log, metrics, deletesSecrets, dryRun } = this.#options
    const ref = refOf(key)
    metrics.forget(ref)
    const { inSync } = this.#memory.of(key)
    const written = inSync === undefined || inSync.secret.patched === true ? undefined : inSync.secret.uid
    const uid = deletesSecrets ? (written ?? controlledByName(store.secretMeta(ref))) : undefined
    if (uid !== undefined && dryRun) log.info('would delete the Secret', { object: key })
    else if (uid !== undefined) {
      try {
        await store.deleteSecret(ref, uid)
        log.info('deleted the Secret, its SealedSecret is gone', { object: key })
      } catch (error) {
        // It is gone already, or another one has the name now.
        const over = error instanceof StoreError && (error.code === 'not-found' || error.code === 'conflict')
        if (!over) return { kind: 'retry', atLeastMs: 0, error }
      }
    }
    this.#memory.forget(key)
    return DONE
  }

  #remember(
    memo: Memo,
    facts: {
      seen: Observation & { meta: SecretMeta | undefined }
      decision: Decision
      digest: string
      keys: Ring
      inSync: InSync | undefined
    },
    applied: Applied,
  ): void {
    const { seen, decision, digest, keys, inSync } = facts
    memo.failed = mayPass(seen) ? undefined : failedBy(applied.outcome, digest, keys.version)
    const meta = applied.written ?? seen.meta
    if (seen.opening.kind === 'lost') {
      memo.inSync = inSync
      return
    }
    // A dry run has written nothing that could be in sync.
    if (applied.outcome.kind !== 'synced' || meta === undefined || memo.would !== undefined) {
      memo.inSync = undefined
      return
    }
    const { uid, version } = meta
    if (seen.opening.kind !== 'opened') {
      const { sealedWith = [], content, part, secret } = inSync ?? {}
      const patched = secret?.patched === true ? { patched: true as const } : {}
      memo.inSync = { digest, secret: { uid, version, ...patched }, sealedWith, content, part }
      return
    }
    const { part, borrowed } = decision
    memo.inSync = {
      digest,
      secret: { uid, version, ...(borrowed ? { patched: true as const } : {}) },
      sealedWith: seen.opening.sealedWith,
      content: applied.content ?? (seen.secret && contentDigest(seen.secret, part)),
      part,
    }
  }
}

/** The uid of a Secret that a SealedSecret of its own name controls. */
function controlledByName(meta: SecretMeta | undefined): string | undefined {
  const isOwner = ({ kind, name, controller, apiVersion }: OwnerReference): boolean =>
    kind === 'SealedSecret' && controller === true && name === meta?.name && apiVersion.startsWith('bitnami.com/')
  return meta?.ownerReferences.some(isOwner) ? meta.uid : undefined
}

function afterFailure(error: unknown, memo: Memo): Next {
  if (!(error instanceof StoreError)) return { kind: 'retry', atLeastMs: 0, error }
  switch (error.code) {
    case 'exists':
    case 'conflict':
    case 'not-found':
      memo.doubtful = true
      return { kind: 'again' }
    case 'denied':
    case 'invalid':
    case 'unavailable':
      break
  }
  return { kind: 'retry', atLeastMs: error.retryAfterMs ?? 0, error }
}

const mayPass = ({ opening }: Observation): boolean => opening.kind === 'failed' && opening.mayPass === true

function failedBy(outcome: Outcome, digest: string, ringVersion: number): Memo['failed'] {
  return outcome.kind === 'unseal-failed' ? { digest, ringVersion, message: outcome.message } : undefined
}
