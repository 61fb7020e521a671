import { ABBREVIATIONS, WITHOUT_LETTERS } from './abbreviations.ts'
import { daysOf } from './calendar.ts'

/** What a zone's clocks show at an instant. */
export interface Offset {
  /** `CEST`; `-03` where a zone has no letters; empty for an offset without a name. */
  readonly name: string
  /** Seconds east of UTC. */
  readonly seconds: number
}

export interface Zone {
  at(unixSeconds: number): Offset
}

export function fixedZone(name: string, seconds: number): Zone {
  const offset = { name, seconds }
  return { at: () => offset }
}

export const UTC: Zone = fixedZone('UTC', 0)

/** Names that Go looks for in its database, which holds no offsets and no paths, and tells capitals apart. */
const NAME = /^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*)*$/
const QUARTER_HOUR = 900
/** Dates that Intl knows. */
const FARTHEST = 8_640_000_000_000

/**
 * A zone of the IANA database as the engine's Intl has it. The local zone is UTC, as in a container.
 * Undefined for a name that is no zone.
 */
export function findZone(name: string): Zone | undefined {
  if (name === '' || name === 'UTC' || name === 'Local') return UTC
  if (!NAME.test(name) || name.length > 64) return undefined
  try {
    return new IntlZone(name)
  } catch {
    return undefined
  }
}

/** Links of the database that Intl has no names for. */
const LINKS: ReadonlyMap<string, string> = new Map([
  ['Europe/Guernsey', 'Europe/London'],
  ['Europe/Isle_of_Man', 'Europe/London'],
  ['Europe/Jersey', 'Europe/London'],
])

class IntlZone implements Zone {
  private readonly clock: Intl.DateTimeFormat
  private readonly naming: Intl.DateTimeFormat
  private readonly hasLetters: boolean

  constructor(name: string) {
    const timeZone = LINKS.get(name) ?? name
    this.hasLetters = !WITHOUT_LETTERS.has(name)
    const numeric = 'numeric'
    this.clock = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      era: 'short',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    })
    this.naming = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'long' })
  }

  at(unixSeconds: number): Offset {
    const date = new Date(Math.max(-FARTHEST, Math.min(FARTHEST, unixSeconds)) * 1000)
    const parts = new Map(this.clock.formatToParts(date).map(({ type, value }) => [type, value]))
    const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type))
    const year = parts.get('era') === 'BC' ? 1 - part('year') : part('year')
    const days = daysOf(year, part('month'), part('day'))
    const local = days * 86_400 + part('hour') * 3600 + part('minute') * 60 + part('second')
    const seconds = local - Math.floor(date.getTime() / 1000)
    return { name: this.nameAt(date, seconds), seconds }
  }

  private nameAt(date: Date, seconds: number): string {
    const long = this.naming.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    // Before zones there was each place's own time, by the sun.
    if (seconds % QUARTER_HOUR !== 0) return 'LMT'
    const letters = this.hasLetters ? ABBREVIATIONS.get(long) : undefined
    return letters ?? numericName(seconds)
  }
}

/** How the database names offsets without letters: `-03`, `+0545`. */
function numericName(seconds: number): string {
  const minutes = Math.floor(Math.abs(seconds) / 60)
  const two = (value: number): string => String(value).padStart(2, '0')
  const rest = minutes % 60 === 0 ? '' : two(minutes % 60)
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${rest}`
}
