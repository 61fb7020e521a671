/** Reads key Secrets, as an API server or a file holds them. */
import { at } from '../../cluster/answer.ts'
import { textOf } from '../../cluster/kubeconfig.ts'
import { BACKUP_ANNOTATION, STATE_LABEL, type StoredKey } from './store.ts'

export function readKeySecret(secret: unknown, handle: unknown): StoredKey {
  const metadata = at(secret, 'metadata')
  const annotations = texts(at(metadata, 'annotations'))
  const labels = texts(at(metadata, 'labels'))
  return {
    name: textOf(at(metadata, 'name')) ?? '',
    namespace: textOf(at(metadata, 'namespace')) ?? '',
    state: labels[STATE_LABEL] ?? '',
    created: textOf(at(metadata, 'creationTimestamp')) ?? '',
    lastBackup: annotations[BACKUP_ANNOTATION],
    labels,
    annotations,
    certificatePem: dataOf(secret, 'tls.crt'),
    privateKeyPem: dataOf(secret, 'tls.key'),
    handle,
  }
}

function dataOf(secret: unknown, key: string): string | undefined {
  const plain = textOf(at(at(secret, 'stringData'), key))
  const encoded = textOf(at(at(secret, 'data'), key))
  return plain ?? (encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8'))
}

function texts(value: unknown): Record<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return Object.fromEntries(
    entries.flatMap(([key, text]: [string, unknown]) => (typeof text === 'string' ? [[key, text]] : [])),
  )
}
