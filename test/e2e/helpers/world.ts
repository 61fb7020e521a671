/** A cluster with deploy/ applied, and the controller in it as its own ServiceAccount. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CommandOptions, CommandResult } from '../../kube/command.ts'
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../../kube/control-plane.ts'
import { answerOf } from '../../kube/json.ts'
import { eventually, type PollOptions } from '../../kube/poll.ts'
import { freePort } from '../../kube/ports.ts'
import { AUDIT_POLICY, type AuditEvent, isRefused } from './audit.ts'
import { Cluster } from './cluster.ts'
import { bin, Controller, NODE } from './controller.ts'
import type { NewObject, StoredCondition, StoredEvent, StoredSecret } from './objects.ts'
import { keySecret } from './vectors.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const ACCOUNT = 'sealed-secrets-controller'

export interface WorldOptions extends ControlPlaneOptions {
  /** Names of keys among the vectors that are there before the controller; without any it makes its own. */
  readonly keys?: readonly string[]
  /** Folder (kustomize) or file to apply; by default `deploy`. */
  readonly manifests?: string
  /** The controller's namespace. */
  readonly home?: string
}

export interface ControllerOptions {
  readonly args?: readonly string[]
  readonly ready?: boolean
  /** Where the controller finds the API server, if not at its own address: a proxy's `https://HOST:PORT`. */
  readonly server?: string
}

