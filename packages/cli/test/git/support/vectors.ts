import { readdirSync, readFileSync } from 'node:fs'
import { type KeyFile, parseKeyFile } from '@waxseal/core/git-crypt'

const ROOT = new URL('../../../../../test/vectors/git-crypt/', import.meta.url)

export interface BlobVector {
  readonly name: string
  readonly keyFile: string
  readonly source: string
  readonly plaintextBase64?: string
  readonly plaintextBytes?: number
  readonly plaintextSha256?: string
  readonly blobBase64?: string
  readonly blobSha256?: string
  readonly error: 'tampered' | 'truncated' | 'not-encrypted' | null
}

export const BLOBS: readonly BlobVector[] = readdirSync(new URL('blobs/', ROOT)).map(
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- where a vector has another shape, the assertions on it fail
  (file) => JSON.parse(readFileSync(new URL(`blobs/${file}`, ROOT), 'utf8')) as BlobVector,
)

export const keyOf = ({ keyFile }: BlobVector): KeyFile => parseKeyFile(readFileSync(new URL(keyFile, ROOT)))

/** The plaintext, also where it is only described: byte i is i mod 251. */
export function plaintextOf({ plaintextBase64, plaintextBytes }: BlobVector): Buffer {
  if (plaintextBase64 !== undefined) return Buffer.from(plaintextBase64, 'base64')
  return Buffer.from(Uint8Array.from({ length: plaintextBytes ?? 0 }, (_, index) => index % 251))
}

export const blobOf = ({ blobBase64 }: BlobVector): Buffer => Buffer.from(blobBase64 ?? '', 'base64')
