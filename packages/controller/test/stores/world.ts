import type { Store } from '../../src/ports.ts'
import type { ObjectRef, SealedSecretStatus, SecretObject } from '../../src/state.ts'
import type { SealedManifest } from '../helpers/material.ts'

/** A store and everybody else who acts on the same world. Every call has taken effect in the world when it resolves. */
export interface World {
  /** Not started yet. Each call gives a store of its own on the same world, as a restarted controller would have. */
  openStore(): Promise<Store>
  /** A namespace that exists and is empty. */
  readonly namespace: string
  /** False where nobody removes a Secret whose owner is gone (an API server without controller manager). */
  readonly collectsGarbage: boolean

  /** Adds or replaces. */
  putSealedSecret(manifest: SealedManifest): Promise<void>
  removeSealedSecret(ref: ObjectRef): Promise<void>
  /** Adds or replaces a Secret in somebody else's name; without uid and resourceVersion. */
  putSecret(secret: SecretObject): Promise<void>
  removeSecret(ref: ObjectRef): Promise<void>
  /**
   * Adds or replaces a labelled key Secret in the controller's namespace. An absent part is left out (the Secret then has
   * another type than kubernetes.io/tls, which demands both).
   */
  putKey(name: string, key: { certificatePem?: string; privateKeyPem?: string; state?: string }): Promise<void>
  removeKey(name: string): Promise<void>

  readSecret(ref: ObjectRef): Promise<SecretObject | undefined>
  readStatus(ref: ObjectRef): Promise<SealedSecretStatus | undefined>
  readEvents(ref: ObjectRef): Promise<readonly { type: string; reason: string; message: string }[]>
  /** The certificate as people find it. */
  readCertificate(): Promise<string | undefined>
  close(): Promise<void>
}
