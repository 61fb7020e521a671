import type { Certificate } from '@waxseal/core'
import { fetchCertificate, parseFetched } from '../io/certificate.ts'
import { type Format, outputOf, writeData } from '../output/format.ts'
import type { Command } from './command.ts'
import { CERT_FLAGS, clusterOptions, refuseArguments } from './options.ts'
import { checkDestination, writeResult } from './result.ts'

const DAY = 24 * 60 * 60 * 1000
const OUTPUT = outputOf('json', 'yaml')
const PUBLIC = { create: 0o644, existing: 'keep' } as const

export const cert: Command = {
  flags: {
    ...CERT_FLAGS,
    info: { type: 'bool' },
    write: { type: 'string', letter: 'w' },
    'dry-run': { type: 'bool' },
    ...OUTPUT.flags,
  },
  async run(context, flags) {
    refuseArguments(flags)
    const output = OUTPUT.of(flags)
    const destination = { path: flags.string('write'), mode: PUBLIC }
    const dryRun = flags.bool('dry-run')
    checkDestination(context, destination)
    const fetched = await fetchCertificate(context, { cert: flags.string('cert'), cluster: clusterOptions(flags) })
    const certificate = await parseFetched(fetched)
    const info = describeCertificate(certificate, context.now())
    if (info.expired)
      context.stderr.write(`warning: this certificate expired on ${info.notAfter}: nothing should be sealed with it\n`)
    if (!flags.bool('info') && output === undefined) return writeResult(context, destination, pem(certificate), dryRun)
    writeResult(context, destination, await show(info, output ?? 'text'), dryRun)
  },
}

interface CertificateInfo {
  readonly fingerprint: string
  readonly subject: string
  readonly issuer: string
  readonly notBefore: string
  readonly notAfter: string
  /** Whole days until notAfter, negative when it has passed. */
  readonly daysLeft: number
  readonly expired: boolean
  readonly keyBits: number
  readonly serialNumber: string
}

function describeCertificate(certificate: Certificate, now: Date): CertificateInfo {
  const left = certificate.notAfter.getTime() - now.getTime()
  return {
    fingerprint: certificate.fingerprint,
    subject: certificate.subject,
    issuer: certificate.issuer,
    notBefore: isoSeconds(certificate.notBefore),
    notAfter: isoSeconds(certificate.notAfter),
    daysLeft: Math.floor(left / DAY),
    expired: left < 0,
    keyBits: certificate.bits,
    serialNumber: certificate.serialNumber,
  }
}

async function show(info: CertificateInfo, format: 'text' | Format): Promise<string> {
  if (format !== 'text') return writeData(format, info)
  const left = info.expired ? `expired ${-info.daysLeft} days ago` : `${info.daysLeft} days left`
  const rows = [
    ['fingerprint', info.fingerprint],
    ['subject', info.subject],
    ['valid', `${info.notBefore} to ${info.notAfter} (${left})`],
    ['key', `RSA, ${info.keyBits} bits`],
    ['serial', info.serialNumber],
  ] as const
  return rows.map(([name, value]) => `${name.padEnd(13)}${value}\n`).join('')
}

/** Only the certificate, without the text or the keys that may stand around it. */
function pem({ der }: Certificate): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}
