import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { cleaning } from '../../src/git/filter/clean.ts'
import { smudging } from '../../src/git/filter/smudge.ts'
import { convert } from './support/convert.ts'
import { BLOBS, blobOf, keyOf, plaintextOf } from './support/vectors.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const lenient = { isStrict: () => false }
const PIECES = [1, 7, 22, 65_516]

describe('clean', () => {
  it.each(BLOBS.filter(({ source, error }) => source === 'git-crypt' && error === null))(
    '$name: the blob that git-crypt makes',
    (vector) => {
      // What is a blob of the same key already is the one case to differ in; see below.
      const expected = vector.name === 'encrypted-twice' ? sha256(plaintextOf(vector)) : vector.blobSha256
      for (const piece of plaintextOf(vector).length > 5000 ? [65_516] : PIECES) {
        const { bytes } = convert(cleaning(keyOf(vector)), plaintextOf(vector), piece)
        expect(sha256(bytes)).toBe(expected ?? sha256(blobOf(vector)))
      }
    },
  )

  it('passes a blob of its own key through, however often', () => {
    for (const vector of BLOBS.filter(({ error, blobBase64 }) => error === null && blobBase64 !== undefined)) {
      const { bytes, warning } = convert(cleaning(keyOf(vector)), blobOf(vector), 5)
      expect(bytes.equals(blobOf(vector))).toBe(true)
      expect(warning).toBeUndefined()
    }
  })

  it('encrypts a blob of another key once more, and says so', () => {
    const vector = BLOBS.find(({ name }) => name === 'wrong-key')
    if (vector === undefined) throw new Error('no such vector')
    const { bytes, warning } = convert(cleaning(keyOf(vector)), blobOf(vector))
    expect(warning).toContain('another key')
    expect(convert(smudging(keyOf(vector).entries, lenient), bytes).bytes.equals(blobOf(vector))).toBe(true)
  })
})

describe('smudge', () => {
  it.each(BLOBS.filter(({ error, blobBase64 }) => error === null && blobBase64 !== undefined))(
    '$name: opens',
    (vector) => {
      for (const piece of PIECES) {
        const { bytes, warning } = convert(smudging(keyOf(vector).entries, lenient), blobOf(vector), piece)
        expect(bytes.equals(plaintextOf(vector))).toBe(true)
        expect(warning).toBeUndefined()
      }
    },
  )

  it.each(BLOBS.filter(({ error }) => error === 'tampered' || error === 'truncated'))('$name: fails', (vector) => {
    for (const piece of PIECES) {
      expect(() => convert(smudging(keyOf(vector).entries, lenient), blobOf(vector), piece)).toThrow(
        vector.error === 'truncated' ? 'truncated' : 'tampered',
      )
    }
  })

  it.each(BLOBS.filter(({ error }) => error === 'not-encrypted'))('$name: passes unchanged', (vector) => {
    for (const piece of PIECES) {
      const { bytes, warning } = convert(smudging(keyOf(vector).entries, lenient), blobOf(vector), piece)
      expect(bytes.equals(blobOf(vector))).toBe(true)
      expect(warning === undefined).toBe(bytes.length === 0)
    }
  })

  it('refuses plain text where waxseal.strict is set, but never an empty file', () => {
    const [key] = BLOBS.map(keyOf)
    const strict = () => smudging(key?.entries ?? [], { isStrict: () => true })
    expect(() => convert(strict(), Buffer.from('plain'))).toThrow('waxseal.strict')
    expect(convert(strict(), Buffer.alloc(0)).bytes).toHaveLength(0)
  })
})

describe('files larger than memory is spent on', () => {
  const large = BLOBS.find(({ name }) => name === 'size-8mib-plus-1')
  const SIZE = 20 * 1024 * 1024

  it('come out right in both directions, and leave no file behind', () => {
    if (large === undefined) throw new Error('no such vector')
    const before = temporaryFiles()
    const plaintext = Buffer.alloc(SIZE, 'waxseal ')
    const blob = convert(cleaning(keyOf(large)), plaintext).bytes
    expect(blob).toHaveLength(SIZE + 22)
    expect(convert(smudging(keyOf(large).entries, lenient), blob).bytes.equals(plaintext)).toBe(true)
    expect(convert(cleaning(keyOf(large)), blob).bytes.equals(blob)).toBe(true)
    blob[SIZE] = (blob[SIZE] ?? 0) ^ 1
    expect(() => convert(smudging(keyOf(large).entries, lenient), blob)).toThrow('tampered')
    expect(temporaryFiles()).toEqual(before)
  })
})

const temporaryFiles = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('.waxseal-'))
