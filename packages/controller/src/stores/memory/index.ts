/**
 * A store in memory with the API server's semantics: resource versions, conflicts, garbage collection by owner. Serves
 * tests, which may also make its calls fail.
 */
import { parseSealedSecret, WaxsealError } from '@waxseal/core'
import { type Store, StoreError, type StoreHandlers } from '../../ports.ts'
import { metaOf } from '../../secret-meta.ts'
import {
  type EventRecord,
  type KeySecret,
  keyOf,
  type NewKey,
  type ObjectKey,
  type ObjectRef,
  refOf,
  type SealedSecretEntry,
  type SealedSecretStatus,
  type SecretMeta,
  type SecretObject,
} from '../../state.ts'

type Operation =
  | 'readSecret'
  | 'createSecret'
  | 'updateSecret'
  | 'deleteSecret'
  | 'updateStatus'
  | 'recordEvent'
  | 'createKeySecret'
  | 'publishCertificate'

export interface MemoryStoreOptions {
  readonly controllerNamespace?: string
  /** Called before each live call; what it returns is thrown instead. */
  fault?(operation: Operation, key: ObjectKey): Error | undefined
  /** False: somebody else removes Secrets whose owner is gone, or nobody does. */
  readonly collectsGarbage?: boolean
  /** Drops the status fields a CRD does not declare, as Bitnami's does with ours. */
  readonly prunesStatus?: boolean
}

export class MemoryStore implements Store {
  readonly writes: { readonly operation: Operation; readonly key: ObjectKey }[] = []
  readonly events: EventRecord[] = []
  readonly newKeys: NewKey[] = []
  publishedCertificate: string | undefined
  synced = false
  readonly #options: MemoryStoreOptions
  readonly #sealed = new Map<ObjectKey, SealedSecretEntry>()
  readonly #secrets = new Map<ObjectKey, SecretObject>()
  readonly #keys = new Map<string, KeySecret>()
  readonly #listeners = new Set<StoreHandlers>()
  #revision = 0

  constructor(options: MemoryStoreOptions = {}) {
    this.#options = options
  }

