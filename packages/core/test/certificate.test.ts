import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { assertValidAt, type CertificateReader, parseCertificate } from '../src/index.ts'
import { readCertificate } from '../src/x509.ts'
import { type KeyVector, vectorJson, vectorText } from './helpers/vectors.ts'
import { codeOf } from './scenarios/expect.ts'

/** The reader that programs in Node use. */
const nodeReader: CertificateReader = (der) => {
  const certificate = new X509Certificate(der)
  return {
    der,
    spki: certificate.publicKey.export({ type: 'spki', format: 'der' }),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
    subject: certificate.subject,
    issuer: certificate.issuer,
    serialNumber: certificate.serialNumber.toLowerCase(),
  }
}

const pem = (name: string): string => vectorText(`keys/${name}`)
const index = vectorJson<KeyVector[]>('keys/index.json')

describe.each([
  ["Node's reader", nodeReader],
  ['the portable reader', readCertificate],
])('%s', (_name, read) => {
  const good = index.filter(({ kind, cert, bits = 0 }) => kind === 'rsa' && cert && bits >= 2048)
  test.each(good)('$name', async ({ cert = '', bits, commonName, notBefore = '', notAfter = '', serial = '' }) => {
    const certificate = await parseCertificate(pem(cert), read)
    expect(certificate).toMatchObject({ bits, subject: `CN=${commonName}`, issuer: `CN=${commonName}` })
    expect(certificate.notBefore).toEqual(new Date(notBefore))
    expect(certificate.notAfter).toEqual(new Date(notAfter))
    expect(Number.parseInt(certificate.serialNumber, 16)).toBe(Number(serial))
  })

  test.each(['alpha-text.crt', 'alpha-crlf.crt', 'alpha-chain.crt', 'alpha-both.pem', 'alpha-keyfirst.pem'])(
    '%s gives alpha',
    async (name) => {
      const { fingerprint } = await parseCertificate(pem('alpha.crt'), read)
      expect((await parseCertificate(pem(name), read)).fingerprint).toBe(fingerprint)
    },
  )

  test.each([
    ['ecdsa.crt', 'unsupported-key'],
    ['ed25519.crt', 'unsupported-key'],
    ['small.crt', 'unsupported-key'],
    ['tiny.crt', 'unsupported-key'],
    ['garbage.pem', 'bad-certificate'],
    ['alpha.key', 'bad-certificate'],
    ['alpha-pub.pem', 'bad-certificate'],
    ['index.json', 'bad-certificate'],
  ])('%s is refused: %s', async (name, code) => {
    expect(await codeOf(() => parseCertificate(pem(name), read))).toBe(code)
  })
})

describe('validity', () => {
  test('an expired certificate is refused, with the date', async () => {
    const expired = await parseCertificate(pem('expired.crt'), readCertificate)
    expect(() => assertValidAt(expired, new Date('2021-03-04T05:06:08Z'))).toThrow(/2021-03-04T05:06:07Z/)
    expect(() => assertValidAt(expired, new Date('2021-03-04T05:06:07Z'))).not.toThrow()
  })

  test('one that is not valid yet is accepted', async () => {
    const early = await parseCertificate(pem('notyet.crt'), readCertificate)
    expect(() => assertValidAt(early, new Date('2024-01-01T00:00:00Z'))).not.toThrow()
  })
})
