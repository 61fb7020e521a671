/** The keys of the controller: a ring to open with, a certificate to seal with, a first key where there is none. */
import { type KeyRing, keyRing, type SealingKey } from '@waxseal/core'
import { type Clock, sleep } from '../clock.ts'
import type { Log } from '../log/log.ts'
import type { Store } from '../ports.ts'
import { Backoff } from '../runtime/backoff.ts'
import type { KeySecret, NewKey } from '../state.ts'
import type { KeyMetrics } from './key-metrics.ts'
import { bornAt, type KeyOrder, type KeyPair, newestFirst } from './key-pair.ts'
import { KeyReader } from './key-reader.ts'
import type { KeyAge } from './likely.ts'

export interface KeySettings {
  readonly prefix: string
  readonly validityMs: number
  readonly order: KeyOrder
  /** Of new key Secrets. */
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

export interface KeysOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Called before each RSA private operation. */
  readonly rsaOperation: () => void
  /** Called for each value that several keys could have sealed: whether the first one tried had. */
  readonly keyGuess: (right: boolean) => void
  /** Makes a key pair and its certificate; called when no key is usable. */
  readonly generate: (validity: {
    notBefore: Date
    notAfter: Date
  }) => Promise<Pick<NewKey, 'certificatePem' | 'privateKeyPem'>>
  readonly settings: KeySettings
  readonly metrics: KeyMetrics
  /** Whether this process makes and publishes keys; another replica does where it does not. */
  readonly leads: () => boolean
}

export interface CurrentKeys {
  readonly ring: KeyRing
  readonly ages: readonly KeyAge[]
  /** Grows with every change of the set of keys. */
  readonly version: number
  /** Of the newest key, to seal with. */
  readonly certificatePem: string
  readonly sealingKey: SealingKey
}

const RETRY = { baseMs: 1000, maxMs: 300_000 }

export class Keys {
  /** `namespace/name` of the key Secrets this process made. */
  readonly made: string[] = []
  readonly #options: KeysOptions
  readonly #reader: KeyReader
  #current: CurrentKeys | undefined
  /** Since when each usable key counts, ms. */
  #born: readonly number[] = []
  /** Made by this process; the store's cache may not show them yet. By name. */
  readonly #made = new Map<string, KeySecret>()
  #published: string | undefined
  #running: Promise<void> | undefined
  #again = false

  constructor(options: KeysOptions) {
    this.#options = options
    this.#reader = new KeyReader(options.log)
  }

  /** Undefined until the first usable key is there. */
  get current(): CurrentKeys | undefined {
    return this.#current
  }

  /**
   * Brings the ring up to date with the store. The leader makes the first key if none is usable, and retries until that
   * has worked or `signal` aborts. Calls that come while it runs lead to one more run. Returns true when keys were added.
   */
  async refresh(store: Store, signal: AbortSignal): Promise<boolean> {
    const before = fingerprints(this.#current)
    this.#again = true
    // What runs may end with the signal of another call, before it has seen what this one is about.
    while (this.#again && !signal.aborted) {
      this.#running ??= this.#run(store, signal).finally(() => {
        this.#running = undefined
      })
      await this.#running
    }
    return [...fingerprints(this.#current)].some((fingerprint) => !before.has(fingerprint))
  }

  /** Since when the newest usable key counts, in ms, not looking at those from after `now`. */
  newest(now: number): number | undefined {
    const past = this.#born.filter((born) => born <= now)
    return past.length === 0 ? undefined : Math.max(...past)
  }

  /** Makes another key, which seals from then on; the old ones go on opening. False when that failed. */
  async renew(
    store: Store,
    signal: AbortSignal,
    { why, requested }: { why: string; requested: boolean },
  ): Promise<boolean> {
    const made = await this.#make(store, why, requested)
    if (made) await this.refresh(store, signal)
    return made
  }

  async #run(store: Store, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff({ ...RETRY, random: this.#options.random })
    let made = false
    while (this.#again && !signal.aborted) {
      this.#again = false
      const pairs = await this.#read(store.keySecrets())
      if (pairs.length > 0) {
        this.#use(pairs)
        await this.#publish(store)
        continue
      }
      if (!this.#options.leads()) {
        if (this.#current === undefined) this.#options.log.info('no usable key yet, waiting for one')
        continue
      }
      this.#again = true
      // A key that was made and cannot be used is no reason to make one after the other at full speed.
      if (made) await sleep(this.#options.clock, backoff.next(''), signal)
      made = await this.#make(store, 'there is no usable one')
      if (!made) await sleep(this.#options.clock, backoff.next(''), signal)
    }
  }

  async #read(stored: readonly KeySecret[]): Promise<KeyPair[]> {
    const { settings, metrics } = this.#options
    for (const { name } of stored) this.#made.delete(name)
    const keys = []
    for (const secret of [...stored, ...this.#made.values()])
      keys.push({ secret, read: await this.#reader.read(secret) })
    this.#reader.forgetAllBut(new Set(keys.map(({ secret }) => secret.name)))
    metrics.show(keys)
    const pairs = keys.flatMap(({ read }) => read.pair ?? [])
    this.#born = pairs.map((pair) => bornAt(pair, settings.order))
    return pairs.toSorted(newestFirst(settings.order))
  }

  #use(pairs: readonly KeyPair[]): void {
    const [newest] = pairs
    if (newest === undefined) return
    const { log, rsaOperation, keyGuess, settings } = this.#options
    const before = this.#current
    const order = (keys: CurrentKeys | undefined): string => keys?.ring.keys.map((key) => key.fingerprint).join() ?? ''
    const ring = keyRing(
      pairs.map(({ opening }) => opening),
      { rsaOperation, keyGuess },
    )
    const next = {
      ring,
      ages: pairs.map((pair) => ({ fingerprint: pair.fingerprint, since: bornAt(pair, settings.order) })),
      version: (before?.version ?? 0) + 1,
      certificatePem: newest.certificatePem,
      sealingKey: newest.sealing,
    }
    if (order(next) === order(before) && before?.certificatePem === next.certificatePem) return
    this.#current = next
    log.info('keys loaded', { count: pairs.length, object: newest.source, fingerprint: newest.fingerprint })
  }

  /** A convenience for people: opening goes on without it. Tried again at the next change of keys. */
  async #publish(store: Store): Promise<void> {
    const certificate = this.#current?.certificatePem
    if (certificate === undefined || certificate === this.#published || !this.#options.leads()) return
    try {
      await store.publishCertificate(certificate)
      this.#published = certificate
    } catch (error) {
      this.#options.log.warn('cannot publish the certificate', { error })
    }
  }

  /** `requested`: a person asked this very process. */
  async #make(store: Store, why: string, requested = false): Promise<boolean> {
    const { clock, log, generate, settings, leads } = this.#options
    const { prefix, validityMs, labels, annotations } = settings
    const now = clock.now()
    try {
      log.info('making a key', { detail: why })
      const pem = await generate({ notBefore: new Date(now), notAfter: new Date(now + validityMs) })
      // That took a while: another process may lead now.
      if (!requested && !leads()) return false
      const made = await store.createKeySecret({ prefix, labels, annotations, ...pem, requested })
      this.#made.set(made.name, made)
      const object = `${made.namespace}/${made.name}`
      this.made.push(object)
      log.info('key made', { object })
      return true
    } catch (error) {
      log.error('cannot make a key', { error })
      return false
    }
  }
}

const fingerprints = (keys: CurrentKeys | undefined): Set<string> =>
  new Set(keys?.ring.keys.map(({ fingerprint }) => fingerprint))
