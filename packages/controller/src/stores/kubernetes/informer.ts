/** Follows one resource: a list in pages, then watches that resume where the last one ended. */
import { type Clock, sleep } from '../../clock.ts'
import type { Log } from '../../log/log.ts'
import { Backoff } from '../../runtime/backoff.ts'
import { ApiError } from './api-error.ts'
import { listAll } from './list.ts'
import type { InformerTiming, Resource } from './resource.ts'
import type { Receiver } from './table.ts'
import type { Transport } from './transport.ts'
import { isOlder } from './version.ts'
import { watch } from './watch.ts'

export interface InformerOptions {
  readonly transport: Transport
  readonly resource: Resource
  readonly receiver: Receiver
  readonly log: Log
  readonly clock: Clock
  readonly timing: InformerTiming
  /** In [0, 1). */
  readonly random: () => number
}

/** Watches in a row that broke before their first event, after which the version itself is suspected. */
const REFUSALS_BEFORE_LIST = 3
/** These say nothing about the version: no answer, a missing right, an overloaded or starting server. */
const PATIENCE: ReadonlySet<number> = new Set([0, 401, 403, 429, 503])
/** While something keeps failing, it is said again after this time. */
const REMIND_MS = 300_000

export class Informer {
  readonly #options: InformerOptions
  readonly #backoff: Backoff
  readonly #ready = Promise.withResolvers<void>()
  /** Where the next watch begins; undefined when only a list helps. */
  #version: string | undefined
  /** The newest version ever seen, also over lists. */
  #newest = '0'
  #refusals = 0
  /** The version expired, and no watch has brought anything since. */
  #expired = false
  #failedAt = Number.NEGATIVE_INFINITY
  #failingSince: number | undefined
  #saidAt = 0
  synced = false

  constructor(options: InformerOptions) {
    this.#options = options
    const { backoffFirstMs: baseMs, backoffMaxMs: maxMs } = options.timing
    this.#backoff = new Backoff({ baseMs, maxMs, random: options.random })
  }

  /** Resolves once the first list is in the cache. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  /** Follows the resource until `signal` aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#version === undefined) await this.#list(signal)
        await this.#watch(signal)
      } catch (error) {
        if (signal.aborted) return
        await this.#failed(error, signal)
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { transport, resource, receiver, timing } = this.#options
    const version = await listAll(
      { transport, resource, pageSize: timing.pageSize, signal },
      (version, objects, first) => {
        if (first) receiver.listing(version, isOlder(version, this.#newest))
        for (const object of objects) receiver.upsert(object)
      },
    )
    receiver.listed()
    this.#version = version
    this.#newest = version
    this.#refusals = 0
    this.synced = true
    this.#ready.resolve()
    this.#works()
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { clock, timing, receiver } = this.#options
    const started = clock.monotonic()
    let events = 0
    for await (const event of watch({ ...this.#options, version: this.#version ?? '', signal })) {
      events += 1
      this.#refusals = 0
      if (event.type === 'DELETED') receiver.remove(event.object)
      else if (event.type !== 'BOOKMARK') receiver.upsert(event.object)
      this.#version = event.version
      this.#newest = event.version
      this.#progress()
    }
    if (signal.aborted) return
    if (events === 0 && clock.monotonic() - started < timing.shortMs) {
      throw new ApiError('unavailable', `watch ${this.#options.resource.name}: it ended at once`, { status: 0 })
    }
    this.#progress()
  }

  async #failed(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, resource, timing } = this.#options
    const failure = error instanceof ApiError ? error : undefined
    if (failure !== undefined && !PATIENCE.has(failure.status) && this.#version !== undefined) this.#refusals += 1
    const expired = failure?.expired === true
    if (expired || this.#refusals >= REFUSALS_BEFORE_LIST) {
      this.#version = undefined
      this.#refusals = 0
    }
    // The server answers, and what it asks for is a list now; but not one after the other.
    const calm = clock.monotonic() - this.#failedAt > 2 * timing.backoffMaxMs
    if (calm || (expired && !this.#expired)) this.#backoff.forget(resource.name)
    this.#expired ||= expired
    this.#failedAt = clock.monotonic()
    const delayMs = Math.max(this.#backoff.next(resource.name), failure?.retryAfterMs ?? 0)
    this.#say(error, delayMs)
    await sleep(clock, delayMs, signal)
  }

  /** Loud when it begins and now and then; an expired version or a lost connection is everyday and stays quiet at first. */
  #say(error: unknown, delayMs: number): void {
    const { log, clock, resource } = this.#options
    const now = clock.monotonic()
    const attempt = this.#backoff.failures(resource.name)
    const fields = { resource: resource.name, error, delayMs, attempt }
    const everyday = this.synced && attempt === 1
    if (everyday || (this.#failingSince !== undefined && now - this.#saidAt < REMIND_MS)) {
      log.debug('following a resource failed, trying again', fields)
      return
    }
    this.#failingSince ??= now
    this.#saidAt = now
    log.warn('following a resource keeps failing, trying again', fields)
  }

  #progress(): void {
    this.#backoff.forget(this.#options.resource.name)
    this.#expired = false
    this.#works()
  }

  #works(): void {
    if (this.#failingSince === undefined) return
    const { log, clock, resource } = this.#options
    const durationMs = Math.round(clock.monotonic() - this.#failingSince)
    this.#failingSince = undefined
    log.info('following a resource works again', { resource: resource.name, durationMs })
  }
}
