/** The running controller: a store's changes become keys in the queue of the term in which this process leads. */
import { firstTemplate } from '@waxseal/core'
import type { Drift } from '../config.ts'
import type { Keys } from '../keys/keys.ts'
import type { Renewal } from '../keys/renewal.ts'
import type { Leadership } from '../leadership/leadership.ts'
import type { Store, StoreHandlers } from '../ports.ts'
import { type ObjectKey, refOf } from '../state.ts'
import { aborted } from './aborted.ts'
import type { Lane, Priority } from './queue.ts'
import { Term, type TermOptions } from './term.ts'

export interface ControllerOptions extends TermOptions {
  readonly store: Store
  readonly keys: Keys
  readonly leadership: Leadership
  readonly renewal: Renewal
  /** Whether changes of key Secrets by others count. */
  readonly watchKeys: boolean
  readonly drift: Drift
}

/** Values of one SealedSecret from which on it may take seconds, and does if nothing opens them: an RSA operation each. */
const MANY_VALUES = 20

export class Controller {
  readonly #options: ControllerOptions
  readonly #working = Promise.withResolvers<void>()
  #term: Term | undefined
  #following = false

  constructor(options: ControllerOptions) {
    this.#options = options
  }

  /** PEM of the certificate to seal with; undefined until there is a key. */
  get certificatePem(): string | undefined {
    return this.#options.keys.current?.certificatePem
  }

  /** `namespace/name` of the key Secrets this process made. */
  get madeKeys(): readonly string[] {
    return this.#options.keys.made
  }

  /** Why the controller is not ready to serve, leading or not; undefined when it is. */
  get unready(): string | undefined {
    if (!this.#options.store.synced) return 'caches are not synced'
    return this.#options.keys.current === undefined ? 'no key yet' : undefined
  }

  /**
   * Fills the caches and works while this process leads, until `signal` aborts; then lets the workers finish what they have in
   * hand, for at most the grace time. Never rejects for what the store does.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { store, keys, leadership } = this.#options
    try {
      await store.start(this.#handlers(signal), signal)
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    this.#following = true
    await Promise.race([keys.refresh(store, signal), aborted(signal)])
    await leadership.run(signal, (term) => this.#lead(term))
  }

  /** Resolves when all that is known now was looked at and nothing is in work; what waits for a retry does not count. */
  async settled(): Promise<void> {
    await this.#working.promise
    await this.#term?.settled()
  }

  /** Makes another key at a person's wish, leading or not; false when that failed. */
  async makeKey(signal: AbortSignal): Promise<boolean> {
    const { keys, store } = this.#options
    const made = await keys.renew(store, signal, { why: 'asked for', requested: true })
    this.#retryFailed()
    return made
  }

  async #lead(end: AbortSignal): Promise<void> {
    const { store, keys, renewal, reconciler } = this.#options
    await Promise.race([keys.refresh(store, end), aborted(end)])
    if (end.aborted) return
    const renewing = renewal.run(end)
    reconciler.begin()
    const term = new Term(this.#options, (key) => this.#lane(key))
    for (const key of store.sealedSecretKeys()) term.enqueue(key, this.#initial(key))
    this.#term = term
    this.#working.resolve()
    try {
      await term.run(end)
    } finally {
      this.#term = undefined
    }
    await Promise.race([renewing, aborted(end)])
  }

  #handlers(signal: AbortSignal): StoreHandlers {
    const { store, watchKeys, drift, reconciler } = this.#options
    return {
      sealedSecretChanged: (key) => this.#term?.enqueue(key, 'now'),
      secretChanged: (key) => {
        // A Secret that no SealedSecret names is none of our business.
        if (drift === 'ignore' || store.sealedSecret(refOf(key)) === undefined) return
        // One that is not right yet may have been annotated to be taken over, whatever is done about drift.
        if (drift === 'recreate' && store.secretMeta(refOf(key)) !== undefined && reconciler.isRight(key)) return
        this.#term?.enqueue(key, 'now')
      },
      keysChanged: () => {
        if (this.#following && watchKeys) void this.#keysChanged(signal)
      },
    }
  }

  /** Before the bulk that looks in sync, what is new or has changed since somebody last looked. */
  #initial(key: ObjectKey): Priority {
    const entry = this.#options.store.sealedSecret(refOf(key))
    const condition = entry?.status?.conditions[0]
    return condition?.status === 'True' && entry?.status?.observedGeneration === entry?.generation ? 'idle' : 'soon'
  }

  async #keysChanged(signal: AbortSignal): Promise<void> {
    const { keys, store } = this.#options
    if (await keys.refresh(store, signal)) this.#retryFailed()
  }

  #retryFailed(): void {
    for (const key of this.#options.reconciler.failed()) this.#term?.enqueue(key, 'soon')
  }

  #lane(key: ObjectKey): Lane {
    const spec = this.#options.store.sealedSecret(refOf(key))?.sealed?.spec
    if (firstTemplate(spec?.template.data) !== undefined) return 'slow'
    return Object.keys(spec?.encryptedData ?? {}).length > MANY_VALUES ? 'large' : 'fast'
  }
}
