/** Keys and SealedSecrets of test/vectors, made by the real kubeseal. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { answer, answerOf } from '../../kube/json.ts'
import type { NewObject } from './objects.ts'

const read = (path: string): string => readFileSync(new URL(`../../vectors/${path}`, import.meta.url), 'utf8')

/** Path of a certificate file. */
export const certificateFile = (name: string): string =>
  new URL(`../../vectors/keys/${name}.crt`, import.meta.url).pathname

/** A key Secret as Bitnami's controller stores it. */
export function keySecret(name: string, namespace: string): NewObject {
  const base64 = (file: string): string => Buffer.from(read(`keys/${file}`)).toString('base64')
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: {
      name: `sealed-secrets-key-${name}`,
      namespace,
      labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' },
    },
    data: { 'tls.crt': base64(`${name}.crt`), 'tls.key': base64(`${name}.key`) },
  }
}

export interface SealedVector {
  readonly name: string
  readonly sealed: NewObject
  /** The Secret that kubeseal --recovery-unseal opens it into. */
  readonly secret: NewObject & { readonly data?: Readonly<Record<string, string | null>> }
}

interface SealVector {
  readonly name: string
  readonly sealed?: { readonly text: string }
  readonly unsealed?: { readonly json: string }
}

interface OpenVector {
  readonly name: string
  readonly sealedSecret: string
  readonly exitCode: number
  readonly stdout: string
}

/** What kubeseal sealed, and what it opened that again into. */
export function sealedByKubeseal(): SealedVector[] {
  return answerOf<SealVector[]>(read('sealedsecret/seal.json')).flatMap(({ name, sealed, unsealed }) =>
    sealed === undefined || unsealed === undefined
      ? []
      : [{ name, sealed: answer<NewObject>(parse(sealed.text)), secret: answerOf(unsealed.json) }],
  )
}

/** Hand-written SealedSecrets that kubeseal opens. */
export function openedByKubeseal(file: 'open-shape' | 'open-template'): SealedVector[] {
  return answerOf<OpenVector[]>(read(`sealedsecret/${file}.json`)).flatMap(
    ({ name, sealedSecret, exitCode, stdout }) =>
      exitCode === 0
        ? [{ name, sealed: answer<NewObject>(parse(sealedSecret, { uniqueKeys: false })), secret: answerOf(stdout) }]
        : [],
  )
}

interface DeprecatedVector extends OpenVector {
  readonly acceptingSpecData: { readonly secret?: SealedVector['secret'] }
}

/**
 * SealedSecrets with the deprecated `spec.data`, in the form in which a cluster stores them: `encryptedData` is required
 * there, and null counts as missing.
 */
export function deprecatedByKubeseal(): SealedVector[] {
  return answerOf<DeprecatedVector[]>(read('sealedsecret/open-spec-data.json')).flatMap((vector) => {
    const { secret } = vector.acceptingSpecData
    const sealed = answerOf<NewObject & { spec: { encryptedData: object | null } }>(vector.sealedSecret)
    const spec = { ...sealed.spec, encryptedData: sealed.spec.encryptedData ?? {} }
    return secret === undefined ? [] : [{ name: vector.name, sealed: { ...sealed, spec }, secret }]
  })
}
