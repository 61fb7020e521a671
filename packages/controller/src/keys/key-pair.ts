import { type OpeningKey, parseCertificate, readPrivateKeys, type SealingKey, WaxsealError } from '@waxseal/core'
import type { KeySecret } from '../state.ts'
import { readCertificate } from './certificate-reader.ts'

/** A usable key Secret: a certificate to seal with and the private key that opens. */
export interface KeyPair {
  /** `namespace/name` of the key Secret. */
  readonly source: string
  readonly fingerprint: string
  /** Of the certificate, ms. */
  readonly notBefore: number
  readonly created: string
  readonly certificatePem: string
  readonly opening: OpeningKey
  readonly sealing: SealingKey
}

/**
 * Reads a key Secret.
 * @throws WaxsealError with the reason why it cannot be used; never with anything of the private key in it
 */
export async function readKeyPair(secret: KeySecret): Promise<KeyPair> {
  const { certificatePem, privateKeyPem } = secret
  if (certificatePem === undefined) throw new WaxsealError('bad-certificate', 'tls.crt is missing')
  if (privateKeyPem === undefined) throw new WaxsealError('bad-key', 'tls.key is missing')
  const certificate = await parseCertificate(certificatePem, readCertificate)
  const { keys, skipped } = await readPrivateKeys(privateKeyPem)
  const opening = keys.find(({ fingerprint }) => fingerprint === certificate.fingerprint)
  if (opening === undefined) {
    // What is sealed with such a certificate could not be opened by its own key.
    const reason =
      keys.length > 0 ? 'tls.key does not belong to tls.crt' : `tls.key: ${skipped[0] ?? 'no private key found'}`
    throw new WaxsealError('bad-key', reason)
  }
  return {
    source: `${secret.namespace}/${secret.name}`,
    fingerprint: opening.fingerprint,
    notBefore: certificate.notBefore.getTime(),
    created: secret.creationTimestamp,
    certificatePem,
    opening,
    sealing: certificate.sealingKey,
  }
}

/** What says how new a key is, under the names of Bitnami's flag. */
export const KEY_ORDERS = ['CertNotBefore', 'SecretCreationTimestamp'] as const
export type KeyOrder = (typeof KEY_ORDERS)[number]

/** Since when (ms) a key counts. */
export function bornAt(pair: KeyPair, order: KeyOrder): number {
  const created = order === 'SecretCreationTimestamp' ? Date.parse(pair.created) : Number.NaN
  return Number.isNaN(created) ? pair.notBefore : created
}

/** Newest first; of equally new ones the newest certificate, the Secret made last, then by name, so that all replicas agree. */
export function newestFirst(order: KeyOrder): (a: KeyPair, b: KeyPair) => number {
  return (a, b) => {
    const difference = bornAt(b, order) - bornAt(a, order) || b.notBefore - a.notBefore
    if (difference !== 0) return difference
    if (a.created !== b.created) return a.created < b.created ? 1 : -1
    return a.source < b.source ? -1 : 1
  }
}
