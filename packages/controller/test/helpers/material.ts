/** Keys of the vectors, and SealedSecrets made with them. */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import {
  type CertificateFacts,
  Plaintext,
  parseCertificate,
  type Scope,
  type SealingKey,
  sealValue,
} from '@waxseal/core'

export type KeyName = 'alpha' | 'bravo' | 'charlie' | 'delta'

const vector = (name: string): Promise<string> =>
  readFile(new URL(`../../../../test/vectors/keys/${name}`, import.meta.url), 'utf8')

export interface KeyPem {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

export async function keyPem(name: KeyName | 'ecdsa' | 'ed25519'): Promise<KeyPem> {
  return { certificatePem: await vector(`${name}.crt`), privateKeyPem: await vector(`${name}.key`) }
}

/** A certificate that is valid from 2110 on, and its key. */
export async function keyOfTheFuture(): Promise<KeyPem> {
  return { certificatePem: await vector('notyet.crt'), privateKeyPem: await vector('alpha.key') }
}

const reader = (der: Uint8Array): CertificateFacts => {
  const certificate = new X509Certificate(der)
  return {
    der,
    spki: new Uint8Array(certificate.publicKey.export({ type: 'spki', format: 'der' })),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    subject: certificate.subject,
    issuer: certificate.issuer,
    serialNumber: certificate.serialNumber,
  }
}

const sealingKeys = new Map<KeyName, Promise<SealingKey>>()

function sealingKey(name: KeyName): Promise<SealingKey> {
  const known = sealingKeys.get(name)
  if (known !== undefined) return known
  const made = vector(`${name}.crt`).then(async (pem) => (await parseCertificate(pem, reader)).sealingKey)
  sealingKeys.set(name, made)
  return made
}

/** A SealedSecret as plain JSON, as `kubectl apply` would send it. */
export interface SealedManifest {
  readonly apiVersion: 'bitnami.com/v1alpha1'
  readonly kind: 'SealedSecret'
  readonly metadata: { readonly name: string; readonly namespace: string; [field: string]: unknown }
  readonly spec: {
    readonly encryptedData: Record<string, string>
    readonly template?: { readonly [field: string]: unknown }
  }
}

export interface SealedOptions {
  readonly key?: KeyName
  readonly scope?: Scope
  readonly template?: Record<string, unknown>
  readonly labels?: Record<string, string>
}

export async function sealedManifest(
  ref: { namespace: string; name: string },
  values: Readonly<Record<string, string>>,
  options: SealedOptions = {},
): Promise<SealedManifest> {
  const key = await sealingKey(options.key ?? 'alpha')
  const scope = options.scope ?? 'strict'
  const encryptedData: Record<string, string> = {}
  for (const [item, value] of Object.entries(values))
    encryptedData[item] = await sealValue(key, scope, ref.namespace, ref.name, Plaintext.text(value))
  const annotations = scope === 'strict' ? {} : { annotations: { [`sealedsecrets.bitnami.com/${scope}`]: 'true' } }
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: {
      name: ref.name,
      namespace: ref.namespace,
      ...annotations,
      ...(options.labels ? { labels: options.labels } : {}),
    },
    spec: { encryptedData, ...(options.template ? { template: options.template } : {}) },
  }
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64')
