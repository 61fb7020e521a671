/** Writes events in the background: bounded, deduplicated, and never in the way of reconciling. */
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { type Clock, rfc3339, sleep } from '../../clock.ts'
import type { Log } from '../../log/log.ts'
import { StoreError } from '../../ports.ts'
import { type EventRecord, keyOf } from '../../state.ts'
import { type Fields, fields, text } from './fields.ts'
import { API_VERSION, eventsPath, member } from './paths.ts'
import { METADATA_TYPE, type Transport } from './transport.ts'

/** As Bitnami's controller names itself. */
const COMPONENT = 'sealed-secrets'
/** Within this time the same event on the same object is counted, not written again. */
const SAME_FOR_MS = 600_000
const MAX_WAITING = 2000
const MAX_REMEMBERED = 2000
const PARALLEL = 2
/**
 * Events give way to what people wait for: they go when nothing was written for CALM_MS, when they have waited for
 * PATIENT_MS, or when MANY wait. By the time that 400 objects are open, controller, API server and etcd together have
 * used 4.5 s of CPU time then; without, when up to all of the events are among that, 4.9.
 */
const CALM_MS = 200
const PATIENT_MS = 5000
const MANY = 500
const MAX_MESSAGE_BYTES = 1024
const MAX_NAME = 253

/** An event that was written, or waits to be. */
interface Series {
  readonly record: EventRecord
  readonly first: string
  /** Name of the Event object, once it is there. */
  name: string | undefined
  count: number
  last: string
  lastAt: number
  /** It waits, or is being written. */
  busy: boolean
  waitsSince: number
}

export interface EventWriterOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly log: Log
}

export class EventWriter {
  readonly #options: EventWriterOptions
  readonly #series = new Map<string, Series>()
  readonly #waiting: Series[] = []
  #running = 0
  #dropped = 0
  #gaveWayAt = Number.NEGATIVE_INFINITY
  #idle = Promise.withResolvers<void>()

  constructor(options: EventWriterOptions) {
    this.#options = options
    this.#idle.resolve()
  }

  /** Queues the event. When too many wait, it is dropped: events are for people, the status tells the truth. */
  record(record: EventRecord): void {
    const series = this.#seriesOf(record)
    series.count += 1
    series.last = rfc3339(this.#options.clock.now())
    series.lastAt = this.#options.clock.monotonic()
    if (series.busy) return
    if (this.#waiting.length >= MAX_WAITING) {
      this.#dropped += 1
      return
    }
    series.busy = true
    series.waitsSince = series.lastAt
    this.#waiting.push(series)
    if (this.#running === 0) this.#idle = Promise.withResolvers<void>()
    if (this.#running < PARALLEL) void this.#drain()
  }

  /** Something that people wait for is being written: events come after it. */
  giveWay(): void {
    this.#gaveWayAt = this.#options.clock.monotonic()
  }

  /** Resolves when everything queued, which no longer gives way, is written or given up. */
  flushed(): Promise<void> {
    this.#gaveWayAt = Number.NEGATIVE_INFINITY
    return this.#idle.promise
  }

  #seriesOf(record: EventRecord): Series {
    const { regarding, type, reason, message } = record
    const key = JSON.stringify([regarding.uid, type, reason, message])
    const known = this.#series.get(key)
    this.#series.delete(key)
    const now = this.#options.clock.monotonic()
    const usable = known !== undefined && now - known.lastAt < SAME_FOR_MS
    const series = usable ? known : newSeries(record, this.#options.clock)
    // Deleted and set again, the map is in the order of last use.
    this.#series.set(key, series)
    for (const oldest of this.#series.keys()) {
      if (this.#series.size <= MAX_REMEMBERED) break
      this.#series.delete(oldest)
    }
    return series
  }

  async #drain(): Promise<void> {
    this.#running += 1
    await this.#calm()
    for (let series = this.#waiting.shift(); series !== undefined; series = this.#waiting.shift()) {
      // What repeats meanwhile is written by the same, never twice at the same time.
      for (let written = -1; written !== series.count; ) {
        written = series.count
        await this.#write(series)
      }
      series.busy = false
      await this.#calm()
    }
    this.#running -= 1
    if (this.#running > 0) return
    if (this.#dropped > 0) this.#options.log.warn('events were dropped, too many at once', { count: this.#dropped })
    this.#dropped = 0
    this.#idle.resolve()
  }

  /** Resolves when events need not, or must not, wait any longer. */
  async #calm(): Promise<void> {
    const { clock } = this.#options
    for (;;) {
      const [next] = this.#waiting
      const now = clock.monotonic()
      const waitMs = this.#gaveWayAt + CALM_MS - now
      if (waitMs <= 0 || this.#waiting.length >= MANY) return
      if (next === undefined || now - next.waitsSince >= PATIENT_MS) return
      await sleep(clock, waitMs)
    }
  }

  async #write(series: Series): Promise<void> {
    const { record } = series
    try {
      if (series.name !== undefined && !(await this.#bump(series, series.name))) series.name = undefined
      series.name ??= await this.#create(series)
    } catch (error) {
      this.#options.log.warn('an event could not be written', { object: keyOf(record.regarding), error })
    }
  }

  async #create(series: Series): Promise<string> {
    const { namespace } = series.record.regarding
    const body = eventObject(series)
    const what = `create events in ${namespace}`
    const created = await this.#options.transport.call({
      ...{ method: 'POST', path: eventsPath(namespace), body, accept: METADATA_TYPE, what },
    })
    return text(fields(fields(created).metadata).name)
  }

  /** False when the Event has expired meanwhile. */
  async #bump({ record, count, last }: Series, name: string): Promise<boolean> {
    const { namespace } = record.regarding
    const path = member(eventsPath(namespace), name)
    const body = { count, lastTimestamp: last }
    const what = `patch events ${namespace}/${name}`
    try {
      await this.#options.transport.call({ method: 'PATCH', path, body, accept: METADATA_TYPE, what })
      return true
    } catch (error) {
      if (error instanceof StoreError && error.code === 'not-found') return false
      throw error
    }
  }
}

function newSeries(record: EventRecord, clock: Clock): Series {
  const first = rfc3339(clock.now())
  return { record, first, name: undefined, count: 0, last: first, lastAt: 0, busy: false, waitsSince: 0 }
}

function eventObject({ record, first, last, count }: Series): Fields {
  const { regarding, type, reason, message } = record
  const { namespace, name, uid, version } = regarding
  const suffix = `.${randomBytes(8).toString('hex')}`
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: `${name.slice(0, MAX_NAME - suffix.length)}${suffix}` },
    involvedObject: { apiVersion: API_VERSION, kind: 'SealedSecret', namespace, name, uid, resourceVersion: version },
    type,
    reason,
    message: shortened(message),
    source: { component: COMPONENT },
    reportingComponent: COMPONENT,
    reportingInstance: hostname(),
    firstTimestamp: first,
    lastTimestamp: last,
    count,
  }
}

/** The API server refuses more than 1024 bytes. */
function shortened(message: string): string {
  const bytes = Buffer.from(message)
  if (bytes.length <= MAX_MESSAGE_BYTES) return message
  return `${new TextDecoder().decode(bytes.subarray(0, MAX_MESSAGE_BYTES - 8)).replace(/\uFFFD+$/, '')}...`
}
