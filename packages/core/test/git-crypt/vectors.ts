import { readdirSync, readFileSync } from 'node:fs'
import type { KeyFileReason } from '../../src/git-crypt/index.ts'

const ROOT = new URL('../../../../test/vectors/git-crypt/', import.meta.url)

export interface KeyVector {
  readonly name: string
  readonly keyFile?: string
  readonly keyRecipe?: { prefixHex: string; fillByteHex: string; fillCount: number; suffixHex: string }
  readonly error: KeyFileReason | null
  readonly keyName?: string
  readonly entries?: readonly { version: number; aesKeyHex: string; hmacKeyHex: string }[]
  readonly migratedFile?: string
}

export interface BlobVector {
  readonly name: string
  readonly keyFile: string
  readonly source: string
  readonly plaintextBase64?: string
  readonly plaintextRecipe?: string
  readonly plaintextBytes?: number
  readonly plaintextSha256?: string
  readonly blobBase64?: string
  readonly blobSha256?: string
  readonly error: 'tampered' | 'truncated' | 'not-encrypted' | null
}

export function vectorsIn<T>(folder: 'keys' | 'blobs'): T[] {
  const names = readdirSync(new URL(`${folder}/`, ROOT)).filter((name) => name.endsWith('.json'))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- where a vector has another shape, the assertions on it fail
  return names.map((name) => JSON.parse(readFileSync(new URL(`${folder}/${name}`, ROOT), 'utf8')) as T)
}

export const vectorFile = (path: string): Uint8Array => readFileSync(new URL(path, ROOT))

export function keyBytes({ keyFile, keyRecipe }: KeyVector): Uint8Array {
  if (keyRecipe === undefined) return vectorFile(keyFile ?? '')
  const { prefixHex, fillByteHex, fillCount, suffixHex } = keyRecipe
  const fill = Buffer.alloc(fillCount, Number.parseInt(fillByteHex, 16))
  return Buffer.concat([Buffer.from(prefixHex, 'hex'), fill, Buffer.from(suffixHex, 'hex')])
}

/** The plaintext a vector gives or describes; undefined where there is none. */
export function plaintextOf({ plaintextBase64, plaintextRecipe, plaintextBytes }: BlobVector): Uint8Array | undefined {
  if (plaintextRecipe === 'byte i is i mod 251') {
    return Uint8Array.from({ length: plaintextBytes ?? 0 }, (_, index) => index % 251)
  }
  return plaintextBase64 === undefined ? undefined : Buffer.from(plaintextBase64, 'base64')
}
