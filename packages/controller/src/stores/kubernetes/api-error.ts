/** What the API server's refusals mean to the controller, in words that are safe to show. */
import { StoreError, type StoreErrorCode } from '../../ports.ts'
import { type Fields, fields, items, text } from './fields.ts'

const MAX_RETRY_AFTER_MS = 300_000
const MAX_MESSAGE = 512

/** A StoreError that came as an HTTP status (`status` 0: the request got no answer at all). */
export class ApiError extends StoreError {
  readonly status: number
  /** `reason` of the Status object, e.g. `AlreadyExists`. */
  readonly reason: string

  constructor(
    code: StoreErrorCode,
    message: string,
    options: { status: number; reason?: string; retryAfterMs?: number; cause?: unknown },
  ) {
    super(code, message, options)
    this.name = 'ApiError'
    this.status = options.status
    this.reason = options.reason ?? ''
  }

  /** The version asked for is compacted away, or newer than anything the server has: only a new list helps. */
  get expired(): boolean {
    return this.status === 410 || this.reason === 'Expired' || this.reason === 'ResourceVersionTooLarge'
  }
}

/** The response is larger than the caller allows. */
export class TooLarge extends ApiError {
  constructor(maxBytes: number) {
    super('unavailable', `the API server's answer exceeds ${maxBytes} bytes`, { status: 200 })
    this.name = 'TooLarge'
  }
}

export interface Refusal {
  readonly status: number
  /** The parsed body, normally a `Status` object. */
  readonly body: unknown
  readonly retryAfter?: string | undefined
  /** What was tried, e.g. `create secrets app/db`. */
  readonly what: string
  /** True when the request carried Secret values: admission plugins may quote them, so their words are withheld. */
  readonly confidential: boolean
}

export function apiError(refusal: Refusal): ApiError {
  const status = fields(refusal.body)
  const reason = causeReason(status) ?? text(status.reason)
  const code = codeOf(refusal.status, reason, status)
  const words = refusal.confidential ? safeWords(status) : text(status.message)
  const message = `${refusal.what}: ${oneLine(words) || `the API server answered ${refusal.status}`}`
  const retryAfterMs = retryAfter(refusal.retryAfter ?? fields(status.details).retryAfterSeconds)
  return new ApiError(code, message, {
    status: refusal.status,
    reason,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

function codeOf(http: number, reason: string, status: Fields): StoreErrorCode {
  if (http === 409) return reason === 'AlreadyExists' ? 'exists' : 'conflict'
  if (http === 404 || hasCause(status, 'NamespaceTerminating')) return 'not-found'
  if (http === 403 || ADMISSION.test(text(status.message))) return 'denied'
  // 401 is no refusal of a right: a token expired, and the next one is read from its file.
  if (http === 401 || http === 408 || http === 410 || http === 429 || http >= 500) return 'unavailable'
  return http >= 400 ? 'invalid' : 'unavailable'
}

/**
 * A policy or a webhook refuses, with a status of its own choice (422 and 400 are common): the rule may change while the
 * object stays as it is, so that this is more like a missing right than like an invalid object.
 */
const ADMISSION =
  /admission webhook "[^"]*" denied the request|ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request/

const causes = (status: Fields): Fields[] => items(fields(status.details).causes).map(fields)

const hasCause = (status: Fields, reason: string): boolean => causes(status).some((cause) => cause.reason === reason)

const causeReason = (status: Fields): string | undefined =>
  hasCause(status, 'ResourceVersionTooLarge') ? 'ResourceVersionTooLarge' : undefined

/** Refusals whose whole text the API server itself composes from names, never from values. */
const COMPOSED = [
  /User "[^"]*" cannot [a-z]+ resource "[^"]*" in API group "[^"]*"(?: in the namespace "[^"]*"| at the cluster scope)?/,
  /unable to create new content in namespace \S+ because it is being terminated/,
  /exceeded quota: [^,]+, requested: [^,]+, used: [^,]+, limited: \S+/,
  /admission webhook "[^"]*" denied the request/,
  /ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request/,
  /failed calling webhook "[^"]*"/,
  /the object has been modified; please apply your changes to the latest version and try again/,
  /\S+ "[^"]*" already exists/,
  /\S+ "[^"]*" not found/,
  /the namespace of the provided object does not match the namespace sent on the request/,
]

/** What a Status says about a Secret, without any of its values: known sentences, fields and their complaints. */
function safeWords(status: Fields): string {
  const complaints = causes(status)
    .map((cause) => `${text(cause.field)}: ${complaint(text(cause.message))}`)
    .filter((line) => line !== ': ')
  const message = text(status.message)
  const sentence = COMPOSED.map((pattern) => pattern.exec(message)?.[0]).find((found) => found !== undefined)
  if (sentence !== undefined) return sentence
  return complaints.length > 0 ? complaints.join('; ') : text(status.reason)
}

/** `Invalid value: "hunter2": must be a number` becomes `Invalid value: must be a number`; quotes elsewhere go too. */
function complaint(message: string): string {
  const colon = message.indexOf(': ')
  const last = message.lastIndexOf(': ')
  const kept = colon < 0 || colon === last ? message : `${message.slice(0, colon)}: ${message.slice(last + 2)}`
  return kept.replaceAll(/"(?:[^"\\]|\\.)*"?/g, '"..."')
}

function oneLine(words: string): string {
  const line = words.replaceAll(/\s+/g, ' ').trim()
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)}...` : line
}

/** Seconds, or an HTTP date (RFC 9110, 10.2.3). */
function retryAfter(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const seconds = Number(value)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(String(value)) - Date.now()
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined
}
