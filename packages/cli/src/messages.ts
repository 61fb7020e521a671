import { WaxsealError } from '@waxseal/core'

/** A failure a person can act on. `message`: lower case, what and where, no trailing dot; `hint`: what to try. */
export class CliError extends Error {
  override readonly name: string = 'CliError'
  readonly hint: string | undefined
  readonly exitCode: number = 1

  constructor(message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.hint = options.hint
  }
}

/** The command line itself is wrong: exit code 2. */
export class UsageError extends CliError {
  override readonly name: string = 'UsageError'
  override readonly exitCode: number = 2
}

/** The reader of stdout went away (`| head`). Nobody is left to tell, so nothing is said. */
export class ClosedPipe extends Error {
  override readonly name: string = 'ClosedPipe'
}

/** 128 + SIGPIPE: what a shell reports for a program that the signal ended. */
const CLOSED_PIPE_EXIT = 141

export interface Report {
  /** Lines for stderr without the `error: ` label; empty when there is nothing to say. */
  readonly message: string
  readonly hint: string | undefined
  readonly exitCode: number
}

/**
 * What to tell the person about a thrown value. Only messages written for people are shown: any other error's text may
 * quote the input, which holds secrets, so of those only the kind is named.
 */
export function describe(error: unknown): Report {
  if (error instanceof ClosedPipe) return { message: '', hint: undefined, exitCode: CLOSED_PIPE_EXIT }
  if (error instanceof CliError) return { message: error.message, hint: error.hint, exitCode: error.exitCode }
  if (isWaxsealError(error)) return { message: error.message, hint: error.hint, exitCode: 1 }
  const kind = error instanceof Error ? error.name : typeof error
  return {
    message: `unexpected failure (${kind})`,
    hint: 'this is a defect: report it with the command, without its secrets; WAXSEAL_DEBUG=1 shows where it happened',
    exitCode: 1,
  }
}

/** By name as well: modules that are loaded late are bundled apart, with their own copy of the class. */
export function isWaxsealError(error: unknown): error is WaxsealError {
  return error instanceof WaxsealError || (error instanceof Error && error.name === 'WaxsealError')
}

/** Puts what was being worked on in front of a message; the hint stays. */
export function within(where: string, error: unknown): unknown {
  if (error instanceof CliError || error instanceof WaxsealError) {
    return new CliError(`${where}: ${error.message}`, { hint: error.hint, cause: error })
  }
  return error
}

/** The text of a system error, in the words of Go and of strerror: `no such file or directory`. */
export function systemReason(error: unknown): string {
  const code = errorCode(error)
  if (code === undefined) return 'failed'
  return REASONS[code] ?? code
}

/** A Node system error's code such as ENOENT, also where it is wrapped as a cause. */
export function errorCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code: unknown = Reflect.get(at, 'code')
    if (typeof code === 'string') return code
  }
  return undefined
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
  EFBIG: 'file too large',
  EEXIST: 'file exists',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
  EMFILE: 'too many open files',
  EIO: 'input/output error',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host (the name service does not answer)',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'timed out',
  UND_ERR_CONNECT_TIMEOUT: 'timed out',
  UND_ERR_HEADERS_TIMEOUT: 'timed out',
  UND_ERR_BODY_TIMEOUT: 'timed out',
  UND_ERR_SOCKET: 'connection closed',
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is signed by an unknown authority",
  SELF_SIGNED_CERT_IN_CHAIN: "the server's certificate is signed by an unknown authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the server's certificate is signed by an unknown authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the server's certificate is signed by an unknown authority",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another host name",
  EPROTO: 'TLS handshake failed',
}
