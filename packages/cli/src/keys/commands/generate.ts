import type { Command } from '../../commands/command.ts'
import { refuseArguments } from '../../commands/options.ts'
import type { Context } from '../../context.ts'
import type { Flags } from '../../flags.ts'
import { CliError, UsageError } from '../../messages.ts'
import { REPORT } from '../../output/report.ts'
import { noKeysYet, STORE_FLAGS, withStore } from '../options.ts'
import { type KeyEntry, reporting } from '../report.ts'

const DAY = 24 * 60 * 60 * 1000
const BITS = { least: 2048, most: 8192, usual: '4096' } as const
/** Ten years, as the controller's own keys: a certificate that has expired seals nothing, its key still opens. */
const TTL = '3650d'

export const generate: Command = {
  flags: {
    'key-out': { type: 'string' },
    'cert-out': { type: 'string' },
    bits: { type: 'int' },
    cn: { type: 'string' },
    'dry-run': { type: 'bool' },
    cluster: { type: 'bool' },
    ...STORE_FLAGS,
    ttl: { type: 'string', check: (value) => void parseTtl(value) },
    ...REPORT.flags,
  },
  async run(context, flags) {
    refuseArguments(flags)
    const bits = bitsOf(flags)
    const inStore = flags.bool('cluster') || flags.string('directory') !== undefined
    if (inStore) return intoStore(context, flags, bits)
    const paths = { key: flags.string('key-out') ?? 'key.pem', cert: flags.string('cert-out') ?? 'cert.pem' }
    if (paths.key === paths.cert) throw new UsageError('--key-out and --cert-out name the same file')
    const files = { key: paths.key, certificate: paths.cert }
    for (const path of Object.values(paths)) refuseExisting(context, path)
    if (flags.bool('dry-run')) {
      context.stderr.write(`${paths.key} and ${paths.cert} would be made, RSA ${bits} bits (dry run)\n`)
      return reportAdded(context, flags, { files })
    }
    const { pair, notAfter } = await makePair(context, flags, bits)
    writePair(context, paths, pair)
    context.stderr.write(
      `${paths.key}: private key, RSA ${bits} bits, readable only by you. It opens everything sealed with it: keep it safe, back it up, never commit it.\n` +
        `${paths.cert}: certificate, public, valid until ${notAfter.toISOString().slice(0, 10)}, fingerprint ${pair.fingerprint}\n` +
        `next: waxseal seal -f secret.yaml -w sealed.yaml --cert ${paths.cert}\n`,
    )
    await reportAdded(context, flags, { fingerprint: pair.fingerprint, files })
  },
}

/** A new key of the controller: it seals with the newest, from the moment that it sees it. */
async function intoStore(context: Context, flags: Flags, bits: number): Promise<void> {
  if (flags.bool('cluster') && flags.string('directory') !== undefined)
    throw new UsageError('--cluster and --directory exclude each other')
  if (flags.given('key-out') || flags.given('cert-out'))
    throw new UsageError('--key-out and --cert-out are for files; this key goes to the controller')
  await withStore(context, flags, async (store) => {
    // Whoever may not read keys finds out before one is made.
    await store.list().catch(noKeysYet)
    if (flags.bool('dry-run')) {
      context.stderr.write(`a key, RSA ${bits} bits, would be added to ${store.title} (dry run)\n`)
      return reportAdded(context, flags, { state: 'active' })
    }
    const { pair, notAfter } = await makePair(context, flags, bits)
    const key = { name: undefined, state: 'active', labels: {}, annotations: {}, ...pair } as const
    const { name } = await store.create(key)
    if (REPORT.of(flags) === undefined) context.stdout.write(`${name}\n`)
    context.stderr.write(
      `added to ${store.title}: RSA ${bits} bits, seals until ${notAfter.toISOString().slice(0, 10)}, fingerprint ${pair.fingerprint}\n` +
        'next: waxseal keys backup FILE, then waxseal reseal in your repositories\n',
    )
    await reportAdded(context, flags, { name, fingerprint: pair.fingerprint, state: 'active' })
  })
}

const reportAdded = (context: Context, flags: Flags, entry: Omit<KeyEntry, 'result'>): Promise<void> =>
  reporting(context, REPORT.of(flags), async (tell) => tell({ ...entry, result: 'added' }))

/** What --bits asks for. Throws UsageError for a size that is not made. */
export function bitsOf(flags: Flags): number {
  const bits = Number(flags.string('bits') ?? BITS.usual)
  if (bits >= BITS.least && bits <= BITS.most && bits % 8 === 0) return bits
  throw new UsageError(`--bits ${bits}: RSA keys of ${BITS.least} to ${BITS.most} bits are made, in steps of 8`)
}

/** A key pair as --cn and --ttl ask for. */
export async function makePair(
  context: Context,
  flags: Flags,
  bits: number,
  notBefore: Date = context.now(),
): Promise<{ pair: Pair; notAfter: Date }> {
  const notAfter = new Date(notBefore.getTime() + parseTtl(flags.string('ttl') ?? TTL))
  const { createKeyPair } = await import('@waxseal/core/x509')
  const pair = await createKeyPair({ bits, commonName: flags.string('cn') ?? 'waxseal', notBefore, notAfter })
  return { pair, notAfter }
}

function refuseExisting(context: Context, path: string): void {
  context.files.checkWritable(path)
  if (!context.files.exists(path)) return
  throw new CliError(`${path}: file exists, and keys are never overwritten`, {
    hint: 'choose other names with --key-out and --cert-out, or move it away',
  })
}

export interface Pair {
  readonly fingerprint: string
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** The key first: a certificate without its key would seal what nobody can open. Both or none. */
function writePair(context: Context, paths: { key: string; cert: string }, pair: Pair): void {
  context.files.create(paths.key, pair.privateKeyPem, 0o600)
  try {
    context.files.create(paths.cert, pair.certificatePem, 0o644)
  } catch (error) {
    context.files.remove(paths.key)
    throw error
  }
}

/** `3650d`, or hours as the controller's --key-ttl writes them (`87600h`); in milliseconds. Throws UsageError that says so. */
export function parseTtl(text: string): number {
  const [, amount, unit] = /^(\d{1,6})(d|h|y)$/.exec(text) ?? []
  const hours = { h: 1, d: 24, y: 365 * 24 }[unit ?? '']
  if (hours === undefined || Number(amount) === 0) throw new UsageError('a time such as 3650d, 10y or 87600h is needed')
  const time = Number(amount) * hours * (DAY / 24)
  // GeneralizedTime in a certificate ends with the year 9999 (RFC 5280 4.1.2.5).
  if (time > 1000 * 365 * DAY) throw new UsageError('more than 1000 years')
  return time
}
