import { WaxsealError } from '@waxseal/core'
import { StoreError } from '../ports.ts'
import { codeOf, systemReason } from '../system-error.ts'

/**
 * A text about an error that is safe to log and to show. The messages of this program's own errors are; of the operating
 * system's, reason and path; of everything else only the class and where it was thrown, because the message of a
 * library (an ApiException has body and headers in it) may hold anything.
 */
export function describeError(error: unknown): string {
  if (error instanceof WaxsealError || error instanceof StoreError || error instanceof FileProblem) return error.message
  if (!(error instanceof Error)) return 'unknown error'
  const code = codeOf(error)
  if (code !== undefined) {
    const path = 'path' in error && typeof error.path === 'string' ? `${error.path}: ` : ''
    return `${path}${systemReason(code)}`
  }
  return `${error.name}${frameOf(error)}`
}

/** Where it was thrown. The stack begins with the message, which may have lines that look like frames. */
function frameOf({ stack = '', message }: Error): string {
  const start = stack.indexOf(message)
  if (start < 0) return ''
  const frame = stack
    .slice(start + message.length)
    .split('\n')
    .find((line) => /^\s+at /.test(line))
  return frame === undefined ? '' : ` ${frame.trim()}`
}

/** Something is wrong with a file or folder the user gave; the message names it and holds none of its content. */
export class FileProblem extends Error {
  readonly hint: string | undefined

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'FileProblem'
    this.hint = options.hint
  }
}
