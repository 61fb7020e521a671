import forge from 'node-forge'
import { type Bytes, encodeBase64, toHex, unshared } from './bytes.ts'
import type { CertificateFacts } from './certificate.ts'
import { unwrapPkcs8 } from './der.ts'
import { WaxsealError } from './errors.ts'
import { fingerprint } from './fingerprint.ts'
import { writePem } from './pem.ts'

type Asn1 = forge.asn1.Asn1

const { asn1, pki, util } = forge

/** RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 8.2), what certificates of the controller are signed with. */
const SIGNATURE = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
const SHA256_WITH_RSA = '1.2.840.113549.1.1.11'
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14'
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment, typescript/no-unnecessary-type-conversion -- forge's types take the tag of a name's value for a class.
const UTF8_STRING: forge.asn1.Class = Number(asn1.Type.UTF8)
const KEY_BITS = { least: 2048, most: 8192 } as const

/**
 * A `CertificateReader` for any platform. Reads keys of every algorithm, so that the caller can say what is wrong.
 * Throws Error on bytes that are no certificate.
 */
export function readCertificate(der: Uint8Array): CertificateFacts {
  const tbs = child(asn1.fromDer(util.createBuffer(binary(der))), 0)
  const fields = children(tbs)
  // The version is tagged and may be missing (RFC 5280 4.1).
  const [serial, , issuer, validity, subject, key] =
    fields[0]?.tagClass === asn1.Class.CONTEXT_SPECIFIC ? fields.slice(1) : fields
  if (!serial || !issuer || !validity || !subject || !key) throw new Error('fields are missing')
  return {
    der,
    spki: bytesOf(asn1.toDer(key).getBytes()),
    notBefore: readTime(child(validity, 0)),
    notAfter: readTime(child(validity, 1)),
    subject: readName(subject),
    issuer: readName(issuer),
    serialNumber: toHex(bytesOf(primitive(serial))).replace(/^00(?=.)/, ''),
  }
}

export interface KeyPairOptions {
  /** 2048 to 8192. */
  readonly bits: number
  /** Subject and issuer; may be empty. */
  readonly commonName: string
  readonly notBefore: Date
  readonly notAfter: Date
}

export interface KeyPair {
  readonly certificatePem: string
  /** PKCS#1, as the controller stores it. */
  readonly privateKeyPem: string
  /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hexadecimal. */
  readonly fingerprint: string
}

/**
 * Makes an RSA key and a certificate that it signs itself, with the extensions of Bitnami's controller. The engine
 * makes the key and the signature; forge only encodes.
 * @throws WaxsealError `unsupported-key` for a size out of bounds, `bad-certificate` for a validity that ends before it begins
 */
export async function createKeyPair(options: KeyPairOptions): Promise<KeyPair> {
  const { bits, notBefore, notAfter } = options
  if (!Number.isInteger(bits) || bits < KEY_BITS.least || bits > KEY_BITS.most || bits % 8 !== 0) {
    throw new WaxsealError(
      'unsupported-key',
      `an RSA key of ${bits} bits: ${KEY_BITS.least} to ${KEY_BITS.most} are supported`,
    )
  }
  if (!(notBefore.getTime() < notAfter.getTime())) {
    throw new WaxsealError('bad-certificate', 'the certificate would end before it begins')
  }
  // Signing and OAEP are two uses of one key that WebCrypto keeps apart, so the certificate is signed with the key as
  // generated, and everyone else imports it for OAEP. One self-signature is no oracle for anything.
  const parameters = { ...SIGNATURE, modulusLength: bits, publicExponent: Uint8Array.of(1, 0, 1) }
  const pair = await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey))
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey))
  const certificate = await sign(await prepare(spki, options), pair.privateKey)
  return {
    certificatePem: writePem('CERTIFICATE', encodeBase64(certificate)),
    privateKeyPem: writePem('RSA PRIVATE KEY', encodeBase64(unwrapPkcs8(pkcs8))),
    fingerprint: await fingerprint(spki),
  }
}

/** The certificate as it shall be, unsigned. */
async function prepare(
  spki: Bytes,
  { commonName, notBefore, notAfter }: KeyPairOptions,
): Promise<forge.pki.Certificate> {
  const certificate = pki.createCertificate()
  const key = asn1.fromDer(util.createBuffer(binary(spki)))
  certificate.publicKey = pki.publicKeyFromAsn1(key)
  certificate.serialNumber = randomSerial()
  certificate.validity.notBefore = notBefore
  certificate.validity.notAfter = notAfter
  const name = commonName === '' ? [] : [{ name: 'commonName', value: commonName, valueTagClass: UTF8_STRING }]
  certificate.setSubject(name)
  certificate.setIssuer(name)
  certificate.setExtensions([
    { name: 'keyUsage', critical: true, encipherOnly: true },
    { name: 'basicConstraints', critical: true, cA: true },
    { id: SUBJECT_KEY_IDENTIFIER, value: asn1.toDer(await keyIdentifier(key)).getBytes() },
  ])
  certificate.signatureOid = SHA256_WITH_RSA
  certificate.siginfo.algorithmOid = SHA256_WITH_RSA
  certificate.signature = ''
  return certificate
}

async function sign(certificate: forge.pki.Certificate, key: CryptoKey): Promise<Bytes> {
  const tbs = bytesOf(asn1.toDer(child(pki.certificateToAsn1(certificate), 0)).getBytes())
  const signature = new Uint8Array(await crypto.subtle.sign(SIGNATURE.name, key, tbs))
  certificate.signature = binary(signature)
  return bytesOf(asn1.toDer(pki.certificateToAsn1(certificate)).getBytes())
}

/** The first 160 bits of SHA-256 over the key's bits (RFC 7093 method 1), as Go makes it. */
async function keyIdentifier(spki: Asn1): Promise<Asn1> {
  const bits = bytesOf(primitive(child(spki, 1))).subarray(1)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', unshared(bits))).subarray(0, 20)
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OCTETSTRING, false, binary(digest))
}

/** A positive number of 127 random bits, never zero (RFC 5280 4.1.2.2 allows 20 bytes). */
function randomSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return toHex(bytes)
}

function readTime(value: Asn1): Date {
  const text = primitive(value)
  return value.type === asn1.Type.UTCTIME ? asn1.utcTimeToDate(text) : asn1.generalizedTimeToDate(text)
}

/** `CN=name, O=organisation`, in the certificate's order. */
function readName(name: Asn1): string {
  const parts = children(name).flatMap((set) => children(set).map(readAttribute))
  return parts.join(', ')
}

function readAttribute(attribute: Asn1): string {
  const id = asn1.derToOid(util.createBuffer(primitive(child(attribute, 0))))
  const value = child(attribute, 1)
  const text = primitive(value)
  return `${SHORT_NAMES[id] ?? id}=${value.type === asn1.Type.UTF8 ? util.decodeUtf8(text) : text}`
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
}

function children(value: Asn1): Asn1[] {
  if (typeof value.value === 'string') throw new Error('not a constructed value')
  return value.value
}

function child(value: Asn1, index: number): Asn1 {
  const found = children(value)[index]
  if (found === undefined) throw new Error('a field is missing')
  return found
}

/** Content as a string of one character a byte, forge's form. */
function primitive(value: Asn1): string {
  // forge reads a BIT STRING that holds a DER value as constructed, and keeps its bytes beside.
  const bits: unknown = 'bitStringContents' in value ? value.bitStringContents : undefined
  if (typeof bits === 'string') return bits
  if (typeof value.value !== 'string') throw new Error('not a primitive value')
  return value.value
}

function binary(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

function bytesOf(text: string): Bytes {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}
