/** Tells people how a SealedSecret stands: status, event, metric, log line; nothing when nothing is new. */
import type { Clock } from './clock.ts'
import type { Outcome } from './decide/decide.ts'
import { type Report, report, toldBy } from './decide/report.ts'
import type { Log } from './log/log.ts'
import type { InSync, Memo } from './memo.ts'
import type { Metrics, UnsealErrorReason } from './metrics.ts'
import { type Store, StoreError } from './ports.ts'
import {
  type EventRecord,
  keyOf,
  type SealedSecretEntry,
  type SealedSecretStatus,
  type SecretVersion,
} from './state.ts'

export interface ReporterOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly updateStatus: boolean
  /** Only the log tells. */
  readonly dryRun: boolean
}

export interface Finding {
  readonly digest: string
  readonly outcome: Outcome
  readonly wrote: boolean
}

/** What others change in a Secret that is patched is no reason to write a status. */
function noted({ status }: SealedSecretEntry, { secret, part }: InSync, wrote: boolean): SecretVersion {
  const before = status?.secret
  const same = before?.uid === secret.uid && before.patched === secret.patched
  return part !== undefined && same && !wrote ? before : secret
}

const STATUS_TRIES = 3
const REASONS: Readonly<Record<Exclude<Outcome['kind'], 'synced'>, UnsealErrorReason>> = {
  'unseal-failed': 'unseal',
  unmanaged: 'unmanaged',
  'update-failed': 'update',
}

export class Reporter {
  readonly #options: ReporterOptions
  /** Whether the CRD keeps the fields for our own use: unknown until one such status was written. */
  #probe: Promise<boolean> | undefined

  constructor(options: ReporterOptions) {
    this.#options = options
  }

  /**
   * The event comes first and only once, even if the status has to be tried again.
   * @throws StoreError when the status could not be written; `memo.statusPending` is then set
   */
  async tell(entry: SealedSecretEntry, memo: Memo, finding: Finding): Promise<void> {
    const { log, metrics, dryRun } = this.#options
    const updateStatus = this.#options.updateStatus && !dryRun
    const { outcome } = finding
    this.count(entry, outcome)
    const first = this.#report(entry, memo, finding)
    if (outcome.kind !== 'synced') metrics.unsealError(REASONS[outcome.kind], entry.namespace)
    memo.told = first.told
    memo.statusPending = updateStatus
    if (first.event !== undefined) {
      const object = keyOf(entry)
      if (outcome.kind === 'synced') log.info(dryRun ? 'can be opened' : 'opened', { object })
      else log.warn(dryRun ? 'would not be opened' : 'not opened', { object, detail: first.told.message })
      if (!dryRun) await this.#announce(first.event)
    }
    if (updateStatus) await this.#write(entry, memo, finding)
    memo.statusPending = false
  }

  /** Sets the gauge. */
  count(entry: SealedSecretEntry, outcome: Outcome): void {
    const instance = entry.sealed?.metadata.labels?.['app.kubernetes.io/instance'] ?? ''
    this.#options.metrics.condition(entry, outcome.kind === 'synced' ? 1 : -1, instance)
  }

  #report(entry: SealedSecretEntry, memo: Memo, { digest, outcome, wrote }: Finding): Report {
    const { inSync } = memo
    return report({
      entry,
      outcome,
      wrote,
      told: memo.told ?? toldBy(entry),
      now: this.#options.clock.now(),
      ...(inSync === undefined ? {} : { digest, secret: noted(entry, inSync, wrote), sealedWith: inSync.sealedWith }),
    })
  }

  async #write(entry: SealedSecretEntry, memo: Memo, finding: Finding): Promise<void> {
    let fresh: SealedSecretEntry | undefined = entry
    for (let tries = 1; fresh?.uid === entry.uid && fresh.generation === entry.generation; tries++) {
      const { status } = this.#report(fresh, memo, finding)
      if (status === undefined) return
      try {
        if (status.essential) await this.#store(fresh, status.value)
        else await this.#note(fresh, status.value)
        return
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        if (error.code === 'not-found') return
        const before: string = fresh.version
        fresh = this.#options.store.sealedSecret(entry)
        if (error.code !== 'conflict' || tries === STATUS_TRIES || fresh?.version === before) throw error
      }
    }
    // The object has moved on or is gone: it waits in the queue again, and what was found is out of date.
  }

  async #store(entry: SealedSecretEntry, status: SealedSecretStatus): Promise<boolean> {
    const stored = await this.#options.store.updateStatus(entry, status)
    const kept = stored.observedDigest === status.observedDigest
    if (status.observedDigest !== undefined) this.#probe = Promise.resolve(kept)
    return kept
  }

  /**
   * Writes what only spares the next start some work, unless the CRD is known to prune it. One goes ahead to find that
   * out (where it is pruned, that write changes nothing), the others wait for its result.
   */
  async #note(entry: SealedSecretEntry, status: SealedSecretStatus): Promise<void> {
    if (this.#probe === undefined) {
      const probe = this.#store(entry, status)
      this.#probe = probe.catch(() => true)
      await probe
    } else if (await this.#probe) await this.#store(entry, status)
  }

  async #announce(event: EventRecord): Promise<void> {
    try {
      await this.#options.store.recordEvent(event)
    } catch (error) {
      this.#options.log.debug('event not recorded', { object: keyOf(event.regarding), error })
    }
  }
}
