/** The store on a Kubernetes API server: caches fed by informers, and live calls. */
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log/log.ts'
import { type Store, StoreError, type StoreHandlers } from '../../ports.ts'
import {
  type EventRecord,
  type KeySecret,
  keyOf,
  type NewKey,
  type ObjectKey,
  type ObjectRef,
  type SealedSecretEntry,
  type SealedSecretStatus,
  type SecretMeta,
  type SecretObject,
} from '../../state.ts'
import { EventWriter } from './events.ts'
import { fields } from './fields.ts'
import { Informer } from './informer.ts'
import { KEY_LABEL, keySecret, newKeySecret } from './key-secrets.ts'
import { member, sealedSecretsPath, secretsPath } from './paths.ts'
import { publishCertificate } from './public-certificate.ts'
import type { InformerTiming, Resource } from './resource.ts'
import { Scope } from './scope.ts'
import { type KeptSealedSecret, sealedSecretEntry } from './sealed-secrets.ts'
import { secretMeta, secretObject } from './secrets.ts'
import { statusUpdate } from './status.ts'
import { type Receiver, Table } from './table.ts'
import { type Call, METADATA_TYPE, type Transport } from './transport.ts'

export interface KubernetesStoreOptions {
  readonly transport: Transport
  /** Where the key Secrets are. */
  readonly controllerNamespace: string
  /** Whose SealedSecrets are followed. */
  readonly namespaces: 'all' | readonly string[]
  /** Only SealedSecrets with these labels. */
  readonly labelSelector?: string | undefined
  /** Whether Secrets are watched (by default they are); without that `secretMeta` knows none. */
  readonly followSecrets?: boolean
  /** Name of a key Secret of old, from before there were labels. */
  readonly unlabelledKey?: string
  readonly log: Log
  readonly clock: Clock
  readonly timing: InformerTiming
  readonly random: () => number
}

/** Events that are still waiting at the end get this long. */
const FLUSH_MS = 2000

export class KubernetesStore implements Store {
  readonly #options: KubernetesStoreOptions
  readonly #scopes: readonly Scope[]
  readonly #keys: Table<KeySecret>
  readonly #events: EventWriter
  readonly #informers: Informer[] = []
  readonly #stop = new AbortController()
  readonly #running: Promise<void>[] = []
  /** As it was at start. */
  #unlabelled: KeySecret | undefined
  #handlers: StoreHandlers = { sealedSecretChanged: ignore, secretChanged: ignore, keysChanged: ignore }

