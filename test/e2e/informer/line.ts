/** The line between a store and its API server, which a test can cut or silence. */
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { ControlPlane } from '../../kube/control-plane.ts'

export class Line {
  /** Kubeconfig of an administrator at the end of the line. */
  readonly kubeconfig: string
  /** Connections so far. */
  connections = 0
  readonly #server: Server
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  #open = true
  #silent = false

  private constructor(server: Server, kubeconfig: string) {
    this.#server = server
    this.kubeconfig = kubeconfig
  }

  static async lay(plane: ControlPlane): Promise<Line> {
    const server = createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('not listening')
    const kubeconfig = join(plane.dir, `line-${address.port}.kubeconfig`)
    const text = readFileSync(plane.kubeconfig, 'utf8').replace(plane.server, `https://127.0.0.1:${address.port}`)
    writeFileSync(kubeconfig, text, { mode: 0o600 })
    const line = new Line(server, kubeconfig)
    const { hostname, port } = new URL(plane.server)
    server.on('connection', (near) => line.#join(near, connect(Number(port), hostname)))
    return line
  }

  /** Resets every connection, and every one that is tried until `restore`. */
  cut(): void {
    this.#open = false
    for (const [near] of this.#pairs) near.resetAndDestroy()
  }

  /** Connections stay, but nothing passes any more: the other end has vanished without a word. */
  silence(): void {
    this.#silent = true
    for (const [near, far] of this.#pairs) {
      near.unpipe(far)
      far.unpipe(near)
    }
  }

  /** New connections pass; silenced ones stay silent. */
  restore(): void {
    this.#open = true
    this.#silent = false
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.cut()
    await closed
  }

  #join(near: Socket, far: Socket): void {
    this.connections += 1
    const pair = [near, far] as const
    this.#pairs.add(pair)
    const end = (): void => {
      this.#pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    if (!this.#open) near.resetAndDestroy()
    else if (!this.#silent) near.pipe(far).pipe(near)
  }
}
