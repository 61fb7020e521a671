/** The HTTP endpoints: methods, bodies, limits and metrics of every route. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Address, formatAddress } from '../address.ts'
import type { Clock } from '../clock.ts'
import type { Metrics } from '../metrics.ts'
import { readBody } from './body.ts'

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

export const text = (status: number, body: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body })

/** Answers GET and HEAD. */
type Get = () => Answer | Promise<Answer>

export interface PostRequest {
  readonly body: Uint8Array
  readonly query: URLSearchParams
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
}

/** Answers POST. */
interface Post {
  /** Bytes that a body may have; a larger one is 413. */
  readonly limit: number
  /** The answer to a client that may not ask now; called before its body is read, with its socket's address. */
  admit(address: string): Answer | undefined
  answer(request: PostRequest): Promise<Answer>
}

/** Routes by path. */
export type Routes = Readonly<Record<string, Get | Post>>

export interface Timeouts {
  /** For a request to be sent, body included. */
  readonly readMs: number
  /** For its answer to be made and read, from when its headers were there. */
  readonly writeMs: number
}

export interface ServeOptions {
  readonly address: Address
  readonly routes: Routes
  readonly metrics: Metrics
  readonly clock: Clock
  readonly timeouts?: Timeouts
}

export interface Serving {
  /** `host:port` it listens on. */
  readonly address: string
  readonly port: number
  /** Answers what was asked, closes idle connections, cuts off the rest after `graceMs`. */
  close(graceMs: number): Promise<void>
}

/**
 * Requests are a line and few headers: who takes longer than seconds to send them, or sends much, is cut off, so that
 * slow clients (slow loris) cannot use up connections.
 */
const LIMITS = {
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 8192,
}
const HEADERS_MS = 5000
const TIMEOUTS: Timeouts = { readMs: 10_000, writeMs: 120_000 }
const MAX_CONNECTIONS = 512
/** A connection on which nothing moves, such as that of a client that does not read its answer. */
const IDLE_MS = 60_000
/** Bodies in memory at a time; one client's share is limited by its rate. */
const MAX_POSTS = 32

/** @throws the system's error when the address cannot be listened on */
export async function serve(options: ServeOptions): Promise<Serving> {
  const posts = { count: 0 }
  const { readMs, writeMs } = options.timeouts ?? TIMEOUTS
  const limits = { ...LIMITS, headersTimeout: Math.min(HEADERS_MS, readMs), requestTimeout: readMs }
  const server = createServer(limits, (request, response) => {
    response.once(
      'close',
      options.clock.after(writeMs, () => request.socket.destroy()),
    )
    void respond(request, response, { ...options, posts })
  })
  server.maxConnections = MAX_CONNECTIONS
  server.setTimeout(IDLE_MS)
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request'
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  })
  await listen(server, options.address)
  const bound = server.address()
  const { address, port } = typeof bound === 'object' && bound !== null ? bound : { address: '', port: 0 }
  return { address: formatAddress(address, port), port, close: (graceMs) => close(server, options.clock, graceMs) }
}

interface State extends ServeOptions {
  /** Requests with a body that are being read or answered. */
  readonly posts: { count: number }
}

async function respond(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const { routes, metrics, clock } = state
  const started = clock.monotonic()
  const method = request.method ?? ''
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined
  const answer = await answerTo(request, response, route, state)
  const body = Buffer.from(answer.body)
  const asked = request.headers['content-length'] ?? request.headers['transfer-encoding']
  response.writeHead(answer.status, {
    'Content-Type': answer.type,
    'Content-Length': body.length,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    // A body nobody will read: do not wait for it.
    ...(asked === undefined || asked === '0' || request.readableEnded ? {} : { Connection: 'close' }),
    ...answer.headers,
  })
  response.end(method === 'HEAD' ? undefined : body)
  metrics.httpRequest({
    path: route === undefined ? 'other' : path,
    code: answer.status,
    method: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'].includes(method) ? method : 'other',
    seconds: (clock.monotonic() - started) / 1000,
  })
}

async function answerTo(
  request: IncomingMessage,
  response: ServerResponse,
  route: Routes[string] | undefined,
  state: State,
): Promise<Answer> {
  if (route === undefined) return text(404, 'not found\n')
  const methods = typeof route === 'function' ? ['GET', 'HEAD'] : ['POST']
  if (!methods.includes(request.method ?? ''))
    return { ...text(405, 'method not allowed\n'), headers: { Allow: methods.join(', ') } }
  try {
    return typeof route === 'function' ? await route() : await post(request, response, route, state)
  } catch {
    return text(500, 'internal error\n')
  }
}

async function post(request: IncomingMessage, response: ServerResponse, route: Post, state: State): Promise<Answer> {
  const { clock, posts } = state
  const refused = posts.count < MAX_POSTS ? route.admit(request.socket.remoteAddress ?? '') : BUSY
  if (refused !== undefined) {
    await readBody(request, 0, clock)
    return refused
  }
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  posts.count += 1
  try {
    const body = await readBody(request, route.limit, clock)
    if (body.kind === 'too large') return text(413, `more than ${route.limit} bytes\n`)
    // Nobody is left to read it; it is for the metrics.
    if (body.kind === 'cut off') return text(408, 'the request was not finished\n')
    const query = new URLSearchParams((request.url ?? '').split('?')[1])
    return await route.answer({ body: body.bytes, query, signal: gone.signal })
  } finally {
    posts.count -= 1
  }
}

const BUSY: Answer = { ...text(429, 'too many requests\n'), headers: { 'Retry-After': '1' } }

function listen(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function close(server: Server, clock: Clock, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(graceMs, () => server.closeAllConnections())
    server.close(() => {
      cancel()
      resolve()
    })
    server.closeIdleConnections()
  })
}
