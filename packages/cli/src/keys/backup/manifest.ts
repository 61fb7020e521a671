/** The content of a backup: the key Secrets as `kubectl apply -f -` takes them, one YAML document each. */
import { readDocuments, writeYaml } from '@waxseal/core/documents'
import { at, listed } from '../../cluster/answer.ts'
import { CliError } from '../../messages.ts'
import type { KeyInfo } from '../key-info.ts'
import { readKeySecret } from '../store/read-secret.ts'
import {
  BACKUP_ANNOTATION,
  keyManifest,
  ROTATION_ANNOTATION,
  ROTATION_BACKUP_ANNOTATION,
  STATE_LABEL,
  type StoredKey,
} from '../store/store.ts'

/** Would hold the private key a second time, in whatever form it was applied. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

const NOT_KEPT = [BACKUP_ANNOTATION, ROTATION_ANNOTATION, ROTATION_BACKUP_ANNOTATION, LAST_APPLIED]

/** Of what a server sets nothing is kept, so that they can be created anywhere; the time of a backup is about another place. */
export async function backupText(keys: readonly KeyInfo[], namespace: string): Promise<string> {
  const documents = keys.map(({ stored }) => {
    const { certificatePem = '', privateKeyPem = '' } = stored
    const annotations = without(stored.annotations, NOT_KEPT)
    const key = { name: stored.name, state: stored.state, labels: stored.labels, annotations }
    return keyManifest(
      { ...key, certificatePem, privateKeyPem },
      { name: stored.name, namespace: stored.namespace || namespace },
    )
  })
  const texts = await Promise.all(documents.map((document) => writeYaml(document)))
  return texts.map((text) => `---\n${text}`).join('')
}

function without(values: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)))
}

/** The keys in a backup, also in a List as `kubectl get -o yaml` prints it. Throws CliError for what holds none. */
export async function keysInBackup(text: string, what: string): Promise<readonly StoredKey[]> {
  const documents = await readDocuments(text)
  for (const { error } of documents) if (error !== undefined) throw new CliError(`${what}: it cannot be read as YAML`)
  const objects = documents.flatMap(({ value }) =>
    at(value, 'items') === undefined ? [value] : listed(at(value, 'items')),
  )
  const keys = objects.filter(isKey).map((secret) => readKeySecret(secret, undefined))
  if (keys.length > 0) return keys
  throw new CliError(`${what}: there is no key Secret in it`, {
    hint: `a key is a Secret with the label ${STATE_LABEL}, as waxseal keys backup writes it`,
  })
}

function isKey(value: unknown): boolean {
  const kind = at(value, 'kind')
  return (kind === 'Secret' || kind === undefined) && at(at(value, 'data'), 'tls.key') !== undefined
}
