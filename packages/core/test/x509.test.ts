import { createPublicKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { OpeningKey, parseCertificate } from '../src/index.ts'
import { createKeyPair, readCertificate } from '../src/x509.ts'
import { vectorText } from './helpers/vectors.ts'
import { codeOf } from './scenarios/expect.ts'

const options = {
  bits: 2048,
  commonName: 'wäxseal',
  notBefore: new Date('2024-01-02T03:04:05Z'),
  notAfter: new Date('2060-01-02T03:04:05Z'),
}
const pair = await createKeyPair(options)
const certificate = new X509Certificate(pair.certificatePem)

/** The encoded extensions that are the same in every certificate of the controller: all but the key identifier. */
const EXTENSIONS = /300e0603551d0f0101ff040403020001300f0603551d130101ff040530030101ff301d0603551d0e0416/

test('certificate, key and fingerprint belong together', async () => {
  const parsed = await parseCertificate(pair.certificatePem, readCertificate)
  expect(parsed).toMatchObject({
    subject: 'CN=wäxseal',
    issuer: 'CN=wäxseal',
    bits: 2048,
    fingerprint: pair.fingerprint,
  })
  expect(parsed.notAfter).toEqual(options.notAfter)
  expect((await OpeningKey.import(pair.privateKeyPem)).fingerprint).toBe(pair.fingerprint)
  expect(pair.privateKeyPem).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/)
})

test('Node agrees: valid signature of its own key, dates', () => {
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(certificate.validFromDate).toEqual(options.notBefore)
  expect(createPublicKey(pair.privateKeyPem).equals(certificate.publicKey)).toBe(true)
})

test("extensions are those of Bitnami's controller", () => {
  const hex = (pem: string): string => Buffer.from(new X509Certificate(pem).raw).toString('hex')
  expect(hex(vectorText('keys/alpha.crt'))).toMatch(EXTENSIONS)
  expect(hex(pair.certificatePem)).toMatch(EXTENSIONS)
})

test('an empty common name gives an empty subject', async () => {
  const { certificatePem } = await createKeyPair({ ...options, commonName: '' })
  expect((await parseCertificate(certificatePem, readCertificate)).subject).toBe('')
})

test('sizes and validity out of bounds are refused', async () => {
  expect(await codeOf(() => createKeyPair({ ...options, bits: 1024 }))).toBe('unsupported-key')
  expect(await codeOf(() => createKeyPair({ ...options, bits: 2049 }))).toBe('unsupported-key')
  expect(await codeOf(() => createKeyPair({ ...options, notAfter: options.notBefore }))).toBe('bad-certificate')
})
