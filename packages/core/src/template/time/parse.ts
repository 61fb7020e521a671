import { type ByteString, bytes } from '../text/bytestring.ts'
import { daysInMonth, daysOf, MONTHS, WEEKDAYS } from './calendar.ts'
import { type LayoutPart, readLayout } from './layout.ts'
import { Time } from './time.ts'
import { fixedZone, UTC, type Zone } from './zone.ts'
import { readOffset, readZoneName } from './zone-text.ts'

/** What has been read of a time so far. */
interface Draft {
  rest: string
  year: number
  month: number | undefined
  day: number | undefined
  dayOfYear: number | undefined
  hour: number
  minute: number
  second: number
  nanosecond: number
  half: 'am' | 'pm' | undefined
  utc: boolean
  offset: number | undefined
  zoneName: string
}

/** Why a text is no time of a layout; it holds nothing of the text. */
class Mismatch extends Error {}

const LONGEST_NAME = 9
const MISMATCH = 'value does not match the layout'

/** Reads a time in a Go layout, in UTC where neither names a zone. A string says why there is none. */
export function parseTime(layout: ByteString, value: ByteString): Time | string {
  const draft: Draft = {
    rest: value,
    year: 0,
    month: undefined,
    day: undefined,
    dayOfYear: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    half: undefined,
    utc: false,
    offset: undefined,
    zoneName: '',
  }
  try {
    const parts = readLayout(layout)
    for (const [index, part] of parts.entries()) readPart(draft, part, parts[index + 1])
    if (draft.rest !== '') return MISMATCH
    return finish(draft)
  } catch (error) {
    if (error instanceof Mismatch) return error.message
    throw error
  }
}

function readPart(draft: Draft, { literal, part }: LayoutPart, next: LayoutPart | undefined): void {
  skipLiteral(draft, literal)
  if (part === undefined) return
  const reader = READERS[part]
  if (reader !== undefined) reader(draft)
  else if (/^[.,]/.test(part)) readFraction(draft, part)
  else draft.offset = takeOffset(draft, part)
  // Seconds may have a fraction that the layout does not name.
  if (/^0?5$/.test(part) && !/^[.,]/.test(next?.part ?? '')) looseFraction(draft)
}

const READERS: Readonly<Record<string, (draft: Draft) => void>> = {
  January: (draft) => {
    draft.month = takeName(draft, MONTHS) + 1
  },
  Jan: (draft) => {
    draft.month =
      takeName(
        draft,
        MONTHS.map((name) => name.slice(0, 3)),
      ) + 1
  },
  Monday: (draft) => void takeName(draft, WEEKDAYS),
  Mon: (draft) =>
    void takeName(
      draft,
      WEEKDAYS.map((name) => name.slice(0, 3)),
    ),
  '2006': (draft) => {
    draft.year = take(draft, /^[0-9]{4}/)
  },
  '06': (draft) => {
    const year = take(draft, /^[0-9]{2}/)
    draft.year = year >= 69 ? 1900 + year : 2000 + year
  },
  '01': (draft) => {
    draft.month = within(take(draft, /^[0-9]{2}/), 1, 12, 'month')
  },
  '1': (draft) => {
    draft.month = within(take(draft, /^[0-9]{1,2}/), 1, 12, 'month')
  },
  '02': (draft) => {
    draft.day = take(draft, /^[0-9]{2}/)
  },
  _2: (draft) => {
    draft.day = take(draft, /^ ?[0-9]{1,2}/)
  },
  '2': (draft) => {
    draft.day = take(draft, /^[0-9]{1,2}/)
  },
  '002': (draft) => {
    draft.dayOfYear = take(draft, /^[0-9]{3}/)
  },
  __2: (draft) => {
    draft.dayOfYear = take(draft, /^ {0,2}[0-9]{1,3}/)
  },
  '15': (draft) => {
    draft.hour = within(take(draft, /^[0-9]{1,2}/), 0, 23, 'hour')
  },
  '03': (draft) => {
    draft.hour = within(take(draft, /^[0-9]{2}/), 0, 12, 'hour')
  },
  '3': (draft) => {
    draft.hour = within(take(draft, /^[0-9]{1,2}/), 0, 12, 'hour')
  },
  '04': (draft) => {
    draft.minute = within(take(draft, /^[0-9]{2}/), 0, 59, 'minute')
  },
  '4': (draft) => {
    draft.minute = within(take(draft, /^[0-9]{1,2}/), 0, 59, 'minute')
  },
  '05': (draft) => {
    draft.second = within(take(draft, /^[0-9]{2}/), 0, 59, 'second')
  },
  '5': (draft) => {
    draft.second = within(take(draft, /^[0-9]{1,2}/), 0, 59, 'second')
  },
  PM: (draft) => {
    draft.half = takeText(draft, /^[AP]M/) === 'PM' ? 'pm' : 'am'
  },
  pm: (draft) => {
    draft.half = takeText(draft, /^[ap]m/) === 'pm' ? 'pm' : 'am'
  },
  MST: (draft) => {
    if (draft.rest.startsWith('UTC')) {
      draft.utc = true
      draft.rest = draft.rest.slice(3)
      return
    }
    const name = readZoneName(draft.rest)
    if (name === undefined) throw new Mismatch(MISMATCH)
    draft.zoneName = name
    draft.rest = draft.rest.slice(name.length)
  },
}

