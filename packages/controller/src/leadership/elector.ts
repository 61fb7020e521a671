/**
 * Leader election with client-go's rules. The holder writes its Lease anew every retry period; whoever sees it unchanged for the
 * duration that it says takes it over. That time is measured by each process on its own monotonic clock, from when it first saw the
 * Lease as it is, so that clocks of machines may differ. A holder whose last renewal is longer ago than the renew deadline, counted from
 * before it was sent, stops: the rest of the duration is the margin in which what it has sent ends, and nobody else begins.
 */
import { type Clock, sleep } from '../clock.ts'
import type { Log } from '../log/log.ts'
import { StoreError } from '../ports.ts'
import type { Leadership } from './leadership.ts'
import type { LeaseRecord, Leases, StoredLease } from './lease.ts'

export interface ElectionTiming {
  /** How long a Lease is respected after its last renewal was seen. Whole seconds, as the API stores it. */
  readonly leaseDurationMs: number
  /** How long a leader works on after its last renewal; less than the duration. */
  readonly renewDeadlineMs: number
  /** Between two tries to acquire or renew; less than the deadline. */
  readonly retryPeriodMs: number
}

export interface ElectorOptions extends ElectionTiming {
  readonly leases: Leases
  /** Differs from that of every other process. */
  readonly identity: string
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Called when this process begins and stops to lead. */
  readonly leads: (leading: boolean) => void
}

/** client-go's JitterFactor: replicas that were started together do not ask together. */
const JITTER = 0.2
const DENIED_MS = 5000
/** The longest that a timer takes. */
const FOREVER_MS = 2 ** 31 - 1

export class Elector implements Leadership {
  readonly #options: ElectorOptions
  /** What was seen last, and when (monotonic) it was first seen so. */
  #observed: { readonly lease: StoredLease; readonly since: number } | undefined
  /** Monotonic ms until which this process may write. */
  #validUntil = Number.NEGATIVE_INFINITY
  /** Monotonic ms since when nothing but denials came. */
  #deniedSince: number | undefined
  #isAlone = false
  /** What was said last about why the Lease cannot be had; said once. */
  #complaint: string | undefined

  constructor(options: ElectorOptions) {
    this.#options = options
  }

