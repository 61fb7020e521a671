/** The HTTP endpoints. Nothing here takes a body or reads a secret. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Address, formatAddress } from '../address.ts'
import type { Clock } from '../clock.ts'
import type { Metrics } from '../metrics.ts'

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Routes by path; all answer GET and HEAD. */
export type Routes = Readonly<Record<string, () => Answer | Promise<Answer>>>

export interface ServeOptions {
  readonly address: Address
  readonly routes: Routes
  readonly metrics: Metrics
  readonly clock: Clock
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
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 8192,
}
const MAX_CONNECTIONS = 512
const METHODS = 'GET, HEAD'

/** @throws the system's error when the address cannot be listened on */
export async function serve(options: ServeOptions): Promise<Serving> {
  const server = createServer(LIMITS, (request, response) => {
    void respond(request, response, options)
  })
  server.maxConnections = MAX_CONNECTIONS
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  await listen(server, options.address)
  const bound = server.address()
  const { address, port } = typeof bound === 'object' && bound !== null ? bound : { address: '', port: 0 }
  return { address: formatAddress(address, port), port, close: (graceMs) => close(server, options.clock, graceMs) }
}

async function respond(request: IncomingMessage, response: ServerResponse, options: ServeOptions): Promise<void> {
  const { routes, metrics, clock } = options
  const started = clock.monotonic()
  const method = request.method ?? ''
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined
  const answer = await answerTo(method, route)
  const body = Buffer.from(answer.body)
  const asked = request.headers['content-length'] ?? request.headers['transfer-encoding']
  response.writeHead(answer.status, {
    'Content-Type': answer.type,
    'Content-Length': body.length,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    // A body nobody will read: do not wait for it.
    ...(asked === undefined || asked === '0' ? {} : { Connection: 'close' }),
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

async function answerTo(method: string, route: Routes[string] | undefined): Promise<Answer> {
  if (route === undefined) return text(404, 'not found\n')
  if (method !== 'GET' && method !== 'HEAD')
    return { ...text(405, 'method not allowed\n'), headers: { Allow: METHODS } }
  try {
    return await route()
  } catch {
    return text(500, 'internal error\n')
  }
}

export const text = (status: number, body: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body })

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
