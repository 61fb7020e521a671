/** Where a controller's keys are: in a cluster, or in the folder that `waxseal-controller --directory` works on. */
import { CliError } from '../../messages.ts'

/** `active` keys seal and open; all other values of the label retire a key, `compromised` says why. */
export type KeyState = 'active' | 'retired' | 'compromised'

export const STATE_LABEL = 'sealedsecrets.bitnami.com/sealed-secrets-key'
/** Says `true` on a key Secret that may be deleted, see deploy/policies/admission/keep-keys.yaml. */
export const DELETABLE_ANNOTATION = 'waxseal.dev/may-be-deleted'
/** When a backup of the key was last written: RFC 3339 in UTC. */
export const BACKUP_ANNOTATION = 'waxseal.dev/last-backup'

/** On the key that `keys rotate` made: `unfinished` until nothing needs an older one, then `finished`. */
export const ROTATION_ANNOTATION = 'waxseal.dev/rotation'

/** On the same key: SHA-256 of the backup file that this rotation wrote, lower-case hexadecimal; a file that is another one does not count. */
export const ROTATION_BACKUP_ANNOTATION = 'waxseal.dev/rotation-backup'

/** A key Secret as it is stored; what its texts are worth is seen elsewhere (key-info.ts). */
export interface StoredKey {
  readonly name: string
  readonly namespace: string
  /** Of the label; empty where it has none. */
  readonly state: string
  /** RFC 3339; empty where it is not known. */
  readonly created: string
  readonly lastBackup: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly certificatePem: string | undefined
  readonly privateKeyPem: string | undefined
  /** What tells the store which object that is, and in which version. */
  readonly handle: unknown
}

export interface NewKey {
  /** Undefined: one is made up, with the controller's prefix. */
  readonly name: string | undefined
  /** Restored keys keep whatever theirs was. */
  readonly state: KeyState | (string & {})
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly certificatePem: string
  readonly privateKeyPem: string
}

export interface KeyChange {
  readonly state?: KeyState
  readonly lastBackup?: string
  readonly rotation?: 'unfinished' | 'finished'
  /** See ROTATION_BACKUP_ANNOTATION. */
  readonly rotationBackup?: string
}

/** The annotations that a change sets. */
export function annotationsOf({ lastBackup, rotation, rotationBackup }: KeyChange): Record<string, string> {
  return {
    ...(lastBackup === undefined ? {} : { [BACKUP_ANNOTATION]: lastBackup }),
    ...(rotation === undefined ? {} : { [ROTATION_ANNOTATION]: rotation }),
    ...(rotationBackup === undefined ? {} : { [ROTATION_BACKUP_ANNOTATION]: rotationBackup }),
  }
}

/** A key of that name is there already: somebody else was faster. */
export class KeyExists extends CliError {
  override readonly name: string = 'KeyExists'
}

/** All throw CliError that says what and where. */
export interface KeyStore {
  /** For messages: `namespace kube-system at SERVER`, `folder DIR`. */
  readonly title: string
  readonly namespace: string
  list(): Promise<readonly StoredKey[]>
  /** Adds a key; never replaces one. */
  create(key: NewKey): Promise<{ readonly name: string }>
  /** Changes nothing but what is given; fails when somebody else has changed the object since it was listed. */
  change(key: StoredKey, change: KeyChange): Promise<void>
  /** Deletes a key for good; fails when somebody else has changed it since it was listed. */
  remove(key: StoredKey): Promise<void>
  close(): Promise<void>
}

/** Of names that are made up. */
export const KEY_PREFIX = 'sealed-secrets-key'

/** The Secret that a controller, ours or Bitnami's, takes for a key. */
export function keyManifest(key: NewKey, metadata: { readonly [field: string]: unknown }): Record<string, unknown> {
  const encoded = (text: string): string => Buffer.from(text).toString('base64')
  const { annotations } = key
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...metadata,
      labels: { ...key.labels, [STATE_LABEL]: key.state },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': encoded(key.certificatePem), 'tls.key': encoded(key.privateKeyPem) },
  }
}
