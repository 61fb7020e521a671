/** Work on a queue for as long as this process leads: workers reconcile keys until the term ends. */
import { type Clock, sleep } from '../clock.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics.ts'
import { StoreError } from '../ports.ts'
import type { Next, Reconciler } from '../reconcile.ts'
import type { ObjectKey } from '../state.ts'
import { aborted } from './aborted.ts'
import { Backoff } from './backoff.ts'
import { type Lane, type Priority, WorkQueue } from './queue.ts'

export interface TermOptions {
  readonly reconciler: Reconciler
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Objects in work at a time. RSA itself is bounded by the thread pool; more workers than cores keep it fed. */
  readonly workers: number
  /** The same for objects with templates, which wait for one thread that renders, and for those with many values. */
  readonly templateWorkers: number
  /** How long a stop waits for what is in work. */
  readonly graceMs: number
  readonly metrics: Pick<Metrics, 'queue' | 'forgetAll'>
  /** How often an object is tried again; Infinity for always. */
  readonly maxRetries: number
}

const RETRY = { baseMs: 1000, maxMs: 300_000 }
/** Somebody else was faster: a moment later the cache knows, and until it does there is no hurry. */
const AGAIN = { baseMs: 50, maxMs: 60_000 }

export class Term {
  readonly #options: TermOptions
  readonly #queue: WorkQueue
  readonly #backoff: Backoff
  readonly #overtaken: Backoff
  /** Retries since something about the object changed; those while the API server was away do not count. */
  readonly #retries = new Map<ObjectKey, number>()

  constructor(options: TermOptions, laneOf: (key: ObjectKey) => Lane) {
    this.#options = options
    this.#queue = new WorkQueue(options.clock, laneOf, options.metrics.queue)
    this.#backoff = new Backoff({ ...RETRY, random: options.random })
    this.#overtaken = new Backoff({ ...AGAIN, random: options.random })
  }

  /** Something outside has changed: the next failure counts as the first. */
  enqueue(key: ObjectKey, priority: Priority): void {
    this.#backoff.forget(key)
    this.#overtaken.forget(key)
    this.#retries.delete(key)
    this.#queue.cancelDelayed(key)
    this.#queue.add(key, priority)
  }

  /** Works until `end` aborts, then lets the workers finish what they have in hand, for at most the grace time. */
  async run(end: AbortSignal): Promise<void> {
    const { clock, graceMs, log, metrics, workers: fast, templateWorkers: slow } = this.#options
    metrics.queue.watch(this.#queue)
    const workers = [
      ...Array.from({ length: fast }, () => this.#work('fast')),
      ...Array.from({ length: slow }, () => this.#work('large')),
      ...Array.from({ length: slow }, () => this.#work('slow')),
    ]
    await aborted(end)
    this.#queue.close()
    const finished = Promise.all(workers).then(() => true)
    const expired = new AbortController()
    const late = sleep(clock, graceMs, expired.signal).then(() => false)
    if (!(await Promise.race([finished, late]))) log.warn('stopped before all work in hand was done')
    expired.abort()
    metrics.queue.watch(undefined)
    metrics.forgetAll()
  }

  /** Resolves when nothing waits and nothing is in work; what waits for a retry does not count. */
  settled(): Promise<void> {
    return this.#queue.settled()
  }

  async #work(lane: Lane): Promise<void> {
    for (;;) {
      const key = await this.#queue.take(lane)
      if (key === undefined) return
      try {
        this.#plan(key, await this.#options.reconciler.reconcile(key))
      } finally {
        this.#queue.done(key)
      }
    }
  }

  #plan(key: ObjectKey, next: Next): void {
    switch (next.kind) {
      case 'done':
        this.#backoff.forget(key)
        this.#overtaken.forget(key)
        this.#retries.delete(key)
        break
      case 'later':
        this.#queue.addAfter(key, next.ms)
        break
      case 'again': {
        const first = this.#overtaken.failures(key) === 0
        const delayMs = this.#overtaken.next(key)
        this.#options.metrics.queue.retried()
        this.#queue.addAfter(key, first ? 0 : delayMs)
        break
      }
      case 'retry': {
        if (!this.#mayRetry(key, next.error)) break
        const attempt = this.#backoff.failures(key) + 1
        const delayMs = Math.max(this.#backoff.next(key), next.atLeastMs)
        // Once is news; that it still fails is not.
        const level = attempt === 1 && next.error !== undefined ? 'warn' : 'debug'
        this.#options.log[level]('will try again', { object: key, attempt, delayMs, error: next.error })
        this.#options.metrics.queue.retried()
        this.#queue.addAfter(key, delayMs)
        break
      }
    }
  }

  #mayRetry(key: ObjectKey, error: unknown): boolean {
    if (error instanceof StoreError && error.code === 'unavailable') return true
    const retries = (this.#retries.get(key) ?? 0) + 1
    this.#retries.set(key, retries)
    if (retries <= this.#options.maxRetries) return true
    this.#options.log.error('given up until it, its Secret or the keys change', {
      object: key,
      attempt: retries,
      error,
    })
    this.#backoff.forget(key)
    this.#retries.delete(key)
    return false
  }
}
