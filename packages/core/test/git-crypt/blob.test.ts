import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cipherOf,
  encryptBlob,
  entryFrom,
  HEADER_LENGTH,
  headerOf,
  kindOfBlob,
  nonceBuilder,
  nonceOf,
  openBlob,
  parseKeyFile,
  verifier,
} from '../../src/git-crypt/index.ts'
import { primitives } from './primitives.ts'
import { type BlobVector, plaintextOf, vectorFile, vectorsIn } from './vectors.ts'

const vectors = vectorsIn<BlobVector>('blobs')
const keysOf = ({ keyFile }: BlobVector) => parseKeyFile(vectorFile(keyFile)).entries
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const storedBlob = ({ blobBase64 }: BlobVector): Uint8Array => Buffer.from(blobBase64 ?? '', 'base64')
const codeOf = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error instanceof Error ? Reflect.get(error, 'code') : error
  }
}

describe('encrypted blobs', () => {
  it.each(vectors.filter(({ source, error }) => source === 'git-crypt' && error === null))(
    '$name: encrypts to the same bytes as git-crypt',
    (vector) => {
      const plaintext = plaintextOf(vector) ?? new Uint8Array()
      const blob = encryptBlob(primitives, keysOf(vector)[0], plaintext)
      expect(sha256(blob)).toBe(vector.blobSha256 ?? sha256(storedBlob(vector)))
      expect(Buffer.from(openBlob(primitives, keysOf(vector), blob)).equals(plaintext)).toBe(true)
    },
  )

  it.each(vectors.filter(({ error, blobBase64 }) => error === null && blobBase64 !== undefined))(
    '$name: opens',
    (vector) => {
      const opened = openBlob(primitives, keysOf(vector), storedBlob(vector))
      expect(Buffer.from(opened).toString('base64')).toBe(vector.plaintextBase64)
    },
  )

  const EXPECTED = { tampered: 'no-key', truncated: 'malformed', 'not-encrypted': 'malformed' } as const
  it.each(vectors.flatMap((vector) => (vector.error === null ? [] : [{ ...vector, error: vector.error }])))(
    '$name: is refused as $error',
    (vector) => {
      const blob = storedBlob(vector)
      expect(codeOf(() => openBlob(primitives, keysOf(vector), blob))).toBe(EXPECTED[vector.error])
      expect(kindOfBlob(blob)).toBe(vector.error === 'tampered' ? 'encrypted' : vector.error)
    },
  )
})

const entry = fc.uint8Array({ minLength: 96, maxLength: 96 }).map((random) => entryFrom(random))

describe('properties', () => {
  it('opens what it encrypts, and refuses it with any bit changed', () => {
    fc.assert(
      fc.property(entry, fc.uint8Array({ maxLength: 300 }), fc.nat(), (key, plaintext, position) => {
        const blob = encryptBlob(primitives, key, plaintext)
        expect(blob.length).toBe(HEADER_LENGTH + plaintext.length)
        expect(Buffer.from(openBlob(primitives, [key], blob)).equals(plaintext)).toBe(true)
        const changed = Uint8Array.from(blob)
        const at = position % (changed.length * 8)
        changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7))
        expect(codeOf(() => openBlob(primitives, [key], changed))).toMatch(/no-key|malformed/)
      }),
    )
  })

  it('gives the same result however the bytes are cut into pieces', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 })
    fc.assert(
      fc.property(entry, pieces, (key, parts) => {
        const whole = encryptBlob(primitives, key, Buffer.concat(parts))
        const builder = nonceBuilder(primitives, key)
        for (const part of parts) builder.update(part)
        const nonce = builder.nonce()
        const cipher = cipherOf(primitives, key, nonce)
        const streamed = Buffer.concat([headerOf(nonce), ...parts.map((part) => cipher.apply(part))])
        expect(streamed.equals(whole)).toBe(true)
        const check = verifier(primitives, [key], streamed)
        for (const byte of streamed.subarray(HEADER_LENGTH)) check.update(Uint8Array.of(byte))
        expect(check.entry()).toBe(key)
        expect(nonceOf(streamed)).toEqual(nonce)
      }),
    )
  })

  it('encrypts equal files equally and different files with different nonces', () => {
    fc.assert(
      fc.property(entry, fc.uint8Array(), fc.uint8Array(), (key, one, other) => {
        const [a, b] = [encryptBlob(primitives, key, one), encryptBlob(primitives, key, other)]
        expect(Buffer.compare(nonceOf(a), nonceOf(b)) === 0).toBe(Buffer.compare(one, other) === 0)
      }),
    )
  })
})
