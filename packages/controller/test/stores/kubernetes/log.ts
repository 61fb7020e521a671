import type { Log, LogFields } from '../../../src/log/log.ts'

export interface Line {
  readonly level: keyof Log
  readonly message: string
  readonly fields: LogFields | undefined
}

/** A log that keeps its lines. */
export function memoryLog(): { log: Log; lines: Line[] } {
  const lines: Line[] = []
  const write =
    (level: keyof Log) =>
    (message: string, fields?: LogFields): void =>
      void lines.push({ level, message, fields })
  return { log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }, lines }
}
