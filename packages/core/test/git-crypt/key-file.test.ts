import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkKeyName,
  entryFrom,
  KeyFileError,
  keyFile,
  parseKeyFile,
  parseLegacyKeyFile,
  writeKeyFile,
} from '../../src/git-crypt/index.ts'
import { type KeyVector, keyBytes, vectorFile, vectorsIn } from './vectors.ts'

const vectors = vectorsIn<KeyVector>('keys')
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function reasonOf(work: () => unknown): string | undefined {
  try {
    work()
  } catch (error) {
    if (error instanceof KeyFileError) return error.reason
    throw error
  }
  return undefined
}

describe('key files', () => {
  it.each(vectors.filter(({ error }) => error === null))('$name is taken', (vector) => {
    const { name, entries } = parseKeyFile(keyBytes(vector))
    expect(name).toBe(vector.keyName)
    expect(
      entries.map(({ version, aesKey, hmacKey }) => ({ version, aesKeyHex: hex(aesKey), hmacKeyHex: hex(hmacKey) })),
    ).toEqual(vector.entries)
  })

  it.each(vectors.filter(({ error }) => error !== null))('$name is refused as $error', (vector) => {
    expect(reasonOf(() => parseKeyFile(keyBytes(vector)))).toBe(vector.error)
  })

  it.each(['default', 'named', 'name-128', 'several-entries'])('%s is written back byte for byte', (name) => {
    const bytes = vectorFile(`keys/${name}.key`)
    expect(hex(writeKeyFile(parseKeyFile(bytes)))).toBe(hex(bytes))
  })

  it('migrates a legacy key to what git-crypt makes of it', () => {
    expect(hex(writeKeyFile(parseLegacyKeyFile(vectorFile('keys/legacy.key'))))).toBe(
      hex(vectorFile('keys/legacy-migrated.key')),
    )
  })

  it.each(['legacy-95', 'legacy-97', 'default'])('migrates nothing else (%s)', (name) => {
    expect(reasonOf(() => parseLegacyKeyFile(vectorFile(`keys/${name}.key`)))).toBe('malformed')
  })

  it('reads what it writes', () => {
    const entry = fc
      .tuple(fc.uint8Array({ minLength: 96, maxLength: 96 }), fc.nat(2 ** 32 - 1))
      .map(([random, version]) => entryFrom(random, version))
    const entries = fc.uniqueArray(entry, { minLength: 1, maxLength: 5, selector: ({ version }) => version })
    const name = fc.option(fc.stringMatching(/^[\w-]{1,128}$/), { nil: undefined })
    fc.assert(
      fc.property(name, entries, (name, entries) => {
        fc.pre(name !== 'default')
        const file = keyFile(name, entries)
        expect(parseKeyFile(writeKeyFile(file))).toEqual(file)
      }),
    )
  })

  it('refuses every file cut short, whatever follows, with a reason', () => {
    const bytes = vectorFile('keys/named.key')
    for (let length = 0; length < bytes.length; length++) {
      expect(reasonOf(() => parseKeyFile(bytes.subarray(0, length)))).toMatch(/malformed|no-entries|legacy/)
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (any) => void reasonOf(() => parseKeyFile(any))))
  })

  it.each(['', 'default', 'a b', 'a/b', '..', 'ä', 'a\n', 'x'.repeat(129)])('refuses %j as a name', (name) => {
    expect(reasonOf(() => checkKeyName(name))).toBe('bad-name')
  })
})