/** Starts a control plane, applies the manifests and makes a kubeconfig with the ServiceAccount's token. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { keys = [], manifests = 'deploy', home = 'kube-system', controllers = false, ...rest } = options
  const plane = await startControlPlane({ auditPolicy: AUDIT_POLICY, ...rest })
  try {
    if (home !== 'kube-system') await plane.kubectl(['create', 'namespace', home])
    // An overlay leaves the definition to the cluster's administrator.
    if (manifests.startsWith('deploy/')) await plane.kubectl(['apply', '-f', `${root}deploy/crd.yaml`])
    await plane.kubectl(['apply', manifests.endsWith('.yaml') ? '-f' : '-k', `${root}${manifests}`])
    if (controllers) plane.startControllers()
    const token = await plane.kubectl(['create', 'token', ACCOUNT, '-n', home, '--duration', '1h'])
    for (const key of keys) await plane.kubectl(['create', '-f', '-'], JSON.stringify(keySecret(key, home)))
    return new World(plane, home, plane.kubeconfigFor('controller', { token: token.trim(), namespace: home }))
  } catch (error) {
    await plane.stop()
    throw error
  }
}

export class World extends Cluster {
  readonly home: string
  readonly #kubeconfig: string
  readonly #controllers: Controller[] = []
  readonly #markers: string[] = []
  readonly #outages: ((event: AuditEvent) => boolean)[] = []

  constructor(plane: ControlPlane, home: string, kubeconfig: string) {
    super(plane)
    this.home = home
    this.#kubeconfig = kubeconfig
  }

  /** Starts the controller on free loopback ports, or where `args` say, and waits until it is ready, unless `ready` is false. */
  async startController({ args = [], ready = true, server }: ControllerOptions = {}): Promise<Controller> {
    const [address, metricsAddress] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`]
    const logFile = join(this.plane.dir, `controller-${this.#controllers.length}.log`)
    // The keys of the vectors are years old.
    const listen = ['--listen-addr', address, '--listen-metrics-addr', metricsAddress, '--key-renew-period=0']
    const process = this.plane.spawn(
      NODE,
      [bin('waxseal-controller'), '--kubeconfig', this.#kubeconfigFor(server), ...listen, ...args],
      { log: logFile, env: { PATH: '/usr/bin:/bin', HOME: this.plane.dir, POD_NAMESPACE: this.home } },
    )
    const urls = { url: `http://${address}`, metricsUrl: `http://${metricsAddress}` }
    const controller = new Controller({ process, logFile, ...urls })
    this.#controllers.push(controller)
    if (ready)
      await this.eventually('the controller is ready', async () => !controller.running || (await controller.ready()))
    if (!controller.running) throw new Error(`the controller ended: ${controller.log.slice(-2000)}`)
    return controller
  }

  /** As `eventually` of the control plane's helpers; a failure shows the end of the controller's log. */
  async eventually<T>(
    what: string,
    look: () => Promise<T | undefined | false> | T | undefined | false,
    options?: PollOptions,
  ): Promise<T> {
    try {
      return await eventually(what, look, options)
    } catch (error) {
      const log = this.#controllers.at(-1)?.log.slice(-3000) ?? '(no controller)'
      throw new Error(`${error instanceof Error ? error.message : String(error)}\ncontroller log:\n${log}`, {
        cause: error,
      })
    }
  }

  /** Runs a bin of the CLI, as administrator unless `kubeconfig` names a file. */
  cli(
    name: 'waxseal' | 'kubeseal',
    args: readonly string[],
    { kubeconfig = this.plane.kubeconfig, ...options }: CommandOptions & { kubeconfig?: string } = {},
  ): Promise<CommandResult> {
    const env = { PATH: '/usr/bin:/bin', HOME: this.plane.dir, KUBECONFIG: kubeconfig }
    return this.plane.run(NODE, [bin(name), ...args], { env, ...options })
  }

  /** Seals with the `waxseal` bin and the certificate of a running controller. */
  async seal(
    controller: Controller,
    secrets: readonly NewObject[],
    args: readonly string[] = [],
  ): Promise<NewObject[]> {
    const certificate = join(this.plane.dir, 'certificate.pem')
    writeFileSync(certificate, await controller.certificate())
    const stdin = secrets.map((secret) => JSON.stringify(secret)).join('\n')
    const result = await this.cli('waxseal', ['seal', '--cert', certificate, '-o', 'json', ...args], {
      stdin,
    })
    if (result.code !== 0) throw new Error(`waxseal seal: ${result.stderr}`)
    return jsonStream(result.stdout)
  }

  /** As `seal`, for one. */
  async sealOne(controller: Controller, secret: NewObject, args: readonly string[] = []): Promise<NewObject> {
    const [sealed] = await this.seal(controller, [secret], args)
    if (sealed === undefined) throw new Error('nothing was sealed')
    return sealed
  }

  /** A value that must not show up anywhere but in Secrets: see `complaints`. */
  marker(name: string): string {
    const value = `plaintext-${name}-${Math.random().toString(36).slice(2)}`
    this.#markers.push(value)
    return value
  }

  /** Waits until the status is about the object's present generation and its condition is as asked. */
  condition(namespace: string, name: string, status: 'True' | 'False', message?: string): Promise<StoredCondition> {
    return this.#settled(namespace, name, (condition) => {
      return condition.status === status && (message === undefined || condition.message === message)
    })
  }

  /** Waits for an event with that reason and message. */
  event(namespace: string, name: string, reason: string, message: string): Promise<StoredEvent> {
    return this.eventually(`event ${reason} of ${namespace}/${name}: ${message}`, async () => {
      return (await this.events(namespace, name)).find((event) => event.reason === reason && event.message === message)
    })
  }

  /** Waits for a Secret that satisfies `check`. */
  awaitSecret(
    namespace: string,
    name: string,
    check: (secret: StoredSecret) => boolean = () => true,
  ): Promise<StoredSecret> {
    return this.eventually(`Secret ${namespace}/${name}`, async () => {
      const secret = await this.secret(namespace, name)
      return secret !== undefined && check(secret) && secret
    })
  }

  /**
   * Kills the API server, waits for `meanwhile`, and starts it again. Until it is ready it refuses what it has not yet
   * read the roles for; that is not held against the controller.
   */
  async outage(meanwhile: () => Promise<unknown> | undefined = () => undefined): Promise<void> {
    const from = new Date().toISOString()
    await this.plane.stopApiServer()
    await meanwhile()
    await this.plane.startApiServer()
    const to = new Date().toISOString()
    this.#outages.push(({ stageTimestamp }) => stageTimestamp > from && stageTimestamp < to)
  }

  /** What the controller's account asked of the API server. */
  audit(): AuditEvent[] {
    const text = readFileSync(this.plane.auditLog, 'utf8')
    return text.split('\n').flatMap((line) => (line.endsWith('}') ? [answerOf<AuditEvent>(line)] : []))
  }

  /** What must not be: refused requests, and plaintext in logs, events or statuses. Empty when all is well. */
  async complaints(): Promise<string[]> {
    const refused = this.audit().filter((event) => isRefused(event) && !this.#outages.some((outage) => outage(event)))
    const texts: [string, string][] = [
      ...this.#controllers.map((controller, index): [string, string] => [`log ${index}`, controller.log]),
      ['events', JSON.stringify(await this.list('Event'))],
      ['SealedSecrets', JSON.stringify(await this.list('SealedSecret'))],
    ]
    const leaks = texts.flatMap(([where, text]) => {
      const found = this.#markers.filter((value) => formsOf(value).some((form) => text.includes(form)))
      return found.map((value) => `${value} in ${where}`)
    })
    return [...refused.map((event) => `403: ${event.verb} ${event.requestURI}`), ...leaks]
  }

  stop(): Promise<void> {
    return this.plane.stop()
  }

  #kubeconfigFor(server: string | undefined): string {
    if (server === undefined) return this.#kubeconfig
    const path = `${this.#kubeconfig}.${new URL(server).port}`
    const text = readFileSync(this.#kubeconfig, 'utf8').replaceAll(this.plane.server, server)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }

  #settled(namespace: string, name: string, check: (condition: StoredCondition) => boolean): Promise<StoredCondition> {
    let seen = 'nothing'
    return this.eventually(`status of ${namespace}/${name}`, async () => {
      const object = await this.sealedSecret(namespace, name)
      const condition = object?.status?.conditions?.find(({ type }) => type === 'Synced')
      seen = JSON.stringify(object?.status)
      return (
        object?.status?.observedGeneration === object?.metadata.generation && condition && check(condition) && condition
      )
    }).catch((error: Error) => {
      throw new Error(`${error.message}\nlast status: ${seen}`, { cause: error })
    })
  }
}

/** A value as it is, and as it is inside base64 at each of the three offsets. */
function formsOf(value: string): string[] {
  const inside = [0, 1, 2].map((offset) => {
    const text = Buffer.from(' '.repeat(offset) + value).toString('base64')
    return text.slice(offset === 0 ? 0 : 4, -4)
  })
  return [value, ...inside]
}

/** JSON documents one after the other, each beginning with `{` at the start of a line. */
function jsonStream(text: string): NewObject[] {
  return text
    .split(/^(?=\{)/m)
    .map((document) => document.replace(/^---$/gm, '').trim())
    .filter((document) => document !== '')
    .map((document) => answerOf<NewObject>(document))
}
