/** Where a certificate comes from: a file, a URL, or the controller through the API server. */
import { assertValidAt, type Certificate } from '@waxseal/core'
import type { ClusterOptions } from '../cluster/cluster.ts'
import type { Context } from '../context.ts'
import { CliError, within } from '../messages.ts'
import { readCertificatePem } from './x509.ts'

/** A certificate chain is a few KiB; whatever is larger is something else. */
const LIMIT = 1024 * 1024

export interface CertificateSource {
  /** A path or a URL (http, https, file); undefined means the cluster. */
  readonly cert: string | undefined
  readonly cluster: ClusterOptions
}

export interface FetchedCertificate {
  /** The text exactly as found. */
  readonly text: string
  /** For messages: the path, the URL or the Service. */
  readonly origin: string
}

/** Reads the certificate's text without looking at it. */
export async function fetchCertificate(context: Context, source: CertificateSource): Promise<FetchedCertificate> {
  if (source.cert === undefined) {
    const cluster = await context.connect(source.cluster)
    const { note, ...found } = await cluster.certificate().finally(() => void cluster.close())
    if (note !== undefined) context.stderr.write(`note: ${note}\n`)
    return found
  }
  const url = asUrl(source.cert)
  if (url === undefined) return { text: readFile(context, source.cert), origin: source.cert }
  if (url.protocol === 'file:')
    return { text: readFile(context, await filePath(source.cert, url)), origin: source.cert }
  return { text: await context.http.getText(url.href, LIMIT), origin: source.cert }
}

/** The certificate, ready to seal with. Refuses one whose time is over; messages name where it came from. */
export async function loadSealingCertificate(context: Context, source: CertificateSource): Promise<Certificate> {
  const fetched = await fetchCertificate(context, source)
  const certificate = await parseFetched(fetched)
  try {
    assertValidAt(certificate, context.now())
  } catch (error) {
    throw within(fetched.origin, error)
  }
  return certificate
}

/** Reads the certificate in a fetched text; its validity is not looked at. */
export async function parseFetched({ text, origin }: FetchedCertificate): Promise<Certificate> {
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) {
    throw new CliError(`${origin}: this is a web page (HTML), not a certificate`, {
      hint: 'is the address right, and does it need a login? The certificate is a PEM text that begins with -----BEGIN CERTIFICATE-----',
    })
  }
  try {
    return await readCertificatePem(text)
  } catch (error) {
    throw within(origin, error)
  }
}

/** As kubeseal tells files from URLs: a scheme of one letter is a Windows drive. */
function asUrl(cert: string): URL | undefined {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(cert)?.[1]?.toLowerCase()
  if (scheme === undefined) return undefined
  const url = URL.parse(cert)
  if (url === null) throw new CliError(`${cert}: not a valid URL`)
  if (scheme !== 'http' && scheme !== 'https' && scheme !== 'file') {
    throw new CliError(`${cert}: unsupported URL scheme ${scheme}`, {
      hint: 'a certificate is read from a file, http, https or file URL',
    })
  }
  return url
}

async function filePath(cert: string, url: URL): Promise<string> {
  if (url.host !== '') {
    throw new CliError(`${cert}: a file URL needs an absolute path`, {
      hint: `for a relative path leave the file:// away: --cert ${cert.slice(7)}`,
    })
  }
  const { fileURLToPath } = await import('node:url')
  return fileURLToPath(url)
}

function readFile(context: Context, path: string): string {
  const bytes = context.files.read(path, LIMIT)
  const isDer = bytes[0] === 0x30 && bytes[1] === 0x82
  if (isDer) return `-----BEGIN CERTIFICATE-----\n${Buffer.from(bytes).toString('base64')}\n-----END CERTIFICATE-----\n`
  return new TextDecoder().decode(bytes)
}
