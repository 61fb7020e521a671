/** What reconciling reads and decides on: plain, immutable data. */
import type { SealedSecret } from '@waxseal/core'

/** Name of a namespaced object. */
export interface ObjectRef {
  readonly namespace: string
  readonly name: string
}

/** `namespace/name`, the form in which objects wait in the work queue. */
export type ObjectKey = string

export const keyOf = (ref: ObjectRef): ObjectKey => `${ref.namespace}/${ref.name}`

export function refOf(key: ObjectKey): ObjectRef {
  const slash = key.indexOf('/')
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

/** What is known of a Secret without reading its values. `version` changes with every write (resourceVersion, or a content hash). */
export interface SecretMeta extends ObjectRef {
  readonly uid: string
  readonly version: string
  readonly annotations: Readonly<Record<string, string>>
  readonly ownerReferences: readonly OwnerReference[]
}

/** A Secret as it is stored; values are base64 as in the API. Never logged. */
export interface SecretObject {
  readonly apiVersion: 'v1'
  readonly kind: 'Secret'
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly OwnerReference[]
    readonly finalizers?: readonly string[]
    /** Whatever else the store keeps; written back as it was read. */
    readonly [field: string]: unknown
  }
  readonly type?: string
  readonly immutable?: boolean
  readonly data: Readonly<Record<string, string>>
}

/** One condition of a SealedSecret's status, as Bitnami's CRD defines it. Times are RFC 3339 in UTC, seconds. */
export interface Condition {
  readonly type: 'Synced'
  readonly status: 'True' | 'False'
  readonly message?: string
  readonly reason?: string
  readonly lastTransitionTime: string
  readonly lastUpdateTime: string
}

/** One version of a Secret. */
export interface SecretVersion {
  readonly uid: string
  readonly version: string
  /** The Secret is somebody else's and was only patched: when it goes, it is not made again. */
  readonly patched?: true
}

/**
 * Status of a SealedSecret. The fields beyond `conditions` and `observedGeneration` let a restart recognise what is in
 * sync without opening it; they derive from public text only (the sealed object and the Secret's uid and version), and
 * a CRD that prunes them costs no more than opening the object once after a restart.
 */
export interface SealedSecretStatus {
  readonly conditions: readonly Condition[]
  readonly observedGeneration?: number
  /** SHA-256 (hex) over what opening depends on: see `inputDigest`. */
  readonly observedDigest?: string
  /** The Secret this was opened into, as it was after the last write. */
  readonly secret?: SecretVersion
  /** Fingerprints of the keys that opened the items, sorted. */
  readonly sealedWith?: readonly string[]
}

/** A SealedSecret as the store holds it: parsed, or the reason why it cannot be. */
export interface SealedSecretEntry extends ObjectRef {
  readonly uid: string
  readonly version: string
  readonly generation: number
  readonly sealed: SealedSecret | undefined
  /** Set when `sealed` is not: one line that names the field, without any value. */
  readonly invalid: string | undefined
  readonly status: SealedSecretStatus | undefined
  readonly deleting: boolean
  /** When somebody last wrote more than the status, ms; undefined where the store does not know. */
  readonly writtenAt?: number | undefined
}

/** A key Secret: what `keys/` turns into the key ring. Text as stored; parsing happens there. */
export interface KeySecret extends ObjectRef {
  readonly version: string
  /** Value of the label `sealedsecrets.bitnami.com/sealed-secrets-key`; only `active` keys seal and open. */
  readonly state: string
  readonly creationTimestamp: string
  /** RFC 3339, from the annotation `waxseal.dev/last-backup`; undefined when the key was never backed up. */
  readonly lastBackup: string | undefined
  readonly certificatePem: string | undefined
  readonly privateKeyPem: string | undefined
}

/** A key to be stored in a Secret of its own, as an active one. */
export interface NewKey {
  /** Beginning of its name. */
  readonly prefix: string
  readonly certificatePem: string
  readonly privateKeyPem: string
  /** Beside the label that makes it a key. */
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  /** A person asked this process for it: it is stored whether the process leads or not. */
  readonly requested?: boolean
}

export interface EventRecord {
  readonly type: 'Normal' | 'Warning'
  readonly reason: 'Unsealed' | 'ErrUnsealFailed' | 'ErrUpdateFailed' | 'ErrStatusFailed'
  readonly message: string
  readonly regarding: ObjectRef & { readonly uid: string; readonly version: string }
}