  constructor(options: KubernetesStoreOptions) {
    this.#options = options
    const { namespaces } = options
    const changed = {
      sealedSecret: (key: ObjectKey) => this.#tell(() => this.#handlers.sealedSecretChanged(key)),
      secret: (key: ObjectKey) => this.#tell(() => this.#handlers.secretChanged(key)),
    }
    this.#scopes = (namespaces === 'all' ? [undefined] : [...new Set(namespaces)]).map(
      (name) => new Scope(name, changed),
    )
    this.#keys = new Table({ entryOf: keySecret, changed: () => this.#tell(() => this.#handlers.keysChanged()) })
    this.#events = new EventWriter(options)
  }

  async start(handlers: StoreHandlers, signal: AbortSignal): Promise<void> {
    this.#handlers = handlers
    const stop = (): void => this.#stop.abort()
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    const ready = [this.#followKeys(), ...this.#scopes.map((scope) => this.#follow(scope))]
    await untilAborted(Promise.all(ready), this.#stop.signal)
  }

  get #followsSecrets(): boolean {
    return this.#options.followSecrets !== false
  }

  get synced(): boolean {
    const expected = 1 + (this.#followsSecrets ? 2 : 1) * this.#scopes.length
    return this.#informers.length === expected && this.#informers.every((informer) => informer.synced)
  }

  get cached(): Readonly<Record<string, number>> {
    const sum = (count: (scope: Scope) => number): number => this.#scopes.reduce((all, scope) => all + count(scope), 0)
    const [SealedSecret, Secret] = [sum(({ sealed }) => sealed.size), sum(({ secrets }) => secrets.size)]
    return { SealedSecret, Secret, Key: this.#keys.size }
  }

  sealedSecret(ref: ObjectRef): SealedSecretEntry | undefined {
    return this.#scope(ref)?.sealed.get(keyOf(ref))
  }

  *sealedSecretKeys(): Iterable<ObjectKey> {
    for (const scope of this.#scopes) yield* scope.sealed.keys()
  }

  secretMeta(ref: ObjectRef): SecretMeta | undefined {
    // What nobody keeps up to date is not to be relied on.
    if (!this.#followsSecrets) return undefined
    return this.#scope(ref)?.secrets.get(keyOf(ref))
  }

  keySecrets(): readonly KeySecret[] {
    const keys = [...this.#keys.values()]
    const old = this.#unlabelled
    return old === undefined || keys.some(({ name }) => name === old.name) ? keys : [...keys, old]
  }

  async readSecret(ref: ObjectRef): Promise<SecretObject | undefined> {
    const call = {
      method: 'GET',
      path: member(secretsPath(ref.namespace), ref.name),
      what: `get secrets ${keyOf(ref)}`,
    } as const
    const scope = this.#scope(ref)
    const read = async (): Promise<SecretObject | undefined> => {
      const found = await this.#options.transport.call(call).catch(absent)
      return found === undefined ? undefined : secretObject(found)
    }
    if (scope === undefined || !this.#followsSecrets) return read()
    return scope.secrets.during(keyOf(ref), read, (secret) => secret && scope.secretToKeep(secret.metadata))
  }

  createSecret(secret: SecretObject): Promise<SecretMeta> {
    const path = secretsPath(secret.metadata.namespace)
    return this.#writeSecret(secret, { method: 'POST', path, what: `create secrets ${keyOf(secret.metadata)}` })
  }

  async updateSecret(secret: SecretObject): Promise<SecretMeta> {
    const key = keyOf(secret.metadata)
    // Without a version the API server would replace whatever is there.
    if (!secret.metadata.resourceVersion) throw new StoreError('conflict', `update secrets ${key}: no resourceVersion`)
    const path = member(secretsPath(secret.metadata.namespace), secret.metadata.name)
    return this.#writeSecret(secret, { method: 'PUT', path, what: `update secrets ${key}` })
  }

  async deleteSecret(ref: ObjectRef, uid: string): Promise<void> {
    const path = member(secretsPath(ref.namespace), ref.name)
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } }
    await this.#options.transport.call({ method: 'DELETE', path, body, what: `delete secrets ${keyOf(ref)}` })
  }

  async updateStatus(entry: SealedSecretEntry, status: SealedSecretStatus): Promise<SealedSecretStatus> {
    const { transport } = this.#options
    const key = keyOf(entry)
    const sealed = this.#scope(entry)?.sealed
    const kept = sealed?.get(key)
    const others = kept?.version === entry.version ? kept.otherConditions : []
    const path = `${member(sealedSecretsPath(entry.namespace), entry.name)}/status`
    const body = statusUpdate(entry, status, others)
    const what = `update sealedsecrets/status ${key}`
    this.#events.giveWay()
    const write = async (): Promise<KeptSealedSecret> =>
      sealedSecretEntry(fields(await transport.call({ method: 'PUT', path, body, what })))
    const written = await (sealed === undefined ? write() : sealed.during(key, write, (after) => after))
    return written.status ?? { conditions: [] }
  }

  /** Resolves at once; the event is written in the background, and only logged when that fails. */
  async recordEvent(event: EventRecord): Promise<void> {
    if (!this.#stop.signal.aborted) this.#events.record(event)
  }

  async createKeySecret(key: NewKey): Promise<KeySecret> {
    const namespace = this.#options.controllerNamespace
    const body = newKeySecret(key)
    const answer = await this.#options.transport.call({
      ...{ method: 'POST', path: secretsPath(namespace), body, accept: METADATA_TYPE, confidential: true },
      what: `create secrets in ${namespace}`,
      unfenced: key.requested === true,
    })
    const created = { ...fields(body), metadata: fields(fields(answer).metadata) }
    this.#keys.upsert(created)
    return keySecret(created)
  }

  publishCertificate(certificatePem: string): Promise<void> {
    return publishCertificate(this.#options.transport, this.#options.controllerNamespace, certificatePem)
  }

  /** Ends everything; events that wait get a moment. */
  async close(): Promise<void> {
    this.#stop.abort()
    const late = Promise.withResolvers<void>()
    const cancel = this.#options.clock.after(FLUSH_MS, late.resolve)
    await Promise.race([this.#events.flushed(), late.promise])
    cancel()
    await this.#options.transport.close()
    await Promise.all(this.#running)
  }

  async #followKeys(): Promise<void> {
    const namespace = this.#options.controllerNamespace
    const resource = { name: `key secrets in ${namespace}`, path: secretsPath(namespace), labelSelector: KEY_LABEL }
    await this.#inform(resource, this.#keys)
    await this.#readUnlabelled(namespace)
  }

  /** The one key of an installation from before keys had labels; Bitnami's controller takes it by its name, too. */
  async #readUnlabelled(namespace: string): Promise<void> {
    const { unlabelledKey: name, transport, log } = this.#options
    if (name === undefined) return
    const object = `${namespace}/${name}`
    const call = { method: 'GET', path: member(secretsPath(namespace), name), what: `get secrets ${object}` } as const
    try {
      const found = fields(await transport.call(call).catch(absent))
      const key = keySecret(found)
      if (key.name !== '' && key.state === '') this.#unlabelled = { ...key, state: 'active' }
    } catch (error) {
      log.debug('cannot look for a key without label', { object, error })
    }
  }

  /** Secrets after SealedSecrets, whose names decide which Secrets are kept. */
  async #follow({ namespace, sealed, secrets }: Scope): Promise<void> {
    const where = namespace === undefined ? 'in all namespaces' : `in ${namespace}`
    const { labelSelector } = this.#options
    const selection = labelSelector === undefined ? {} : { labelSelector }
    await this.#inform({ name: `sealedsecrets ${where}`, path: sealedSecretsPath(namespace), ...selection }, sealed)
    if (this.#stop.signal.aborted || !this.#followsSecrets) return
    await this.#inform({ name: `secrets ${where}`, path: secretsPath(namespace), metadataOnly: true }, secrets)
  }

  #inform(resource: Resource, receiver: Receiver): Promise<void> {
    const informer = new Informer({ ...this.#options, resource, receiver })
    this.#informers.push(informer)
    this.#running.push(informer.run(this.#stop.signal))
    return informer.ready
  }

  async #writeSecret(secret: SecretObject, call: Pick<Call, 'method' | 'path' | 'what'>): Promise<SecretMeta> {
    this.#events.giveWay()
    const write = async (): Promise<SecretMeta> => {
      const options = { ...call, body: secret, accept: METADATA_TYPE, confidential: true }
      return secretMeta(fields(fields(await this.#options.transport.call(options)).metadata))
    }
    const secrets = this.#followsSecrets ? this.#scope(secret.metadata)?.secrets : undefined
    return secrets === undefined ? write() : secrets.during(keyOf(secret.metadata), write, (meta) => meta)
  }

  #scope({ namespace }: ObjectRef): Scope | undefined {
    return this.#scopes.find((scope) => scope.namespace === undefined || scope.namespace === namespace)
  }

  #tell(handler: () => void): void {
    if (!this.#stop.signal.aborted) handler()
  }
}

function ignore(): void {}

function absent(error: unknown): undefined {
  if (error instanceof StoreError && error.code === 'not-found') return undefined
  throw error
}

/** Rejects when `signal` aborts first. */
async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(new StoreError('unavailable', 'stopped before the caches were filled'))
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
