import { describeError } from '../../src/log/describe.ts'
import type { Log, LogFields } from '../../src/log/log.ts'

export interface Line extends LogFields {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
}

/** A log that keeps its lines, with errors reduced as the real one does. */
export class Recorder implements Log {
  readonly lines: Line[] = []

  debug(message: string, fields?: LogFields): void {
    this.#keep('debug', message, fields)
  }

  info(message: string, fields?: LogFields): void {
    this.#keep('info', message, fields)
  }

  warn(message: string, fields?: LogFields): void {
    this.#keep('warn', message, fields)
  }

  error(message: string, fields?: LogFields): void {
    this.#keep('error', message, fields)
  }

  #keep(level: Line['level'], message: string, fields: LogFields = {}): void {
    const error = fields.error === undefined ? {} : { error: describeError(fields.error) }
    this.lines.push({ level, message, ...fields, ...error })
  }
}
