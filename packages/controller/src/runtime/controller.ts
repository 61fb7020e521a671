/** The running controller: a store's changes become keys in a queue, workers reconcile them. */
import { firstTemplate } from '@waxseal/core'
import { type Clock, sleep } from '../clock.ts'
import type { Keys } from '../keys/keys.ts'
import type { Log } from '../log/log.ts'
import type { Store, StoreHandlers } from '../ports.ts'
import type { Next, Reconciler } from '../reconcile.ts'
import { type ObjectKey, refOf } from '../state.ts'
import { Backoff } from './backoff.ts'
import { type Lane, type Priority, WorkQueue } from './queue.ts'

export interface ControllerOptions {
  readonly store: Store
  readonly keys: Keys
  readonly reconciler: Reconciler
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Objects in work at a time. RSA itself is bounded by the thread pool; more workers than cores keep it fed. */
  readonly workers: number
  /** The same for objects with templates, which wait for one thread that renders. */
  readonly templateWorkers: number
  /** How long a stop waits for what is in work. */
  readonly graceMs: number
}

const RETRY = { baseMs: 1000, maxMs: 300_000 }

export class Controller {
  readonly #options: ControllerOptions
  readonly #queue: WorkQueue
  readonly #backoff: Backoff
  readonly #working = Promise.withResolvers<void>()
  #started = false
  #following = false

  constructor(options: ControllerOptions) {
    this.#options = options
    this.#queue = new WorkQueue(options.clock, (key) => this.#lane(key))
    this.#backoff = new Backoff({ ...RETRY, random: options.random })
  }

  /** PEM of the certificate to seal with; undefined until there is a key. */
  get certificatePem(): string | undefined {
    return this.#options.keys.current?.certificatePem
  }

  /** `namespace/name` of the key Secrets this process made. */
  get madeKeys(): readonly string[] {
    return this.#options.keys.made
  }

  /** Why the controller is not ready to serve; undefined when it is. */
  get unready(): string | undefined {
    if (!this.#options.store.synced) return 'caches are not synced'
    return this.#options.keys.current === undefined ? 'no key yet' : undefined
  }

  /**
   * Works until `signal` aborts, then lets the workers finish what they have in hand, for at most the grace time.
   * Never rejects for what the store does.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { store, keys, clock, graceMs, log } = this.#options
    try {
      await store.start(this.#handlers(signal), signal)
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    this.#following = true
    await Promise.race([keys.refresh(store, signal), aborted(signal)])
    if (signal.aborted) return
    this.#started = true
    this.#working.resolve()
    const { workers: fast, templateWorkers: slow } = this.#options
    const workers = [
      ...Array.from({ length: fast }, () => this.#work('fast')),
      ...Array.from({ length: slow }, () => this.#work('slow')),
    ]
    await aborted(signal)
    this.#queue.close()
    const finished = Promise.all(workers).then(() => true)
    const expired = new AbortController()
    const late = sleep(clock, graceMs, expired.signal).then(() => false)
    if (!(await Promise.race([finished, late]))) log.warn('stopped before all work in hand was done')
    expired.abort()
  }

  /** Resolves when all that is known now was looked at and nothing is in work; what waits for a retry does not count. */
  async settled(): Promise<void> {
    await this.#working.promise
    await this.#queue.settled()
  }

  #handlers(signal: AbortSignal): StoreHandlers {
    const { store } = this.#options
    return {
      sealedSecretChanged: (key) => this.#enqueue(key, this.#started ? 'now' : this.#initial(key)),
      secretChanged: (key) => {
        // A Secret that no SealedSecret names is none of our business.
        if (store.sealedSecret(refOf(key)) !== undefined) this.#enqueue(key, this.#started ? 'now' : this.#initial(key))
      },
      keysChanged: () => {
        if (this.#following) void this.#keysChanged(signal)
      },
    }
  }

  /** Before the bulk that looks in sync, what is new or has changed since somebody last looked. */
  #initial(key: ObjectKey): Priority {
    const entry = this.#options.store.sealedSecret(refOf(key))
    const condition = entry?.status?.conditions[0]
    return condition?.status === 'True' && entry?.status?.observedGeneration === entry?.generation ? 'idle' : 'soon'
  }

  /** Something outside has changed: the next failure counts as the first. */
  #enqueue(key: ObjectKey, priority: Priority): void {
    this.#backoff.forget(key)
    this.#queue.cancelDelayed(key)
    this.#queue.add(key, priority)
  }

  async #keysChanged(signal: AbortSignal): Promise<void> {
    const { keys, store, reconciler } = this.#options
    if (await keys.refresh(store, signal)) for (const key of reconciler.failed()) this.#enqueue(key, 'soon')
  }

  #lane(key: ObjectKey): Lane {
    const template = this.#options.store.sealedSecret(refOf(key))?.sealed?.spec.template
    return firstTemplate(template?.data) === undefined ? 'fast' : 'slow'
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
        break
      case 'later':
        this.#queue.addAfter(key, next.ms)
        break
      case 'again': {
        const first = this.#backoff.failures(key) === 0
        const delayMs = this.#backoff.next(key)
        this.#queue.addAfter(key, first ? 0 : delayMs)
        break
      }
      case 'retry': {
        const attempt = this.#backoff.failures(key) + 1
        const delayMs = Math.max(this.#backoff.next(key), next.atLeastMs)
        // Once is news; that it still fails is not.
        const level = attempt === 1 && next.error !== undefined ? 'warn' : 'debug'
        this.#options.log[level]('will try again', { object: key, attempt, delayMs, error: next.error })
        this.#queue.addAfter(key, delayMs)
        break
      }
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
