/** The user's own gpg: agent, smart cards, trust. Only its machine-readable output is read (doc/DETAILS in GnuPG). */
import { spawnSync } from 'node:child_process'
import { CliError, errorCode } from '../messages.ts'

/** Ciphertext of a key file, or a listing: never more than this. */
const MAX_OUTPUT = 64 * 1024 * 1024

export interface Gpg {
  /** Primary fingerprints of all keys whose secret part is there or on a card. */
  secretFingerprints(): ReadonlySet<string>
  /** The public keys that a query finds. */
  publicKeys(query: string): readonly PublicKey[]
  /** CliError with gpg's words when it refuses, as for a key that is not trusted. */
  encrypt(fingerprint: string, plaintext: Uint8Array, isTrusted: boolean): Uint8Array
  decrypt(path: string): Uint8Array
  /** The public key, binary. */
  exported(fingerprint: string): Uint8Array
}

export interface PublicKey {
  /** 40 upper-case hex digits. */
  readonly fingerprint: string
  readonly uid: string
  /** Why nothing can be encrypted to it, or undefined. */
  readonly unusable: string | undefined
  /** Whether the person's web of trust vouches for it. */
  readonly isTrusted: boolean
}

/** @param cwd where it runs, for paths that it is given */
export function gpgFor(program: string, cwd: string): Gpg {
  const run = (args: readonly string[], input?: Uint8Array): Buffer => {
    const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
      cwd,
      maxBuffer: MAX_OUTPUT,
      // Without input of ours it keeps the terminal, for a pinentry that asks there.
      stdio: [input === undefined ? 'inherit' : 'pipe', 'pipe', 'pipe'],
      ...(input === undefined ? {} : { input }),
    })
    if (error !== undefined && errorCode(error) !== 'EPIPE') throw cannotStart(program, error)
    if (status !== 0) throw new CliError(lastWords(stderr, signal), { hint: hintFor(stderr.toString()) })
    return stdout
  }
  return {
    secretFingerprints: () => {
      const listing = run(['--batch', '--with-colons', '--list-secret-keys', '--fingerprint'])
      return new Set(keysOf(listing, 'sec').map(({ fingerprint }) => fingerprint))
    },
    publicKeys(query) {
      try {
        return keysOf(run(['--batch', '--with-colons', '--fingerprint', '--list-keys', '--', query]), 'pub')
      } catch (error) {
        if (error instanceof CliError && error.cause === undefined) return []
        throw error
      }
    },
    encrypt: (fingerprint, plaintext, isTrusted) => {
      const trust = isTrusted ? ['--trust-model', 'always'] : []
      return run(['--batch', ...trust, '-o', '-', '-r', `0x${fingerprint}`, '-e'], plaintext)
    },
    decrypt: (path) => run(['-q', '-d', '--', path]),
    exported: (fingerprint) => run(['--batch', '--export', '--', fingerprint]),
  }
}

/** A listing's keys: a `pub` or `sec` record, its fingerprint and its first user id follow it. */
function keysOf(listing: Buffer, record: 'pub' | 'sec'): readonly PublicKey[] {
  const blocks = listing.toString('utf8').split(new RegExp(`^(?=${record}:)`, 'm'))
  return blocks.flatMap((block) => {
    const fields = block.split('\n').map((line) => line.split(':'))
    const find = (kind: string): string | undefined => fields.find(([each]) => each === kind)?.[9]
    const [primary = []] = fields
    const fingerprint = find('fpr')
    if (primary[0] !== record || fingerprint === undefined) return []
    const uid = unescapeField(find('uid') ?? '')
    const validity = primary[1] ?? ''
    const isTrusted = validity === 'f' || validity === 'u'
    return [{ fingerprint, uid, unusable: unusable(validity, primary[11] ?? ''), isTrusted }]
  })
}

const VALIDITY: Readonly<Record<string, string>> = {
  e: 'has expired',
  r: 'is revoked',
  i: 'is invalid',
  d: 'is disabled',
}

/** Capabilities in capitals are those of the whole key, subkeys that still hold included. */
function unusable(validity: string, capabilities: string): string | undefined {
  const reason = VALIDITY[validity] ?? (capabilities.includes('D') ? VALIDITY.d : undefined)
  return reason ?? (capabilities.includes('E') ? undefined : 'has no key for encryption')
}

const unescapeField = (text: string): string =>
  text.replace(/\\x([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))

function cannotStart(program: string, error: Error): CliError {
  const reason = errorCode(error) === 'ENOENT' ? 'is not installed, or not in PATH' : error.message
  return new CliError(`${program} ${reason}`, {
    hint: '--openpgp-key FILE works without gpg; the setting gpg.program names another one',
    cause: error,
  })
}

function lastWords(stderr: Buffer, signal: string | null): string {
  const lines = stderr
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => line.replace(/^gpg: /, ''))
  // The last line is often a general one; the reason stands before it.
  return lines.slice(-2).join('; ') || (signal === null ? 'gpg failed' : `gpg was ended by ${signal}`)
}

function hintFor(words: string): string | undefined {
  if (/no assurance this key belongs/i.test(words))
    return '--trusted encrypts to it all the same, if you have checked the fingerprint'
  if (/Inappropriate ioctl|No pinentry/i.test(words))
    return 'gpg cannot ask for the passphrase here: export GPG_TTY=$(tty)'
  return undefined
}
