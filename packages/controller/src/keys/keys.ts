/** The keys of the controller: a ring to open with, a certificate to seal with, a first key where there is none. */
import { type KeyRing, keyRing, type SealingKey, WaxsealError } from '@waxseal/core'
import { type Clock, sleep } from '../clock.ts'
import type { Log } from '../log/log.ts'
import type { Store } from '../ports.ts'
import { Backoff } from '../runtime/backoff.ts'
import type { KeySecret } from '../state.ts'
import { type KeyPair, newestFirst, readKeyPair } from './key-pair.ts'
import type { KeyAge } from './likely.ts'

interface NewKey {
  readonly certificatePem: string
  readonly privateKeyPem: string
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
  readonly generate: (validity: { notBefore: Date; notAfter: Date }) => Promise<NewKey>
  readonly prefix: string
  readonly validityMs: number
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

/** An import that worked, or the reason why not, of one version of a key Secret. */
type Read = { readonly version: string; readonly pair: KeyPair | undefined }

export class Keys {
  /** `namespace/name` of the key Secrets this process made. */
  readonly made: string[] = []
  readonly #options: KeysOptions
  readonly #reads = new Map<string, Read>()
  #current: CurrentKeys | undefined
  /** Made by this process; the store's cache may not show it yet. */
  #made: KeySecret | undefined
  #published: string | undefined
  #running: Promise<void> | undefined
  #again = false

  constructor(options: KeysOptions) {
    this.#options = options
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
    this.#running ??= this.#run(store, signal).finally(() => {
      this.#running = undefined
    })
    await this.#running
    return [...fingerprints(this.#current)].some((fingerprint) => !before.has(fingerprint))
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
      if (!this.#options.leads()) continue
      this.#again = true
      // A key that was made and cannot be used is no reason to make one after the other at full speed.
      if (made) await sleep(this.#options.clock, backoff.next(''), signal)
      made = await this.#make(store)
      if (!made) await sleep(this.#options.clock, backoff.next(''), signal)
    }
  }

  async #read(stored: readonly KeySecret[]): Promise<KeyPair[]> {
    const shown = stored.some(({ name }) => name === this.#made?.name)
    if (shown) this.#made = undefined
    const secrets = this.#made === undefined ? stored : [...stored, this.#made]
    const active = secrets.filter(({ state }) => state === 'active')
    const pairs: KeyPair[] = []
    for (const secret of active) {
      const pair = await this.#readOne(secret)
      if (pair !== undefined) pairs.push(pair)
    }
    const names = new Set(active.map(({ name }) => name))
    for (const name of this.#reads.keys()) if (!names.has(name)) this.#reads.delete(name)
    return pairs.toSorted(newestFirst)
  }

  async #readOne(secret: KeySecret): Promise<KeyPair | undefined> {
    const known = this.#reads.get(secret.name)
    if (known?.version === secret.version) return known.pair
    let pair: KeyPair | undefined
    try {
      pair = await readKeyPair(secret)
    } catch (error) {
      const object = `${secret.namespace}/${secret.name}`
      const detail = error instanceof WaxsealError ? error.message : 'cannot be read'
      this.#options.log.error('key Secret skipped', { object, detail })
    }
    this.#reads.set(secret.name, { version: secret.version, pair })
    return pair
  }

  #use(pairs: readonly KeyPair[]): void {
    const [newest] = pairs
    if (newest === undefined) return
    const { log, rsaOperation, keyGuess } = this.#options
    const before = this.#current
    const order = (keys: CurrentKeys | undefined): string => keys?.ring.keys.map((key) => key.fingerprint).join() ?? ''
    const ring = keyRing(
      pairs.map(({ opening }) => opening),
      { rsaOperation, keyGuess },
    )
    const next = {
      ring,
      ages: pairs.map(({ fingerprint, notBefore }) => ({ fingerprint, since: notBefore })),
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

  async #make(store: Store): Promise<boolean> {
    const { clock, log, generate, prefix, validityMs } = this.#options
    const now = clock.now()
    try {
      log.info('no usable key, making one')
      const pem = await generate({ notBefore: new Date(now), notAfter: new Date(now + validityMs) })
      this.#made = await store.createKeySecret({ prefix, ...pem })
      const object = `${this.#made.namespace}/${this.#made.name}`
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
