/** One watch: the changes since a version, until the connection ends. */
import { ApiError, apiError } from './api-error.ts'
import { type Fields, fields, isFields, text } from './fields.ts'
import { LineSplitter } from './lines.ts'
import type { InformerTiming, Resource } from './resource.ts'
import { METADATA_TYPE, type Transport } from './transport.ts'

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: Fields
  /** The object's resourceVersion, from which another watch resumes. */
  readonly version: string
}

export interface WatchOptions {
  readonly transport: Transport
  readonly resource: Resource
  readonly timing: InformerTiming
  readonly random: () => number
  readonly version: string
  readonly signal: AbortSignal
}

/** Above any object that etcd stores (1.5 MiB), however it is escaped. */
const MAX_LINE_BYTES = 16 << 20
/** The server ends the watch itself; later than this after its time the connection is taken for dead. */
const GRACE_MS = 15_000

/**
 * Throws ApiError when the server refuses, ends the watch with an error (then with the error's status, 410 for an
 * expired version), falls silent, or sends something that is no watch event. Ends when the server ends it in order.
 */
export async function* watch(options: WatchOptions): AsyncGenerator<WatchEvent> {
  const { transport, resource, timing, random, version, signal } = options
  const watchMs = timing.watchMinMs + random() * (timing.watchMaxMs - timing.watchMinMs)
  const query = {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: version,
    timeoutSeconds: Math.ceil(watchMs / 1000),
    labelSelector: resource.labelSelector,
  }
  const what = `watch ${resource.name}`
  const call = { method: 'GET', path: resource.path, query, what } as const
  const timeouts = { headersMs: timing.headersMs, idleMs: timing.idleMs, totalMs: watchMs + GRACE_MS }
  const lines = new LineSplitter(MAX_LINE_BYTES)
  const accepted = resource.metadataOnly === true ? { ...call, accept: METADATA_TYPE } : call
  for await (const chunk of transport.stream(accepted, timeouts, signal)) {
    for (const line of split(lines, chunk, what)) yield readEvent(line, what)
  }
  if (lines.partial) throw unreadable(what, 'it ended inside an event')
}

function* split(lines: LineSplitter, chunk: Buffer, what: string): Generator<string> {
  try {
    yield* lines.push(chunk)
  } catch (error) {
    if (error instanceof RangeError) throw unreadable(what, error.message)
    throw error
  }
}

function readEvent(line: string, what: string): WatchEvent {
  const { type, object } = fields(parse(line, what))
  if (type === 'ERROR') throw serverError(object, what)
  const version = text(fields(fields(object).metadata).resourceVersion)
  if (!isEventType(type) || !isFields(object) || version === '')
    throw unreadable(what, 'it sent something that is no event')
  return { type, object, version }
}

function isEventType(type: unknown): type is WatchEvent['type'] {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK'
}

function parse(line: string, what: string): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch {
    throw unreadable(what, 'it sent something that is no JSON')
  }
}

function serverError(status: unknown, what: string): ApiError {
  const { code } = fields(status)
  return apiError({ status: typeof code === 'number' ? code : 500, body: status, what, confidential: false })
}

const unreadable = (what: string, why: string): ApiError =>
  new ApiError('unavailable', `${what}: ${why}`, { status: 200 })
