import { WaxsealError } from '../errors.ts'

/**
 * Why a key file is refused. `incompatible`: a newer format, or a field that must not be ignored; `legacy`: from before the format,
 * for `migrate-key` only.
 */
export type KeyFileReason = 'malformed' | 'incompatible' | 'no-entries' | 'bad-name' | 'legacy'

/** A key file that is not taken. Its message never holds key material. */
export class KeyFileError extends WaxsealError {
  readonly reason: KeyFileReason

  constructor(reason: KeyFileReason, message: string, hint?: string) {
    super('bad-key', message, hint === undefined ? {} : { hint })
    this.name = 'KeyFileError'
    this.reason = reason
  }
}