function takeText(draft: Draft, pattern: RegExp): string {
  const text = pattern.exec(draft.rest)?.[0]
  if (text === undefined) throw new Mismatch(MISMATCH)
  draft.rest = draft.rest.slice(text.length)
  return text
}

function take(draft: Draft, pattern: RegExp): number {
  return Number(takeText(draft, pattern))
}

function takeName(draft: Draft, names: readonly string[]): number {
  const rest = draft.rest.slice(0, LONGEST_NAME).toLowerCase()
  const index = names.findIndex((name) => rest.startsWith(name.toLowerCase()))
  if (index < 0) throw new Mismatch(MISMATCH)
  draft.rest = draft.rest.slice(names[index]?.length)
  return index
}

function within(value: number, least: number, most: number, name: string): number {
  if (value < least || value > most) throw new Mismatch(`${name} out of range`)
  return value
}

/** A space of the layout stands for any number of spaces, but nothing else may stand there. */
function skipLiteral(draft: Draft, literal: string): void {
  for (let at = 0; at < literal.length; ) {
    if (literal.charAt(at) !== ' ') {
      if (draft.rest.charAt(0) !== literal.charAt(at)) throw new Mismatch(MISMATCH)
      draft.rest = draft.rest.slice(1)
      at += 1
      continue
    }
    if (draft.rest !== '' && !draft.rest.startsWith(' ')) throw new Mismatch(MISMATCH)
    draft.rest = draft.rest.replace(/^ +/, '')
    while (literal.charAt(at) === ' ') at += 1
  }
}

function readFraction(draft: Draft, part: string): void {
  const places = part.length - 1
  if (part.charAt(1) === '9') {
    looseFraction(draft)
    return
  }
  const text = takeText(draft, new RegExp(`^[.,][0-9]{${Math.min(places, 64)}}`))
  if (places > 9 || places !== text.length - 1) throw new Mismatch(MISMATCH)
  draft.nanosecond = Number(text.slice(1).padEnd(9, '0'))
}

function looseFraction(draft: Draft): void {
  const digits = /^[.,]([0-9]+)/.exec(draft.rest)?.[1]
  if (digits === undefined) return
  draft.rest = draft.rest.slice(digits.length + 1)
  draft.nanosecond = Number(digits.slice(0, 9).padEnd(9, '0'))
}

function takeOffset(draft: Draft, part: string): number | undefined {
  if (part.startsWith('Z') && draft.rest.startsWith('Z')) {
    draft.rest = draft.rest.slice(1)
    draft.utc = true
    return draft.offset
  }
  const found = readOffset(draft.rest, part.slice(1))
  if (found === undefined) throw new Mismatch(MISMATCH)
  draft.rest = draft.rest.slice(found.length)
  return found.seconds
}

function finish(draft: Draft): Time | string {
  const days = dayNumber(draft)
  if (typeof days === 'string') return days
  const { half, minute, second, nanosecond } = draft
  const hour = half === 'pm' && draft.hour < 12 ? draft.hour + 12 : half === 'am' && draft.hour === 12 ? 0 : draft.hour
  const zone = zoneOf(draft)
  return Time.ofLocal(days, hour * 3600 + minute * 60 + second, nanosecond, zone)
}

function dayNumber({ year, month, day, dayOfYear }: Draft): number | string {
  if (dayOfYear !== undefined) {
    const length = daysOf(year + 1, 1, 1) - daysOf(year, 1, 1)
    if (dayOfYear < 1 || dayOfYear > length) return 'day-of-year out of range'
    return daysOf(year, 1, dayOfYear)
  }
  const [theMonth, theDay] = [month ?? 1, day ?? 1]
  if (theDay < 1 || theDay > daysInMonth(year, theMonth)) return 'day out of range'
  return daysOf(year, theMonth, theDay)
}

function zoneOf({ utc, offset, zoneName }: Draft): Zone {
  if (utc) return UTC
  if (offset !== undefined) {
    return offset === 0 && (zoneName === '' || zoneName === 'UTC') ? UTC : fixedZone(zoneName, offset)
  }
  if (zoneName === '') return UTC
  const hours = /^GMT([+-][0-9]+)$/.exec(zoneName)?.[1]
  return fixedZone(bytes(zoneName), hours === undefined ? 0 : Number(hours) * 3600)
}
