/** HTTP to the API server: JSON calls and streams, whose failures are StoreErrors that are safe to show. */
import type { Dispatcher } from 'undici'
import { ApiError, apiError, TooLarge } from './api-error.ts'
import { Connections } from './connections.ts'
import type { Credentials, Identity } from './credentials.ts'
import { Deadline } from './deadline.ts'
import { strictText } from './lines.ts'

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Absolute path, its parts already encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly accept?: string
  /** Sent as JSON; a PATCH is a JSON merge patch (RFC 7386). */
  readonly body?: unknown
  /** What is tried, for messages: `create secrets app/db`. */
  readonly what: string
  /** True when `body` holds Secret values: then the server's own words are not shown. */
  readonly confidential?: boolean
  /** True for a write that does no harm when another process leads. */
  readonly unfenced?: boolean
  readonly timeoutMs?: number
  readonly maxBytes?: number
}

export interface StreamTimeouts {
  /** Until the response headers. */
  readonly headersMs: number
  /** Longest silence within the body. */
  readonly idleMs: number
  /** Longest life of the whole stream. */
  readonly totalMs: number
}

export interface TransportOptions {
  readonly credentials: Credentials
  /** Requests that may run at the same time, watches included. */
  readonly connections: number
  readonly userAgent: string
  /** Milliseconds for which this process may write; asked before each write, which ends before that is over. */
  readonly writableMs?: () => number
  /** Resolves when a request may go; without it all may. */
  readonly admit?: (signal: AbortSignal) => Promise<void>
}

const JSON_TYPE = 'application/json'
/** Metadata only; a server that cannot would answer with the whole object. */
export const METADATA_TYPE: string = `${JSON_TYPE};as=PartialObjectMetadata;g=meta.k8s.io;v=v1,${JSON_TYPE}`
/** The same for a list. */
export const METADATA_LIST_TYPE: string = `${JSON_TYPE};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,${JSON_TYPE}`

const CALL_TIMEOUT_MS = 30_000
const MAX_BODY_BYTES = 8 << 20
const MAX_STATUS_BYTES = 64 << 10

/** Failures of a connection that had been kept alive: the request did not reach the server, or its answer was lost. */
const LOST_CONNECTION = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

const TIMED_OUT = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

export class Transport {
  readonly server: string
  /** Path of a server that is not at the root, e.g. Rancher's https://host/k8s/clusters/NAME. */
  readonly #prefix: string
  readonly #origin: string
  readonly #credentials: Credentials
  readonly #connections: Connections
  readonly #userAgent: string
  readonly #writableMs: () => number
  readonly #admit: TransportOptions['admit']
  readonly #closed = new AbortController()

  constructor(options: TransportOptions) {
    const { credentials, connections, userAgent, writableMs = () => Number.POSITIVE_INFINITY } = options
    this.#admit = options.admit
    this.server = credentials.server
    const { origin, pathname } = new URL(this.server)
    this.#origin = origin
    this.#prefix = pathname.replace(/\/$/, '')
    this.#credentials = credentials
    this.#userAgent = userAgent
    this.#writableMs = writableMs
    this.#connections = new Connections({ server: this.server, proxyUrl: credentials.proxyUrl, connections })
  }

  /** The parsed body of a 2xx answer. Throws ApiError on everything else. */
  async call(call: Call, signal?: AbortSignal): Promise<unknown> {
    await this.#admit?.(this.#closed.signal)
    const deadline = new Deadline(this.#timeoutOf(call), [this.#closed.signal, signal])
    try {
      const response = await this.#send(call, deadline.signal, {})
      const bytes = await readAll(response.body, call.maxBytes ?? MAX_BODY_BYTES)
      return parseJson(bytes)
    } catch (error) {
      throw this.#failure(error, call, deadline)
    } finally {
      deadline.clear()
    }
  }

  /** A write that would begin, or go on, after another process may have taken over is refused, or given up. */
  #timeoutOf({ method, what, unfenced = false, timeoutMs = CALL_TIMEOUT_MS }: Call): number {
    if (method === 'GET' || unfenced) return timeoutMs
    const writableMs = this.#writableMs()
    if (writableMs <= 0) throw new ApiError('unavailable', `${what}: this process does not lead`, { status: 0 })
    return Math.min(timeoutMs, writableMs)
  }

