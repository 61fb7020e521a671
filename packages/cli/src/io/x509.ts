import { type Certificate, type CertificateReader, parseCertificate } from '@waxseal/core'
import { nodeCrypto } from './platform.ts'

/** Reads a DER certificate with the platform's parser: loading node-forge for it would cost every start 19 ms. Throws on anything else. */
const readCertificate: CertificateReader = (der) => {
  const { X509Certificate } = nodeCrypto()
  const certificate = new X509Certificate(der)
  return {
    der,
    spki: certificate.publicKey.export({ type: 'spki', format: 'der' }),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    serialNumber: certificate.serialNumber.toLowerCase(),
  }
}

/** As parseCertificate. Sealing runs at once on this thread: for a few values starting others takes longer. */
export function readCertificatePem(pem: string): Promise<Certificate> {
  return parseCertificate(pem, readCertificate, { blocking: true })
}

/** The platform writes one attribute a line, and undefined for an empty name. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ')
}
