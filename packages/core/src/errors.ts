/** Every way the library fails. Programs decide by the code, never by the message. */
export type ErrorCode =
  /** Text that is no base64, or an envelope shorter than its length field says: visible without any key. */
  | 'malformed'
  /** No key opened it. The one failure of opening: which check failed is not told, nor does it show in the message. */
  | 'no-key'
  | 'bad-certificate'
  | 'certificate-expired'
  | 'unsupported-key'
  | 'bad-key'
  /** Not YAML or JSON, too large, an alias bomb, duplicate keys, wrong encoding. */
  | 'bad-document'
  /** Parsed, but not a well-formed Secret or SealedSecret; the message names the field. */
  | 'bad-manifest'
  | 'not-a-secret'
  | 'missing-name'
  | 'missing-namespace'
  | 'namespace-mismatch'
  | 'bad-scope'
  | 'empty-secret'
  /** The deprecated `spec.data` is there and was not allowed. */
  | 'deprecated-data'
  /** There is a template, and nothing was given to render it. */
  | 'template-unsupported'
  /** The text is no template of Go's text/template. */
  | 'bad-template'
  /** The template does not come to its end; the message holds nothing of the data. */
  | 'template-failed'

export interface ErrorDetails {
  /** What the person can do about it, one sentence. */
  readonly hint?: string
  readonly cause?: unknown
}

/** The error of this package. The message is lower case, says what and where, and never holds a secret value. */
export class WaxsealError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'WaxsealError'
    this.code = code
    this.hint = details.hint
  }
}