  get remainingMs(): number {
    return Math.max(0, this.#validUntil - this.#options.clock.monotonic())
  }

  async run(signal: AbortSignal, lead: (term: AbortSignal) => Promise<void>): Promise<void> {
    const { clock, log, identity, leads } = this.#options
    while (!signal.aborted) {
      if (!(await this.#try(signal))) {
        await sleep(clock, this.#pause(), signal)
        continue
      }
      log.info('leading', { detail: identity })
      leads(true)
      await this.#term(signal, lead)
      leads(false)
      if (!signal.aborted) log.warn('no longer leading', { detail: identity })
    }
    await this.#release()
  }

  /** Leads until `signal` aborts or the Lease cannot be renewed in time. */
  async #term(signal: AbortSignal, lead: (term: AbortSignal) => Promise<void>): Promise<void> {
    const [term, over] = [new AbortController(), new AbortController()]
    const end = (): void => term.abort()
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    const renewing = this.#renew(over.signal).finally(end)
    // After a stop, too, the Lease is renewed until the work in hand is done.
    const working = lead(term.signal).finally(() => over.abort())
    await Promise.all([working, renewing])
    signal.removeEventListener('abort', end)
    if (!signal.aborted) this.#validUntil = Number.NEGATIVE_INFINITY
  }

  /** Resolves when `over` aborts, or when the Lease is lost. */
  async #renew(over: AbortSignal): Promise<void> {
    const { clock, retryPeriodMs, identity } = this.#options
    while (!over.aborted) {
      await sleep(clock, Math.min(retryPeriodMs, this.remainingMs), over)
      if (over.aborted || this.remainingMs === 0) return
      await this.#try(over)
      const holder = this.#observed?.lease.record.holder
      if (holder !== undefined && holder !== identity) return
    }
  }

  /** One try to acquire or renew. Never throws; true when this process holds the Lease. */
  async #try(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options
    const sent = clock.monotonic()
    // A leader waits no longer than it may lead; anybody else as long as the call takes.
    const deadline = this.remainingMs > 0 ? this.remainingMs : undefined
    try {
      const held = await within(clock, this.#acquire(), deadline, signal)
      if (held !== undefined) this.#deniedSince = undefined
      if (held !== true) return false
      this.#complaint = undefined
    } catch (error) {
      this.#complain(error)
      if (!this.#isShutOut(error)) return false
    }
    this.#validUntil = sent + this.#options.renewDeadlineMs
    return true
  }

  /**
   * Without the right to Leases, as under the roles of Bitnami's installation, which knows no election, the process works as if it were
   * the only replica. Two such would do the same work twice and nothing wrong: every write names the version that it replaces. A right
   * that is missing for a moment, while the API server reads its roles, does not count, nor does one that was there before.
   */
  #isShutOut(error: unknown): boolean {
    if (!(error instanceof StoreError) || error.code !== 'denied' || this.#observed !== undefined) return false
    const now = this.#options.clock.monotonic()
    this.#deniedSince ??= now
    if (now - this.#deniedSince < DENIED_MS) return false
    if (!this.#isAlone)
      this.#options.log.error('no right to leases: working without leader election, for one replica only')
    this.#isAlone = true
    return true
  }

  async #acquire(): Promise<boolean> {
    const { leases, clock, identity } = this.#options
    const stored = await leases.read()
    if (stored === undefined) {
      this.#see(await leases.create(this.#record(undefined)))
      return true
    }
    this.#see(stored)
    const { holder, durationSeconds } = stored.record
    const since = this.#observed?.since ?? clock.monotonic()
    if (holder !== '' && holder !== identity && clock.monotonic() < since + durationSeconds * 1000) return false
    this.#see(await leases.update(stored, this.#record(stored.record)))
    return true
  }

  #see(lease: StoredLease): void {
    if (this.#observed?.lease.version === lease.version) return
    this.#observed = { lease, since: this.#options.clock.monotonic() }
  }

  #record(before: LeaseRecord | undefined): LeaseRecord {
    const { clock, identity, leaseDurationMs } = this.#options
    const now = clock.now()
    const kept = before?.holder === identity ? before : undefined
    return {
      holder: identity,
      durationSeconds: Math.ceil(leaseDurationMs / 1000),
      acquireTime: kept?.acquireTime ?? now,
      renewTime: now,
      transitions: kept?.transitions ?? (before === undefined ? 0 : before.transitions + 1),
    }
  }

  /** Gives the Lease back, so that another replica goes on at once. */
  async #release(): Promise<void> {
    const { clock, identity } = this.#options
    const remaining = this.remainingMs
    this.#validUntil = Number.NEGATIVE_INFINITY
    const lease = this.#observed?.lease
    if (remaining === 0 || lease?.record.holder !== identity) return
    const now = clock.now()
    const record = { ...lease.record, holder: '', durationSeconds: 1, acquireTime: now, renewTime: now }
    try {
      await within(clock, this.#options.leases.update(lease, record), remaining, undefined)
    } catch (error) {
      this.#options.log.debug('lease not released', { error })
    }
  }

  #pause(): number {
    const { retryPeriodMs, random } = this.#options
    return retryPeriodMs * (1 + JITTER * random())
  }

  /** Somebody else being faster is no news; what keeps failing is said once. */
  #complain(error: unknown): void {
    const { log } = this.#options
    if (!(error instanceof StoreError)) {
      log.error('unexpected failure', { error })
      return
    }
    if (error.code === 'conflict' || error.code === 'exists') return
    const level = this.#complaint === error.message ? 'debug' : 'warn'
    this.#complaint = error.message
    log[level]('cannot get the lease', { error })
  }
}

/** Undefined when `ms` pass or `signal` aborts first; what is under way then ends unheard. */
async function within<T>(
  clock: Clock,
  work: Promise<T>,
  ms: number | undefined,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  const given = new AbortController()
  const stop = (): void => given.abort()
  signal?.addEventListener('abort', stop, { once: true })
  const late = sleep(clock, ms ?? FOREVER_MS, given.signal).then(() => undefined)
  work.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    given.abort()
    signal?.removeEventListener('abort', stop)
  }
}