  async start(handlers: StoreHandlers, signal: AbortSignal): Promise<void> {
    await Promise.resolve()
    signal.throwIfAborted()
    this.#listeners.add(handlers)
    signal.addEventListener('abort', () => this.#listeners.delete(handlers), { once: true })
    this.synced = true
    for (const key of this.#sealed.keys()) handlers.sealedSecretChanged(key)
    handlers.keysChanged()
  }

  get cached(): Readonly<Record<string, number>> {
    return { SealedSecret: this.#sealed.size, Secret: this.#secrets.size, Key: this.#keys.size }
  }

  sealedSecret(ref: ObjectRef): SealedSecretEntry | undefined {
    return this.#sealed.get(keyOf(ref))
  }

  sealedSecretKeys(): Iterable<ObjectKey> {
    return [...this.#sealed.keys()]
  }

  secretMeta(ref: ObjectRef): SecretMeta | undefined {
    const secret = this.#secrets.get(keyOf(ref))
    return secret && metaOf(secret)
  }

  keySecrets(): readonly KeySecret[] {
    return [...this.#keys.values()]
  }

  async readSecret(ref: ObjectRef): Promise<SecretObject | undefined> {
    await this.#enter('readSecret', keyOf(ref))
    return structuredClone(this.#secrets.get(keyOf(ref)))
  }

  async createSecret(secret: SecretObject): Promise<SecretMeta> {
    const key = keyOf(secret.metadata)
    await this.#enter('createSecret', key)
    if (this.#secrets.has(key)) throw new StoreError('exists', `secret ${key} already exists`)
    return this.putSecret(secret)
  }

  async updateSecret(secret: SecretObject): Promise<SecretMeta> {
    const key = keyOf(secret.metadata)
    await this.#enter('updateSecret', key)
    const stored = this.#secrets.get(key)
    if (stored === undefined) throw new StoreError('not-found', `secret ${key} not found`)
    if (stored.metadata.resourceVersion !== secret.metadata.resourceVersion)
      throw new StoreError('conflict', `secret ${key} was changed by somebody else`)
    if ((stored.type ?? 'Opaque') !== (secret.type ?? 'Opaque'))
      throw new StoreError('invalid', `secret ${key} is invalid: type: field is immutable`)
    return this.putSecret(secret)
  }

  async deleteSecret(ref: ObjectRef, uid: string): Promise<void> {
    const key = keyOf(ref)
    await this.#enter('deleteSecret', key)
    const stored = this.#secrets.get(key)
    if (stored === undefined) throw new StoreError('not-found', `secret ${key} not found`)
    if (stored.metadata.uid !== uid) throw new StoreError('conflict', `secret ${key} has another uid`)
    this.removeSecret(ref)
  }

  async updateStatus(entry: SealedSecretEntry, status: SealedSecretStatus): Promise<SealedSecretStatus> {
    const key = keyOf(entry)
    await this.#enter('updateStatus', key)
    const stored = this.#sealed.get(key)
    if (stored === undefined) throw new StoreError('not-found', `sealedsecret ${key} not found`)
    if (stored.version !== entry.version) throw new StoreError('conflict', `sealedsecret ${key} was changed`)
    const kept = this.#options.prunesStatus ? pruned(status) : structuredClone(status)
    this.#sealed.set(key, { ...stored, version: this.#next(), status: kept })
    return kept
  }

  async recordEvent(event: EventRecord): Promise<void> {
    await this.#enter('recordEvent', keyOf(event.regarding))
    this.events.push(event)
  }

  async createKeySecret(key: NewKey): Promise<KeySecret> {
    const name = `${key.prefix}${this.#next()}`
    await this.#enter('createKeySecret', name)
    this.newKeys.push(key)
    const lastBackup = key.annotations?.['waxseal.dev/last-backup']
    return this.putKey(name, lastBackup === undefined ? key : { ...key, lastBackup })
  }

  async publishCertificate(certificatePem: string): Promise<void> {
    await this.#enter('publishCertificate', 'certificate')
    this.publishedCertificate = certificatePem
  }

  // What others do to the world, and see of it.

  /** A Secret as it is stored, without a call that could fail. */
  peek(ref: ObjectRef): SecretObject | undefined {
    return structuredClone(this.#secrets.get(keyOf(ref)))
  }

  /** Adds or replaces a SealedSecret given as plain JSON; the status stays. */
  putSealedSecret(manifest: { metadata: { name: string; namespace: string }; spec?: unknown }): SealedSecretEntry {
    const { name, namespace } = manifest.metadata
    const key = keyOf({ name, namespace })
    const before = this.#sealed.get(key)
    const entry: SealedSecretEntry = {
      name,
      namespace,
      uid: before?.uid ?? `uid-${this.#next()}`,
      version: this.#next(),
      generation: (before?.generation ?? 0) + 1,
      ...parsed(manifest),
      status: before?.status,
      deleting: false,
    }
    this.#sealed.set(key, entry)
    for (const listener of this.#listeners) listener.sealedSecretChanged(key)
    return entry
  }

  /** Removes it, and the Secret it controls. */
  removeSealedSecret(ref: ObjectRef): void {
    const key = keyOf(ref)
    const entry = this.#sealed.get(key)
    this.#sealed.delete(key)
    for (const listener of this.#listeners) listener.sealedSecretChanged(key)
    if (this.#options.collectsGarbage === false) return
    for (const [secretKey, secret] of this.#secrets)
      if (secret.metadata.ownerReferences?.some((owner) => owner.uid === entry?.uid))
        this.removeSecret(refOf(secretKey))
  }

  putSecret(secret: SecretObject): SecretMeta {
    const key = keyOf(secret.metadata)
    const uid = this.#secrets.get(key)?.metadata.uid ?? `uid-${this.#next()}`
    const stored = structuredClone({ ...secret, metadata: { ...secret.metadata, uid, resourceVersion: this.#next() } })
    this.#secrets.set(key, stored)
    for (const listener of this.#listeners) listener.secretChanged(key)
    return metaOf(stored)
  }

  removeSecret(ref: ObjectRef): void {
    this.#secrets.delete(keyOf(ref))
    for (const listener of this.#listeners) listener.secretChanged(keyOf(ref))
  }

  putKey(
    name: string,
    key: {
      certificatePem?: string
      privateKeyPem?: string
      state?: string
      creationTimestamp?: string
      lastBackup?: string
    },
  ): KeySecret {
    const secret: KeySecret = {
      name,
      namespace: this.#options.controllerNamespace ?? 'kube-system',
      version: this.#next(),
      state: key.state ?? 'active',
      creationTimestamp: key.creationTimestamp ?? '2026-01-01T00:00:00Z',
      lastBackup: key.lastBackup,
      certificatePem: key.certificatePem,
      privateKeyPem: key.privateKeyPem,
    }
    this.#keys.set(name, secret)
    for (const listener of this.#listeners) listener.keysChanged()
    return secret
  }

  removeKey(name: string): void {
    this.#keys.delete(name)
    for (const listener of this.#listeners) listener.keysChanged()
  }

  async #enter(operation: Operation, key: ObjectKey): Promise<void> {
    await Promise.resolve()
    const error = this.#options.fault?.(operation, key)
    if (error !== undefined) throw error
    if (operation !== 'readSecret') this.writes.push({ operation, key })
  }

  #next(): string {
    this.#revision += 1
    return String(this.#revision)
  }
}

function parsed(manifest: unknown): Pick<SealedSecretEntry, 'sealed' | 'invalid'> {
  try {
    return { sealed: parseSealedSecret(structuredClone(manifest)), invalid: undefined }
  } catch (error) {
    if (error instanceof WaxsealError) return { sealed: undefined, invalid: error.message }
    throw error
  }
}

const pruned = (status: SealedSecretStatus): SealedSecretStatus =>
  structuredClone({
    conditions: status.conditions,
    ...(status.observedGeneration === undefined ? {} : { observedGeneration: status.observedGeneration }),
  })
