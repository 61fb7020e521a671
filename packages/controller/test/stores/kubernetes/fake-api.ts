/** An API server whose answers a test writes itself: for faults that a real one cannot be made to show. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { text as consume } from 'node:stream/consumers'
import { KubeConfig } from '@kubernetes/client-node'
import { Credentials } from '../../../src/stores/kubernetes/credentials.ts'
import { Transport } from '../../../src/stores/kubernetes/transport.ts'

export interface FakeRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

export type FakeHandler = (request: FakeRequest, response: ServerResponse) => unknown

export class FakeApi {
  /** Every request in the order of arrival. */
  readonly requests: FakeRequest[] = []
  readonly sockets = new Set<Socket>()
  connections = 0
  handler: FakeHandler = (_, response) => json(response, 404, {})
  readonly #server: Server
  readonly #transports: Transport[] = []

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(handler?: FakeHandler): Promise<FakeApi> {
    const server = createServer({ keepAliveTimeout: 60_000 })
    const api = new FakeApi(server)
    if (handler) api.handler = handler
    server.on('request', (request, response) => void api.#serve(request, response))
    server.on('connection', (socket) => {
      api.connections += 1
      api.sockets.add(socket)
      socket.on('close', () => api.sockets.delete(socket))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return api
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('not listening')
    return address.port
  }

  get server(): string {
    return `http://127.0.0.1:${this.port}`
  }

  credentials(user: object = { token: 'abc' }): Credentials {
    const config = new KubeConfig()
    config.loadFromClusterAndUser({ name: 'fake', server: this.server, skipTLSVerify: true }, { name: 'user', ...user })
    return new Credentials(config)
  }

  /** Closed with the server. */
  transport(options: { connections?: number; user?: object } = {}): Transport {
    const { connections = 8, user } = options
    const transport = new Transport({
      credentials: this.credentials(user),
      connections,
      userAgent: 'waxseal-controller/test',
    })
    this.#transports.push(transport)
    return transport
  }

  requestsOf(kind: 'list' | 'watch'): FakeRequest[] {
    return this.requests.filter(({ query }) => query.has('watch') === (kind === 'watch'))
  }

  async close(): Promise<void> {
    await Promise.all(this.#transports.map((transport) => transport.close()))
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await consume(request)
    const url = new URL(request.url ?? '/', this.server)
    const { method = 'GET', headers } = request
    const seen = {
      method,
      path: url.pathname,
      query: url.searchParams,
      headers,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    }
    this.requests.push(seen)
    await this.handler(seen, response)
  }
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** Answers as the API server refuses. */
export function refuse(
  response: ServerResponse,
  code: number,
  reason: string,
  extra: { message?: string; headers?: Record<string, string> } = {},
): void {
  json(
    response,
    code,
    { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: extra.message ?? reason },
    extra.headers,
  )
}

export const object = (name: string, version: number | string, more: Record<string, unknown> = {}) => ({
  metadata: { namespace: 'app', name, uid: `uid-${name}`, resourceVersion: String(version), ...more },
})

export const list = (version: number, items: readonly unknown[], next?: string) => ({
  kind: 'List',
  metadata: { resourceVersion: String(version), ...(next === undefined ? {} : { continue: next }) },
  items,
})

/** Begins a watch and leaves it open. */
export function openWatch(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
}

/** One line of a watch. */
export const event = (type: string, about: unknown): string => `${JSON.stringify({ type, object: about })}\n`
