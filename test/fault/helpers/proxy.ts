/** Stands between a controller and its API server, and does to requests and answers what a bad network or an ailing server does. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, createServer, request, type Server } from 'node:https'
import { join } from 'node:path'
import type { ControlPlane } from '../../kube/control-plane.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly watch: boolean
  /** Anything but reading. */
  readonly write: boolean
  /** How many requests of the same method came before. */
  readonly before: number
  /** The same for requests of the same method, path and kind. */
  readonly same: number
}

export type Fault =
  /** The proxy answers itself, the API server hears nothing. */
  | { readonly kind: 'refuse'; readonly status: number; readonly reason: string; readonly retryAfter?: number }
  | { readonly kind: 'delay'; readonly ms: number }
  /** The connection ends after so many bytes of the answer's body; the API server has done what was asked. */
  | { readonly kind: 'cut'; readonly after: number }
  /** In every piece of the answer's body, two bytes are no longer what they were, nor UTF-8. */
  | { readonly kind: 'corrupt' }
  /** Something happens before the API server hears of it, or before the asker hears that it is done. */
  | { readonly kind: 'meet'; readonly before?: () => Promise<void>; readonly after?: () => Promise<void> }
  /** The proxy answers with what this gives, as the API server would for a Service. */
  | { readonly kind: 'serve'; readonly body: () => Promise<string> }

export class BadLine {
  readonly server: string
  /** How many faults of each kind came to pass. */
  readonly injected = new Map<Fault['kind'], number>()
  readonly #server: Server
  readonly #plane: ControlPlane
  readonly #agent: Agent
  readonly #ca: Buffer
  readonly #watches = new Set<ServerResponse>()
  readonly #counts = new Map<string, number>()
  #fault: (asked: Asked) => Fault | undefined = () => undefined
  #cut = false

  private constructor(plane: ControlPlane, server: Server, port: number, ca: Buffer) {
    this.#plane = plane
    this.#server = server
    this.#ca = ca
    this.#agent = new Agent({ keepAlive: true })
    this.server = `https://127.0.0.1:${port}`
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => this.#pass(asked, answer))
  }

  /** With the API server's own certificate, so that whoever trusts that one trusts the proxy. */
  static async start(plane: ControlPlane): Promise<BadLine> {
    const file = (name: string): Buffer => readFileSync(join(plane.dir, 'apiserver', name))
    const server = createServer({ cert: file('apiserver.crt'), key: file('apiserver.key') })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('not listening')
    return new BadLine(plane, server, address.port, file('apiserver.crt'))
  }

  /** From now on, until the next call. */
  inject(fault: (asked: Asked) => Fault | undefined): void {
    this.injected.clear()
    this.#counts.clear()
    this.#fault = fault
  }

  /** From now on all is well. */
  heal(): void {
    this.#fault = () => undefined
    this.#cut = false
  }

  /** Ends every connection, and every one that is tried until `heal`. */
  cut(): void {
    this.#cut = true
    this.#server.closeAllConnections()
  }

  /** Ends the watches under way, in the middle of whatever they are saying; returns how many there were. */
  dropWatches(): number {
    const dropped = this.#watches.size
    for (const watch of this.#watches) watch.destroy()
    return dropped
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    this.#agent.destroy()
    await closed
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { method = 'GET', url: path = '/' } = asked
    if (this.#cut) {
      answer.destroy()
      return
    }
    const watch = new URLSearchParams(path.split('?')[1]).get('watch') === 'true'
    const before = this.#count(method)
    const same = this.#count(`${method} ${path.split('?')[0]} ${watch}`)
    const fault = this.#fault({ method, path, watch, write: method !== 'GET', before, same })
    if (fault !== undefined) this.injected.set(fault.kind, (this.injected.get(fault.kind) ?? 0) + 1)
    if (watch) {
      this.#watches.add(answer)
      answer.once('close', () => this.#watches.delete(answer))
    }
    if (fault?.kind === 'refuse') refuse(asked, answer, fault)
    else if (fault?.kind === 'delay') setTimeout(() => this.#forward(asked, answer, undefined), fault.ms)
    else if (fault?.kind === 'serve') void serve(answer, fault.body)
    else if (fault?.kind === 'meet' && fault.before !== undefined)
      void fault.before().then(() => this.#forward(asked, answer, fault))
    else this.#forward(asked, answer, fault)
  }

  /** How often it was counted before. */
  #count(what: string): number {
    const before = this.#counts.get(what) ?? 0
    this.#counts.set(what, before + 1)
    return before
  }

  #forward(asked: IncomingMessage, answer: ServerResponse, fault: Fault | undefined): void {
    const options = { method: asked.method, headers: asked.headers, ca: this.#ca, agent: this.#agent }
    if (answer.destroyed) return
    const onward = request(new URL(asked.url ?? '/', this.#plane.server), options, (got) => {
      // A length that no longer fits would be noticed at once; the worst answers are those that look whole.
      const { 'content-length': _, ...headers } = got.headers
      answer.writeHead(got.statusCode ?? 502, headers)
      got.on('error', () => answer.destroy())
      if (fault?.kind === 'meet' && fault.after !== undefined) void fault.after().then(() => got.pipe(answer))
      else if (fault?.kind === 'cut') cutAfter(got, answer, fault.after)
      else if (fault?.kind === 'corrupt') {
        got.on('data', (chunk: Buffer) => void answer.write(corrupted(chunk)))
        got.on('end', () => answer.end())
      } else got.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    answer.once('close', () => onward.destroy())
    asked.pipe(onward)
  }
}

function refuse(asked: IncomingMessage, answer: ServerResponse, fault: Extract<Fault, { kind: 'refuse' }>): void {
  const { status: code, reason, retryAfter } = fault
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason,
    code,
    message: `the proxy says ${code}`,
  }
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  asked.resume()
  answer.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(status))
}

async function serve(answer: ServerResponse, body: () => Promise<string>): Promise<void> {
  answer.end(await body())
}

function cutAfter(got: IncomingMessage, answer: ServerResponse, bytes: number): void {
  let left = bytes
  const cut = (): void => void answer.socket?.destroy()
  got.on('data', (chunk: Buffer) => {
    if (chunk.length < left) {
      left -= chunk.length
      answer.write(chunk)
    } else answer.write(chunk.subarray(0, left), cut)
  })
  got.on('end', cut)
}

function corrupted(chunk: Buffer): Buffer {
  const copy = Buffer.from(chunk)
  copy.fill(0xff, Math.floor(copy.length / 2), Math.floor(copy.length / 2) + 2)
  return copy
}
