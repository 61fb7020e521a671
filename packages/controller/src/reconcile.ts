/** Brings one SealedSecret's Secret, status and events to where they should be. Level-based, idempotent. */
import { type Applied, apply } from './apply.ts'
import type { Clock } from './clock.ts'
import { type Decision, decide, type Observation, type Outcome } from './decide/decide.ts'
import { contentDigest, inputDigest } from './decide/digest.ts'
import { toldBy } from './decide/report.ts'
import { gather, type Ring } from './gather.ts'
import { healingDelay, noteHealing } from './healing.ts'
import type { Log } from './log/log.ts'
import { type InSync, inSyncBy, isVersion, type Memo, Memory } from './memo.ts'
import type { Metrics, UnsealErrorReason } from './metrics.ts'
import { type Store, StoreError } from './ports.ts'
import { Reporter } from './reporter.ts'
import { type ObjectKey, refOf, type SealedSecretEntry, type SecretMeta } from './state.ts'
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

  /** Objects that the keys at hand could not open: worth another look when keys come. */
  failed(): ObjectKey[] {
    return [...this.#memory.entries()].filter(([, memo]) => memo.failed !== undefined).map(([key]) => key)
  }

  /** What was said last about each object that was looked at. */
  *results(): Iterable<{ readonly key: ObjectKey; readonly ok: boolean; readonly message: string }> {
    for (const [key, { told, inSync }] of this.#memory.entries())
      yield { key, ok: inSync !== undefined && told?.status !== 'False', message: told?.message ?? 'not opened yet' }
  }

  /** Never throws; what fails is logged, counted and told in the result. */
  async reconcile(key: ObjectKey): Promise<Next> {
    const { store, log, metrics } = this.#options
    const ref = refOf(key)
    const entry = store.sealedSecret(ref)
    const keys = this.#options.keys()
    if (entry === undefined) {
      this.#memory.forget(key)
      metrics.forget(ref)
      return DONE
    }
    if (entry.deleting || keys === undefined) return DONE
    const memo = this.#memory.of(key)
    const phase: { now: UnsealErrorReason } = { now: 'fetch' }
    try {
      return await this.#bring(entry, keys, memo, phase)
    } catch (error) {
      const next = afterFailure(error, memo)
      if (next.kind !== 'again') metrics.unsealError(phase.now, ref.namespace)
      if (!(error instanceof StoreError)) log.error('unexpected failure', { object: key, error })
      return next
    }
  }

  async #bring(entry: SealedSecretEntry, keys: Ring, memo: Memo, phase: { now: UnsealErrorReason }): Promise<Next> {
    const { store, clock, metrics, acceptDeprecatedData, templates } = this.#options
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
    const seen = await gather(entry, { digest, inSync, memo }, { store, keys, acceptDeprecatedData, templates })
    memo.doubtful = false
    // Opened with keys of yesterday: those who were told of the new ones could not know of this failure yet.
    if (seen.opening.kind === 'failed' && this.#options.keys()?.version !== keys.version) return { kind: 'again' }
    const decision = decide(seen)
    phase.now = 'update'
    const applied = await apply(store, decision)
    if (applied.written !== undefined && inSync?.digest === digest) noteHealing(memo, clock)
    this.#remember(memo, { seen, decision, digest, keys, inSync }, applied)
    phase.now = 'status'
    await this.#reporter.tell(entry, memo, { digest, outcome: applied.outcome, wrote: applied.written !== undefined })
    const { outcome, retryMs } = applied
    if (outcome.kind === 'unmanaged') return { kind: 'retry', atLeastMs: UNMANAGED_MS }
    if (mayPass(seen)) return { kind: 'retry', atLeastMs: INTERRUPTED_MS }
    return retryMs === undefined ? DONE : { kind: 'retry', atLeastMs: retryMs }
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
    if (applied.outcome.kind !== 'synced' || meta === undefined) {
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
