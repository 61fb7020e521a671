/** A real control plane: etcd, kube-apiserver and, for garbage collection, kube-controller-manager. */
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { controlPlaneAssets } from './assets.ts'
import { Children, isRunning, type SpawnOptions } from './children.ts'
import { ApiClient } from './client.ts'
import { type CommandOptions, type CommandResult, runCommand } from './command.ts'
import {
  kubeconfigText,
  type Layout,
  type Program,
  programArgs,
  tailOf,
  writeCredentials,
  writePrivate,
} from './layout.ts'
import { type Network, startNetwork } from './network.ts'
import { eventually } from './poll.ts'
import { freePort } from './ports.ts'

export interface ControlPlaneOptions {
  /** Runs kube-controller-manager with the garbage collector, namespace and service account controllers. */
  readonly controllers?: boolean
  /** Audit policy (YAML); the log is then `auditLog`. */
  readonly auditPolicy?: string
  /** Folder for all state, kept afterwards; by default a temporary one. */
  readonly dir?: string
  /** Further arguments of kube-apiserver. */
  readonly extraArgs?: readonly string[]
  /** Runs everything in a network of its own, with an address that the service proxy accepts. `api` does not reach it. */
  readonly network?: boolean
}

export interface ControlPlane {
  readonly dir: string
  /** Kubeconfig file of an administrator. */
  readonly kubeconfig: string
  /** `https://127.0.0.1:PORT`. */
  readonly server: string
  readonly auditLog: string
  /** Requests as administrator, without kubectl. */
  readonly api: ApiClient
  readonly network: Network | undefined
  /** Runs kubectl as administrator; resolves to its stdout, rejects with its stderr. */
  kubectl(args: readonly string[], stdin?: string): Promise<string>
  /** Starts a program in the control plane's network. It ends with the control plane at the latest. */
  spawn(program: string, args: readonly string[], options?: SpawnOptions): ChildProcess
  /** Runs a program in the control plane's network to its end. */
  run(program: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult>
  /** Writes a kubeconfig file for a bearer token; `namespace` is its default one. */
  kubeconfigFor(name: string, user: { readonly token: string; readonly namespace?: string }): string
  /**
   * Starts kube-controller-manager. The garbage collector learns of definitions that come later within 30 s only.
   */
  startControllers(): void
  /** Kills kube-apiserver as a crash would; etcd keeps the data. */
  stopApiServer(): Promise<void>
  /** Starts it again on the same port and waits until it is ready. */
  startApiServer(): Promise<void>
  /** Kills etcd as a crash would; nothing can be read or written until it is started again, with all its data. */
  stopEtcd(): Promise<void>
  startEtcd(): void
  stop(): Promise<void>
}

/** Starts one and waits until it is ready (about 4 s). Everything ends with this process, even when that is killed. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const assets = controlPlaneAssets()
  if ('missing' in assets) throw new Error(`no control plane: ${assets.missing}`)
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'waxseal-kube-'))
  mkdirSync(dir, { recursive: true })
  const children = new Children(options.dir === undefined ? [dir] : [])
  try {
    const network = options.network === true ? await startNetwork(children) : undefined
    const ports = { client: await freePort(), peer: await freePort(), secure: await freePort() }
    const plane = new Plane({ assets: assets.path, dir, ports }, children, network, options)
    await plane.start()
    return plane
  } catch (error) {
    await children.stop()
    throw error
  }
}

class Plane implements ControlPlane {
  readonly dir: string
  readonly kubeconfig: string
  readonly server: string
  readonly auditLog: string
  readonly api: ApiClient
  readonly network: Network | undefined
  readonly #layout: Layout
  readonly #children: Children
  readonly #options: ControlPlaneOptions
  readonly #env: NodeJS.ProcessEnv
  #apiServer: ChildProcess | undefined
  #etcd: ChildProcess | undefined

  constructor(layout: Layout, children: Children, network: Network | undefined, options: ControlPlaneOptions) {
    this.#layout = layout
    this.#children = children
    this.#options = options
    this.network = network
    this.dir = layout.dir
    this.server = `https://127.0.0.1:${layout.ports.secure}`
    this.auditLog = join(layout.dir, 'audit.log')
    this.api = new ApiClient(this.server, join(layout.dir, 'apiserver', 'apiserver.crt'))
    writeCredentials(layout.dir, options.auditPolicy)
    this.kubeconfig = this.kubeconfigFor('admin', { token: 'admin' })
    this.#env = { PATH: process.env.PATH, HOME: layout.dir, KUBECONFIG: this.kubeconfig }
  }

  async start(): Promise<void> {
    this.startEtcd()
    await this.startApiServer()
    if (this.#options.controllers === true) this.startControllers()
    await eventually('the system namespaces exist', () => this.kubectl(['get', 'namespace', 'default', 'kube-system']))
  }

  async startApiServer(): Promise<void> {
    const extra = [...(this.#options.extraArgs ?? [])]
    if (this.#options.auditPolicy !== undefined) {
      extra.push('--audit-policy-file', join(this.dir, 'audit-policy.yaml'), '--audit-log-path', this.auditLog)
    }
    const started = this.#program('kube-apiserver', extra)
    this.#apiServer = started
    await eventually('kube-apiserver is ready', async () => !isRunning(started) || (await this.#ready()))
    if (!isRunning(started)) throw new Error(`kube-apiserver ended: ${tailOf(join(this.dir, 'kube-apiserver.log'))}`)
  }

  startControllers(): void {
    this.#program('kube-controller-manager')
  }

  async stopApiServer(): Promise<void> {
    if (this.#apiServer !== undefined) await this.#children.kill(this.#apiServer)
  }

  startEtcd(): void {
    this.#etcd = this.#program('etcd')
  }

  async stopEtcd(): Promise<void> {
    if (this.#etcd !== undefined) await this.#children.kill(this.#etcd)
  }

  async kubectl(args: readonly string[], stdin?: string): Promise<string> {
    const kubectl = join(this.#layout.assets, 'kubectl')
    const result = await this.run(kubectl, args, { env: this.#env, ...(stdin === undefined ? {} : { stdin }) })
    if (result.code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${result.stderr.trim()}`)
    return result.stdout
  }

  spawn(program: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return this.#children.spawn(...this.#command(program, args), options)
  }

  run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return runCommand(this.#children, this.#command(program, args), options)
  }

  kubeconfigFor(name: string, user: { readonly token: string; readonly namespace?: string }): string {
    const path = join(this.dir, `${name}.kubeconfig`)
    writePrivate(path, kubeconfigText(this.server, join(this.dir, 'apiserver', 'apiserver.crt'), user))
    return path
  }

  async stop(): Promise<void> {
    this.api.close()
    await this.#children.stop()
  }

  #command(program: string, args: readonly string[]): readonly [string, readonly string[]] {
    return this.network?.command(program, args) ?? [program, args]
  }

  #program(name: Program, extra: readonly string[] = []): ChildProcess {
    const args = [...programArgs(this.#layout, this.kubeconfig)[name], ...extra]
    return this.spawn(join(this.#layout.assets, name), args, { log: join(this.dir, `${name}.log`) })
  }

  async #ready(): Promise<boolean> {
    if (this.network !== undefined) return (await this.kubectl(['get', '--raw', '/readyz'])) === 'ok'
    return (await this.api.request('/readyz')).status === 200
  }
}
