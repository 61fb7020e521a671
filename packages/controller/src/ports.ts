/**
 * What the reconcile loop needs from the world. Three stores implement it (Kubernetes, directory, memory) and pass one
 * contract suite.
 */
import type {
  EventRecord,
  KeySecret,
  NewKey,
  ObjectKey,
  ObjectRef,
  SealedSecretEntry,
  SealedSecretStatus,
  SecretMeta,
  SecretObject,
} from './state.ts'

/**
 * Why a store call failed. `conflict`: the object changed since it was read (read again and retry). `exists`: create of
 * something that is there. `not-found`: the object, or its namespace, is gone. `denied`: a right or a policy is missing
 * (reported once, retried slowly: nobody tells when a right is granted). `invalid`: the API refused the object (terminal
 * until something changes). `unavailable`: try again later, not before `retryAfterMs` where it is given.
 */
export type StoreErrorCode = 'conflict' | 'exists' | 'not-found' | 'denied' | 'invalid' | 'unavailable'

/** The only error a store throws. The message is safe to log and to show: never a body, a header or a value. */
export class StoreError extends Error {
  readonly code: StoreErrorCode
  readonly retryAfterMs: number | undefined

  constructor(code: StoreErrorCode, message: string, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'StoreError'
    this.code = code
    this.retryAfterMs = options.retryAfterMs
  }
}

/** Called synchronously whenever a cache changed; the handler only enqueues. */
export interface StoreHandlers {
  /** A SealedSecret was added, changed in something else than its status, or removed. */
  sealedSecretChanged(key: ObjectKey): void
  /** The Secret of that name was changed or removed (by whomever). */
  secretChanged(key: ObjectKey): void
  /** A key Secret was added, changed, relabelled or removed. */
  keysChanged(): void
}

export interface Store {
  /**
   * Fills the caches, then follows changes until `signal` aborts. Resolves once all caches are synced; rejects only
   * when `signal` aborts before that. What fails on the way is retried with backoff and reported to the log.
   */
  start(handlers: StoreHandlers, signal: AbortSignal): Promise<void>
  /** True while the caches are synced (readiness). */
  readonly synced: boolean

  /** How many objects the caches hold, by kind: `SealedSecret`, `Secret`, `Key`. */
  readonly cached: Readonly<Record<string, number>>

  // Cached reads. Returned objects are frozen or must be treated so. They may lag behind what was just written.
  sealedSecret(ref: ObjectRef): SealedSecretEntry | undefined
  sealedSecretKeys(): Iterable<ObjectKey>
  secretMeta(ref: ObjectRef): SecretMeta | undefined
  keySecrets(): readonly KeySecret[]

  // Live calls; all throw StoreError.
  readSecret(ref: ObjectRef): Promise<SecretObject | undefined>
  /** `metadata` has neither uid nor resourceVersion. */
  createSecret(secret: SecretObject): Promise<SecretMeta>
  /** Replaces; fails with `conflict` unless `metadata.resourceVersion` is the stored one. */
  updateSecret(secret: SecretObject): Promise<SecretMeta>
  /** Deletes the Secret of that uid; `conflict` when another one has the name now. */
  deleteSecret(ref: ObjectRef, uid: string): Promise<void>
  /**
   * Replaces the status of exactly that version of the object; `conflict` when it has moved on. Returns the status as
   * it is stored now: a CRD that does not know a field prunes it.
   */
  updateStatus(entry: SealedSecretEntry, status: SealedSecretStatus): Promise<SealedSecretStatus>
  recordEvent(event: EventRecord): Promise<void>
  /** Stores a new active key; the name is `prefix` and a random suffix. */
  createKeySecret(key: NewKey): Promise<KeySecret>
  /** Puts the certificate (PEM, public) where people find it without asking the controller. */
  publishCertificate(certificatePem: string): Promise<void>
}
