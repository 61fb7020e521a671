/** Private key files: PEM, or the Secrets in which the controller keeps its keys, as kubectl prints them. */

import {
  asObject,
  decodeBase64,
  field,
  fromUtf8,
  isObject,
  isSecret,
  type KeyRing,
  keyRing,
  type OpeningKey,
  readPrivateKeys,
  WaxsealError,
} from '@waxseal/core'
import { decodeText, readDocuments } from '@waxseal/core/documents'
import type { ClusterOptions } from '../cluster/cluster.ts'
import type { Context } from '../context.ts'
import { CliError, within } from '../messages.ts'

const LIMIT = 16 * 1024 * 1024

/** Where private keys come from: files, the cluster, or both. */
export interface KeySource {
  readonly files: readonly string[]
  /** Set: the controller's key Secrets are read from there as well. */
  readonly cluster: ClusterOptions | undefined
}

/** The keys of all files, then those of the cluster, each once. Throws CliError where one of the sources gives no usable key. */
export async function loadKeys(context: Context, { files, cluster }: KeySource): Promise<KeyRing> {
  const keys = new Map<string, OpeningKey>()
  for (const path of files) {
    const found = await keysOfFile(path, context.files.read(path, LIMIT))
    for (const key of found) keys.set(key.fingerprint, key)
  }
  if (cluster !== undefined) for (const key of await keysOfCluster(context, cluster)) keys.set(key.fingerprint, key)
  return keyRing([...keys.values()])
}

/** A key Secret that holds no usable key is passed over with a warning, as the controller does: the others may do. */
async function keysOfCluster(context: Context, options: ClusterOptions): Promise<readonly OpeningKey[]> {
  const cluster = await context.connect(options)
  const secrets = await cluster.keySecrets().finally(() => void cluster.close())
  const keys: OpeningKey[] = []
  for (const secret of secrets) {
    try {
      keys.push(...(await keysOfPem(privateKeyOf(secret))))
    } catch (error) {
      if (!(error instanceof CliError || error instanceof WaxsealError)) throw error
      context.stderr.write(`warning: Secret ${nameOf(secret)}: ${error.message}\n`)
    }
  }
  if (keys.length > 0) return keys
  throw new CliError('none of the key Secrets in the cluster holds a usable private key')
}

function nameOf(secret: unknown): string {
  const metadata = isObject(secret) ? field(secret, 'metadata') : undefined
  const name = isObject(metadata) ? field(metadata, 'name') : undefined
  return typeof name === 'string' ? name : 'without a name'
}

async function keysOfFile(path: string, bytes: Uint8Array): Promise<readonly OpeningKey[]> {
  try {
    const text = decodeText(bytes)
    if (/^-----BEGIN /m.test(text)) return await keysOfPem(text)
    const pems = await pemsOfSecrets(text)
    return (await Promise.all(pems.map(keysOfPem))).flat()
  } catch (error) {
    throw within(path, error)
  }
}

async function keysOfPem(pem: string): Promise<readonly OpeningKey[]> {
  const { keys, skipped } = await readPrivateKeys(pem)
  if (keys.length > 0) return keys
  throw new CliError(
    skipped[0] === undefined ? 'no private key in this file' : `no usable private key in this file: ${skipped[0]}`,
    {
      hint: 'an RSA private key is needed, as PEM (PKCS#1 or PKCS#8) or as the Secret that holds it under tls.key',
    },
  )
}

async function pemsOfSecrets(text: string): Promise<readonly string[]> {
  const documents = await readDocuments(text)
  const secrets = documents.flatMap(({ value, error }) => {
    if (error !== undefined) throw error
    return secretsIn(value)
  })
  if (secrets.length === 0) throw new CliError('no private key in this file: neither PEM nor a Secret')
  return secrets.map(privateKeyOf)
}

/** A Secret by itself, or those of a List, or the items of a SecretList, where neither it nor they need to name their kind. */
function secretsIn(value: unknown): readonly unknown[] {
  if (!isObject(value)) return []
  const [kind, items] = [field(value, 'kind'), field(value, 'items')]
  if (!Array.isArray(items)) return kind === 'Secret' ? [value] : []
  return kind === 'List' ? items.filter(isSecret) : items
}

function privateKeyOf(secret: unknown): string {
  const { data, stringData } = asObject(secret, 'Secret')
  const plain = stringData === undefined ? undefined : asObject(stringData, 'stringData')['tls.key']
  if (typeof plain === 'string') return plain
  const encoded = data === undefined ? undefined : asObject(data, 'data')['tls.key']
  if (typeof encoded !== 'string')
    throw new CliError('the Secret has no data.tls.key, which would hold the private key')
  try {
    return fromUtf8(decodeBase64(encoded))
  } catch (error) {
    throw within('data.tls.key', error)
  }
}
