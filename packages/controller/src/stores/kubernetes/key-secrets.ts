/** Key Secrets: TLS Secrets with Bitnami's label in the controller's own namespace. */
import type { KeySecret, NewKey } from '../../state.ts'
import { type Fields, fields, optionalText, text } from './fields.ts'

/** Any value: `active` keys seal and open, with any other a key is retired. */
export const KEY_LABEL = 'sealedsecrets.bitnami.com/sealed-secrets-key'

/** When a backup of the key was made last, RFC 3339. */
const LAST_BACKUP = 'waxseal.dev/last-backup'

/** A key Secret of the API, or one that was put together from what was sent and answered. */
export function keySecret(object: Fields): KeySecret {
  const [metadata, data] = [fields(object.metadata), fields(object.data)]
  return Object.freeze({
    namespace: text(metadata.namespace),
    name: text(metadata.name),
    version: text(metadata.resourceVersion),
    state: text(fields(metadata.labels)[KEY_LABEL]),
    creationTimestamp: text(metadata.creationTimestamp),
    lastBackup: optionalText(fields(metadata.annotations)[LAST_BACKUP]),
    certificatePem: decoded(data['tls.crt']),
    privateKeyPem: decoded(data['tls.key']),
  })
}

const decoded = (value: unknown): string | undefined =>
  typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : undefined

/** The Secret that stores a new active key. */
export function newKeySecret({ prefix, certificatePem, privateKeyPem, labels, annotations }: NewKey): Fields {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      generateName: prefix,
      labels: { ...labels, [KEY_LABEL]: 'active' },
      ...(annotations === undefined ? {} : { annotations }),
    },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': encoded(certificatePem), 'tls.key': encoded(privateKeyPem) },
  }
}

const encoded = (text: string): string => Buffer.from(text).toString('base64')
