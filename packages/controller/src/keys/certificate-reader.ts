import { X509Certificate } from 'node:crypto'
import type { CertificateFacts } from '@waxseal/core'

/** Node's own X.509 reader behind core's port: node-forge is only needed to make a key. */
export function readCertificate(der: Uint8Array): CertificateFacts {
  const certificate = new X509Certificate(der)
  return {
    der,
    spki: new Uint8Array(certificate.publicKey.export({ type: 'spki', format: 'der' })),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    subject: certificate.subject,
    issuer: certificate.issuer,
    serialNumber: certificate.serialNumber,
  }
}
