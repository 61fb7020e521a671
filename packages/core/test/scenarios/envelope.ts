import {
  decodeBase64,
  encodeBase64,
  type KeyRing,
  keyRing,
  label,
  parsePrivateKeys,
  type Scope,
  toHex,
  utf8,
} from '../../src/index.ts'
import { codeOf, same } from './expect.ts'

export interface EnvelopeVector {
  readonly name: string
  readonly keys: readonly string[]
  readonly scope: Scope
  readonly namespace: string
  readonly secretName: string
  readonly label: string
  readonly ciphertext?: string
  readonly plaintextBase64?: string
  readonly plaintextSha256?: string
  readonly plaintextLength?: number
  readonly error?: string
  readonly lenient?: boolean
}

export interface Base64Vector {
  readonly name: string
  readonly text: string
  readonly hex?: string
  readonly error?: string
  readonly real: string
}

/** What Go's library opens and this one refuses. Everything else that is lenient opens here too. */
export const REFUSED: Readonly<Record<string, string>> = {
  'RSA part whose leading zero byte was cut off': 'RFC 8017 7.1.2 step 1b asks for an error, and nobody writes it',
  'session key of 16 bytes': 'no version of kubeseal ever wrote one',
  'session key of 24 bytes': 'no version of kubeseal ever wrote one',
}

const rings = new Map<string, Promise<KeyRing>>()

/** A ring of the named key files; made once, because importing keys is slow. */
export function ringOf(keys: readonly string[], pem: Readonly<Record<string, string>>): Promise<KeyRing> {
  const name = keys.join()
  const known = rings.get(name)
  if (known !== undefined) return known
  const made = Promise.all(keys.map((key) => parsePrivateKeys(pem[key] ?? ''))).then((all) => keyRing(all.flat()))
  rings.set(name, made)
  return made
}

/** Opens an envelope and compares what comes of it with what the vector says. */
export async function checkEnvelope(vector: EnvelopeVector, pem: Readonly<Record<string, string>>): Promise<void> {
  const ring = await ringOf(vector.keys, pem)
  const open = async () => ring.open(decodeBase64(vector.ciphertext ?? ''), utf8(vector.label))
  const expected = vector.name in REFUSED ? 'no-key' : vector.error
  if (expected !== undefined) {
    same(await codeOf(open), expected, vector.name)
    return
  }
  const value = (await open()).plaintext.reveal()
  if (vector.plaintextBase64 !== undefined) same(encodeBase64(value), vector.plaintextBase64, vector.name)
  if (vector.plaintextLength !== undefined) same(value.length, vector.plaintextLength, vector.name)
  if (vector.plaintextSha256 !== undefined) {
    same(toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', value))), vector.plaintextSha256, vector.name)
  }
}

/** The label follows from scope and names, except in vectors that are about other labels. */
export function checkLabel(vector: EnvelopeVector): boolean {
  return toHex(label(vector.scope, vector.namespace, vector.secretName)) === toHex(utf8(vector.label))
}

export async function checkBase64(vector: Base64Vector): Promise<void> {
  if (vector.error === undefined) {
    same(toHex(decodeBase64(vector.text)), vector.hex, vector.name)
    return
  }
  let message = ''
  same(
    await codeOf(() => {
      try {
        decodeBase64(vector.text)
      } catch (error) {
        message = error instanceof Error ? error.message : ''
        throw error
      }
    }),
    vector.error,
    vector.name,
  )
  same(message, vector.real, vector.name)
}
