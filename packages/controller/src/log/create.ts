import { destination, pino } from 'pino'
import { describeError } from './describe.ts'
import type { Log, LogFields } from './log.ts'
import { toText } from './text.ts'

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof LEVELS)[number]

export const FORMATS = ['text', 'json'] as const
export type Format = (typeof FORMATS)[number]

export interface LogOptions {
  readonly level: Level
  readonly format: Format
  /** Takes whole lines; default: standard error, written at once so that nothing is lost at exit. */
  readonly write?: (line: string) => void
}

/** The names a line may carry. Anything else a caller smuggles in is dropped. */
const FIELDS: readonly (keyof LogFields)[] = [
  'object',
  'resource',
  'verb',
  'path',
  'address',
  'detail',
  'fingerprint',
  'release',
  'signal',
  'status',
  'count',
  'attempt',
  'delayMs',
  'durationMs',
]

export function createLog(options: LogOptions): Log {
  const stderr = destination({ dest: 2, sync: true })
  const write = options.write ?? ((line: string) => void stderr.write(line))
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: options.format === 'json' ? write : (line) => write(toText(line)) },
  )
  return {
    debug: (message, fields) => logger.debug(safe(fields), message),
    info: (message, fields) => logger.info(safe(fields), message),
    warn: (message, fields) => logger.warn(safe(fields), message),
    error: (message, fields) => logger.error(safe(fields), message),
  }
}

function safe(fields: LogFields = {}): Record<string, string | number> {
  const kept: Record<string, string | number> = {}
  for (const name of FIELDS) {
    const value = fields[name]
    if (typeof value === 'string' || typeof value === 'number') kept[name] = value
  }
  if (fields.error !== undefined) kept.error = describeError(fields.error)
  return kept
}
