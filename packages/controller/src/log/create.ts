import { destination, type Logger, pino } from 'pino'
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
  /** Warnings and errors go to standard error; all else too, unless this is set. */
  readonly stdout?: boolean
  /** Takes whole lines; default: written at once so that nothing is lost at exit. */
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
  const stderr = options.write ?? writerTo(2)
  const stdout = options.stdout === true ? writerTo(1) : stderr
  const [low, high] = [loggerTo(stdout, options), loggerTo(stderr, options)]
  return {
    debug: (message, fields) => low.debug(safe(fields), message),
    info: (message, fields) => low.info(safe(fields), message),
    warn: (message, fields) => high.warn(safe(fields), message),
    error: (message, fields) => high.error(safe(fields), message),
  }
}

type Write = (line: string) => void

function writerTo(descriptor: number): Write {
  const target = destination({ dest: descriptor, sync: true })
  return (line) => void target.write(line)
}

function loggerTo(write: Write, { level, format }: LogOptions): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: format === 'json' ? write : (line) => write(toText(line)) },
  )
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
