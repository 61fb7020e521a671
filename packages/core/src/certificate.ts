import type { Bytes } from './bytes.ts'
import { WaxsealError } from './errors.ts'
import { SealingKey } from './keys.ts'
import { parsePem } from './pem.ts'
import type { ImportOptions } from './rsa.ts'

/** What a certificate says, unverified: it only carries the key, nobody vouches for it. */
export interface CertificateFacts {
  readonly der: Uint8Array
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array
  readonly notBefore: Date
  readonly notAfter: Date
  /** Distinguished names as `CN=name`, parts in the certificate's order. */
  readonly subject: string
  readonly issuer: string
  /** Hexadecimal. */
  readonly serialNumber: string
}

/**
 * Reads an X.509 certificate (DER), throwing whatever it likes when it cannot. A port, because Node's own reader spares
 * a program 19 ms of start-up; elsewhere `@waxseal/core/x509` has one.
 */
export type CertificateReader = (der: Uint8Array) => CertificateFacts

export interface Certificate extends CertificateFacts {
  /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hexadecimal. */
  readonly fingerprint: string
  readonly bits: number
  readonly sealingKey: SealingKey
}

/**
 * The first CERTIFICATE block of a PEM text, with its key ready to seal. Validity is not looked at: see `assertValidAt`.
 * @throws WaxsealError `bad-certificate`, or `unsupported-key` when its key is not RSA of 2048 to 8192 bits
 */
export async function parseCertificate(
  pem: string,
  read: CertificateReader,
  options: ImportOptions = {},
): Promise<Certificate> {
  const facts = readFacts(firstCertificate(pem), read)
  const sealingKey = await SealingKey.import(facts.spki, options)
  return { ...facts, fingerprint: sealingKey.fingerprint, bits: sealingKey.bits, sealingKey }
}

function firstCertificate(pem: string): Bytes {
  const blocks = parsePem(pem)
  const block = blocks.find(({ label }) => label === 'CERTIFICATE')
  if (block === undefined) {
    const found = blocks.map(({ label }) => label).join(', ')
    throw new WaxsealError('bad-certificate', found ? `no certificate found, only ${found}` : 'no certificate found', {
      hint: 'a PEM file with a CERTIFICATE block is needed',
    })
  }
  if (block.der === undefined) throw new WaxsealError('bad-certificate', 'the CERTIFICATE block is not valid PEM')
  return block.der
}

function readFacts(der: Bytes, read: CertificateReader): CertificateFacts {
  try {
    return read(der)
  } catch (cause) {
    throw new WaxsealError('bad-certificate', 'the CERTIFICATE block holds no X.509 certificate', { cause })
  }
}

/**
 * Refuses a certificate whose time is over: its key may be gone, so nobody could open what it seals. One that is not
 * valid yet is accepted, as kubeseal does: clocks differ, and its key exists already.
 * @throws WaxsealError `certificate-expired`
 */
export function assertValidAt(certificate: CertificateFacts, now: Date): void {
  if (now.getTime() <= certificate.notAfter.getTime()) return
  const end = certificate.notAfter.toISOString().replace(/\.\d+Z$/, 'Z')
  throw new WaxsealError('certificate-expired', `the certificate expired on ${end}`, {
    hint: "fetch the controller's current certificate",
  })
}
