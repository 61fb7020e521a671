import { describe, expect, test } from 'vitest'
import { OpeningKey, parsePrivateKeys, readPrivateKeys, SealingKey } from '../src/index.ts'
import { parsePem } from '../src/pem.ts'
import { readCertificate } from '../src/x509.ts'
import { type KeyVector, vectorJson, vectorText } from './helpers/vectors.ts'
import { codeOf } from './scenarios/expect.ts'

const index = vectorJson<KeyVector[]>('keys/index.json')
const pem = (name: string): string => vectorText(`keys/${name}`)
const alpha = await OpeningKey.import(pem('alpha.key'))

function spkiOf(certificate: string): Uint8Array {
  const block = parsePem(pem(certificate)).find(({ label }) => label === 'CERTIFICATE')
  return readCertificate(block?.der ?? new Uint8Array(0)).spki
}

describe('RSA pairs of the vectors', () => {
  const pairs = index.filter(({ kind, key, cert, bits = 0 }) => kind === 'rsa' && key && cert && bits >= 2048)
  test.each(pairs)('$name: key and certificate name the same key', async ({ key = '', cert = '', bits }) => {
    const [opening, sealing] = [await OpeningKey.import(pem(key)), await SealingKey.import(spkiOf(cert))]
    expect(opening).toMatchObject({ bits, fingerprint: sealing.fingerprint })
    expect(sealing.bits).toBe(bits)
    expect(opening.fingerprint).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('forms of a private key', () => {
  test.each(['alpha-pkcs8.key', 'alpha-text.key', 'alpha-crlf.key', 'alpha-both.pem', 'alpha-keyfirst.pem'])(
    '%s is alpha',
    async (name) => {
      const keys = await parsePrivateKeys(pem(name))
      expect(keys.map(({ fingerprint }) => fingerprint)).toEqual([alpha.fingerprint])
    },
  )

  test.each([
    ['alpha-encrypted.key', /encrypted/],
    ['ecdsa.key', /EC PRIVATE KEY is not an RSA key/],
    ['ed25519.key', /not an RSA private key/],
  ])('%s holds no RSA key, and says why', async (name, reason) => {
    const { keys, skipped } = await readPrivateKeys(pem(name))
    expect(keys).toEqual([])
    expect(skipped.join()).toMatch(reason)
    await expect(OpeningKey.import(pem(name))).rejects.toMatchObject({ code: 'bad-key' })
  })

  test.each(['garbage.pem', 'alpha.crt', 'alpha-pub.pem', 'keyless-secret.yaml', 'alpha-secret.json'])(
    '%s holds no private key at all',
    async (name) => {
      expect(await readPrivateKeys(pem(name))).toEqual({ keys: [], skipped: [] })
    },
  )

  test('several keys in one text keep their order; damaged ones between them are named', async () => {
    const damaged = pem('alpha.key').replace(/M/g, 'N')
    const { keys, skipped } = await readPrivateKeys(pem('bravo.key') + damaged + pem('alpha-pkcs8.key'))
    expect(keys).toHaveLength(2)
    expect(keys[1]?.fingerprint).toBe(alpha.fingerprint)
    expect(skipped).toHaveLength(1)
  })

  test('DER works as PEM does', async () => {
    for (const name of ['alpha.key', 'alpha-pkcs8.key']) {
      const der = parsePem(pem(name))[0]?.der ?? new Uint8Array(0)
      expect((await OpeningKey.import(der)).fingerprint).toBe(alpha.fingerprint)
    }
  })
})

describe('sizes', () => {
  test('1024 bits open but never seal', async () => {
    expect((await OpeningKey.import(pem('small.key'))).bits).toBe(1024)
    expect(await codeOf(() => SealingKey.import(spkiOf('small.crt')))).toBe('unsupported-key')
  })

  test('768 bits do neither', async () => {
    expect(await codeOf(() => SealingKey.import(spkiOf('tiny.crt')))).toBe('unsupported-key')
  })
})

test('a key that is cut, extended or inconsistent is refused', async () => {
  const der = parsePem(pem('alpha.key'))[0]?.der ?? new Uint8Array(0)
  const longer = new Uint8Array(der.length + 1)
  longer.set(der)
  for (const bytes of [der.slice(0, 200), longer, new Uint8Array(0)]) {
    expect(await codeOf(() => OpeningKey.import(bytes))).toBe('bad-key')
  }
})

test('a key shows nothing of itself', () => {
  expect(JSON.stringify(alpha)).toBe(JSON.stringify({ fingerprint: alpha.fingerprint, bits: 2048 }))
})
