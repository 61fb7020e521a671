/**
 * The log as the parts of the controller see it. Redaction is by construction: a line consists of a fixed text and of
 * the fields below, none of which takes an object, a header, a body or a value.
 */
export interface LogFields {
  /** `namespace/name` of a SealedSecret, Secret or key Secret. */
  readonly object?: string
  /** Plural name of an API resource. */
  readonly resource?: string
  readonly verb?: string
  /** A path of the file system, or a route of the HTTP server. */
  readonly path?: string
  readonly address?: string
  /** Text this program made from public facts (an event's message, a reason). */
  readonly detail?: string
  /** Reduced to a safe text by `describeError`. */
  readonly error?: unknown
  readonly fingerprint?: string
  readonly release?: string
  readonly signal?: string
  readonly status?: number
  readonly count?: number
  readonly attempt?: number
  readonly delayMs?: number
  readonly durationMs?: number
}

export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}
