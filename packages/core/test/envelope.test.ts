import nodeCrypto from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { keyRing, label, OpeningKey, Plaintext, parseCertificate, sealEnvelope, utf8 } from '../src/index.ts'
import { readCertificate } from '../src/x509.ts'
import { ENVELOPE_FILES, envelopeVectors, pemTexts } from './helpers/vectors.ts'
import { checkEnvelope, checkLabel, REFUSED } from './scenarios/envelope.ts'

const pem = pemTexts()

describe.each(ENVELOPE_FILES)('vectors: %s', (file) => {
  test.each(envelopeVectors(file))('$name', async (vector) => {
    await expect(checkEnvelope(vector, pem)).resolves.toBeUndefined()
  })
})

test('every refused vector exists and is one that Go opens', () => {
  const lenient = ENVELOPE_FILES.flatMap(envelopeVectors).filter((vector) => vector.lenient === true)
  expect(lenient.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(REFUSED)))
})

test('labels of the scopes are those of the vectors', () => {
  const [strict, namespaceWide, clusterWide] = envelopeVectors('scope')
  for (const vector of [strict, namespaceWide, clusterWide]) expect(vector && checkLabel(vector)).toBe(true)
})

test('a key whose modulus has another length costs no RSA operation', async () => {
  const keys = await Promise.all(
    ['bravo.key', 'delta.key', 'alpha.key'].map((name) => OpeningKey.import(pem[name] ?? '')),
  )
  let operations = 0
  const ring = keyRing(keys, { rsaOperation: () => (operations += 1) })
  const { sealingKey } = await parseCertificate(pem['delta.crt'] ?? '', readCertificate)
  const envelope = await sealEnvelope(sealingKey, label('strict', 'a', 'b'), Plaintext.text('value'))
  await ring.open(envelope, utf8('a/b'))
  expect(operations).toBe(1)
})

test('keys that the hint names go first', async () => {
  const keys = await Promise.all(['bravo.key', 'alpha.key'].map((name) => OpeningKey.import(pem[name] ?? '')))
  let operations = 0
  const ring = keyRing(keys, { rsaOperation: () => (operations += 1) })
  const { sealingKey, fingerprint } = await parseCertificate(pem['alpha.crt'] ?? '', readCertificate)
  const envelope = await sealEnvelope(sealingKey, utf8('a/b'), Plaintext.text('value'))
  await ring.open(envelope, utf8('a/b'), ['no such key', fingerprint])
  expect(operations).toBe(1)
  await ring.open(envelope, utf8('a/b'))
  expect(operations).toBe(3)
})

test('keys are tried in the order of the hint, and whether the first was right is counted', async () => {
  const names = ['bravo.key', 'alpha.key']
  const [other, right] = await Promise.all(names.map((name) => OpeningKey.import(pem[name] ?? '')))
  if (other === undefined || right === undefined) throw new Error('no keys')
  const guesses: boolean[] = []
  const counters = { rsaOperation: () => undefined, keyGuess: (hit: boolean) => void guesses.push(hit) }
  const ring = keyRing([other, right], counters)
  const { sealingKey } = await parseCertificate(pem['alpha.crt'] ?? '', readCertificate)
  const envelope = await sealEnvelope(sealingKey, utf8('a/b'), Plaintext.text('value'))
  await ring.open(envelope, utf8('a/b'), [right.fingerprint, other.fingerprint, right.fingerprint])
  await ring.open(envelope, utf8('a/b'), [other.fingerprint, right.fingerprint])
  await ring.open(envelope, utf8('a/b'))
  await expect(ring.open(envelope, utf8('a/c'))).rejects.toMatchObject({ code: 'no-key' })
  await keyRing([right], counters).open(envelope, utf8('a/b'))
  expect(guesses).toEqual([true, false, false])
})

test('a key given twice is tried once', async () => {
  const key = await OpeningKey.import(pem['alpha.key'] ?? '')
  expect(keyRing([key, key]).keys).toEqual([key])
})

/** The same cipher under each of the two that do the work: at once in Node, and WebCrypto for all else. */
const SIZES = { short: 5, long: 100_000 }

describe.each(Object.entries(SIZES))('a %s value', (_, size) => {
  test('a wrong label, a wrong key and a wrong tag take the same steps', async () => {
    const ring = keyRing([await OpeningKey.import(pem['alpha.key'] ?? '')])
    const other = keyRing([await OpeningKey.import(pem['bravo.key'] ?? '')])
    const { sealingKey } = await parseCertificate(pem['alpha.crt'] ?? '', readCertificate)
    const value = Plaintext.of(new Uint8Array(size))
    const envelope = await sealEnvelope(sealingKey, utf8('a/b'), value)
    const broken = envelope.map((byte, i) => (i === envelope.length - 1 ? byte ^ 1 : byte))
    const web = vi.spyOn(crypto.subtle, 'decrypt')
    const node = vi.spyOn(nodeCrypto, 'createDecipheriv')
    const steps = async (open: () => Promise<unknown>): Promise<unknown> => {
      web.mockClear()
      node.mockClear()
      await expect(open()).rejects.toMatchObject({ code: 'no-key' })
      const used = web.mock.calls.map(([algorithm]) => (typeof algorithm === 'string' ? algorithm : algorithm.name))
      return [...used, ...node.mock.calls.map(([name]) => name)]
    }
    const expected = ['RSA-OAEP', size === SIZES.short ? 'aes-256-gcm' : 'AES-GCM']
    expect(await steps(() => ring.open(envelope, utf8('a/c')))).toEqual(expected)
    expect(await steps(() => other.open(envelope, utf8('a/b')))).toEqual(expected)
    expect(await steps(() => ring.open(broken, utf8('a/b')))).toEqual(expected)
    web.mockRestore()
    node.mockRestore()
  })

  test.each([false, true])(
    'blocking: %s, opens what the other sealed, and nothing that was changed',
    async (blocking) => {
      const { sealingKey } = await parseCertificate(pem['alpha.crt'] ?? '', readCertificate, { blocking })
      const value = Plaintext.of(crypto.getRandomValues(new Uint8Array(size).subarray(0, 65_536)))
      const envelope = await sealEnvelope(sealingKey, utf8('a/b'), value)
      const ring = keyRing([await OpeningKey.import(pem['alpha.key'] ?? '', { blocking: !blocking })])
      const { plaintext } = await ring.open(envelope, utf8('a/b'))
      expect(plaintext.equals(value)).toBe(true)
      for (const at of [0, 2, 100, 260, envelope.length - 1]) {
        const changed = envelope.map((byte, i) => (i === at ? byte ^ 1 : byte))
        await expect(ring.open(changed, utf8('a/b'))).rejects.toThrow('no key could decrypt secret')
      }
      await expect(ring.open(envelope.subarray(0, 258), utf8('a/b'))).rejects.toMatchObject({ code: 'no-key' })
      await expect(ring.open(envelope.subarray(0, 263), utf8('a/b'))).rejects.toMatchObject({ code: 'no-key' })
    },
  )
})
