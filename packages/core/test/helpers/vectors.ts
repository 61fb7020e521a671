import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { EnvelopeVector } from '../scenarios/envelope.ts'
import type { OpenVector, SealVector } from '../scenarios/manifests.ts'

const ROOT = new URL('../../../../test/vectors/', import.meta.url)

/** The text of a file among the vectors. */
export function vectorText(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8')
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the shape that the vectors' README states.
export function vectorJson<T>(path: string): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above.
  return JSON.parse(vectorText(path)) as T
}

export interface KeyVector {
  readonly name: string
  readonly kind: 'rsa' | 'ecdsa' | 'ed25519' | 'form'
  readonly key?: string
  readonly cert?: string
  readonly bits?: number
  readonly commonName?: string
  readonly serial?: string
  readonly notBefore?: string
  readonly notAfter?: string
}

export const ENVELOPE_FILES = [
  'algorithm',
  'base64',
  'keys',
  'length',
  'plaintext',
  'scope',
  'session-key',
  'tampered',
  'truncated',
] as const

export function envelopeVectors(file: string): EnvelopeVector[] {
  return vectorJson<(EnvelopeVector & { ciphertextGzipBase64?: string })[]>(`envelope/${file}.json`).map((vector) => {
    if (vector.ciphertextGzipBase64 === undefined) return vector
    const bytes = gunzipSync(Buffer.from(vector.ciphertextGzipBase64, 'base64'))
    return { ...vector, ciphertext: bytes.toString('base64') }
  })
}

export const sealVectors = (): SealVector[] => vectorJson('sealedsecret/seal.json')
export const openVectors = (file: 'open-shape' | 'open-spec-data' | 'open-template'): OpenVector[] =>
  vectorJson(`sealedsecret/${file}.json`)

const KEY_FILES = ['alpha', 'bravo', 'charlie', 'delta', 'small']

/** The PEM texts that the vectors name, by file. */
export function pemTexts(): Record<string, string> {
  const names = [...KEY_FILES.map((name) => `${name}.key`), 'alpha.crt', 'delta.crt']
  return Object.fromEntries(names.map((name) => [name, vectorText(`keys/${name}`)]))
}