  /** The chunks of a 2xx answer's body as they come. Ends when the server ends it; throws ApiError otherwise. */
  async *stream(call: Call, timeouts: StreamTimeouts, signal: AbortSignal): AsyncGenerator<Buffer> {
    await this.#admit?.(signal)
    const deadline = new Deadline(timeouts.totalMs, [this.#closed.signal, signal])
    try {
      const limits = { headersTimeout: timeouts.headersMs, bodyTimeout: timeouts.idleMs }
      const response = await this.#send(call, deadline.signal, limits)
      yield* chunksOf(response.body)
    } catch (error) {
      throw this.#failure(error, call, deadline)
    } finally {
      deadline.abort()
    }
  }

  /** Ends every call and stream at once. */
  async close(): Promise<void> {
    this.#closed.abort()
    await this.#connections.close()
  }

  async #send(
    call: Call,
    signal: AbortSignal,
    limits: Partial<Dispatcher.DispatchOptions>,
  ): Promise<Dispatcher.ResponseData> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#request(call, signal, limits).catch((error: unknown) => {
        if (attempt > 1 || call.method !== 'GET' || !LOST_CONNECTION.has(networkCode(error))) throw error
      })
      if (response === undefined) continue
      if (response.statusCode < 300) return response
      const body = parseStatus(await readAll(response.body, MAX_STATUS_BYTES).catch(() => undefined))
      if (response.statusCode === 401) {
        this.#credentials.renew()
        if (attempt === 1) continue
      }
      const { what, confidential = false } = call
      const retryAfter = response.headers['retry-after']?.toString()
      throw apiError({ status: response.statusCode, body, retryAfter, what, confidential })
    }
  }

  async #request(
    call: Call,
    signal: AbortSignal,
    limits: Partial<Dispatcher.DispatchOptions>,
  ): Promise<Dispatcher.ResponseData> {
    const identity = await this.#credentials.current().catch((error: unknown) => {
      throw new ApiError('unavailable', `cannot read the credentials for ${this.server} (${networkCode(error)})`, {
        status: 0,
      })
    })
    signal.throwIfAborted()
    // Once more right before it goes: a process that stood still meanwhile has not had its timers run yet.
    this.#timeoutOf(call)
    return this.#connections.for(identity).request({
      ...limits,
      origin: this.#origin,
      path: pathOf(this.#prefix, call),
      method: call.method,
      headers: this.#headers(call, identity),
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal,
    })
  }

  #headers(call: Call, identity: Identity): Record<string, string> {
    return {
      ...identity.headers,
      'user-agent': this.#userAgent,
      accept: call.accept ?? JSON_TYPE,
      ...(call.body === undefined
        ? {}
        : { 'content-type': call.method === 'PATCH' ? 'application/merge-patch+json' : JSON_TYPE }),
    }
  }

  #failure(error: unknown, call: Call, deadline: Deadline): ApiError {
    if (error instanceof ApiError) return error
    // Where one connection is dead without a word, the idle ones are too.
    if (deadline.expired || TIMED_OUT.has(networkCode(error))) this.#connections.renew()
    if (this.#closed.signal.aborted) return new ApiError('unavailable', 'the connection is closed', { status: 0 })
    if (deadline.expired)
      return new ApiError('unavailable', `${call.what}: no answer from ${this.server} in time`, { status: 0 })
    if (error instanceof SyntaxError)
      return new ApiError('unavailable', `${call.what}: ${this.server} answered with something that is no JSON`, {
        status: 0,
      })
    // Of a foreign error only its code: its message may quote what was sent.
    return new ApiError('unavailable', `${call.what}: cannot reach ${this.server} (${networkCode(error)})`, {
      status: 0,
    })
  }
}

function pathOf(prefix: string, { path, query = {} }: Call): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return `${prefix}${path}${search.size === 0 ? '' : `?${search.toString()}`}`
}

async function* chunksOf(body: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of body) if (chunk instanceof Buffer) yield chunk
}

async function readAll(body: AsyncIterable<unknown>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of chunksOf(body)) {
    length += chunk.length
    if (length > maxBytes) throw new TooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** @throws SyntaxError */
function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(strictText(bytes)) as unknown
  } catch (cause) {
    throw new SyntaxError('no JSON', { cause })
  }
}

function parseStatus(body: Buffer | undefined): unknown {
  try {
    return body === undefined ? undefined : (JSON.parse(body.toString('utf8')) as unknown)
  } catch {
    return undefined
  }
}

function networkCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause instanceof Error ? networkCode(error.cause) : error.name
}
