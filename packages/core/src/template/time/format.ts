import { type ByteString, bytes } from '../text/bytestring.ts'
import { MONTHS, WEEKDAYS } from './calendar.ts'
import { readLayout } from './layout.ts'
import type { Fields } from './time.ts'

/** Writes a time in a Go layout. */
export function formatTime(time: Fields, layout: ByteString): ByteString {
  let out = ''
  for (const { literal, part } of readLayout(layout)) {
    out += literal
    if (part !== undefined) out += formatPart(time, part)
  }
  return bytes(out)
}

const two = (value: number): string => String(value).padStart(2, '0')
const twelve = (hour: number): number => (hour % 12 === 0 ? 12 : hour % 12)

const FORMATS: Readonly<Record<string, (time: Fields) => string>> = {
  January: (time) => MONTHS[time.month - 1] ?? '',
  Jan: (time) => MONTHS[time.month - 1]?.slice(0, 3) ?? '',
  Monday: (time) => WEEKDAYS[time.weekday] ?? '',
  Mon: (time) => WEEKDAYS[time.weekday]?.slice(0, 3) ?? '',
  MST: ({ offset }) => (offset.name === '' ? numericOffset(offset.seconds, false) : offset.name),
  '2006': ({ year }) => (year < 0 ? `-${String(-year).padStart(4, '0')}` : String(year).padStart(4, '0')),
  '06': ({ year }) => two(Math.abs(year) % 100),
  '01': ({ month }) => two(month),
  '1': ({ month }) => String(month),
  '02': ({ day }) => two(day),
  _2: ({ day }) => String(day).padStart(2),
  '2': ({ day }) => String(day),
  '002': ({ dayOfYear }) => String(dayOfYear).padStart(3, '0'),
  __2: ({ dayOfYear }) => String(dayOfYear).padStart(3),
  '15': ({ hour }) => two(hour),
  '03': ({ hour }) => two(twelve(hour)),
  '3': ({ hour }) => String(twelve(hour)),
  '04': ({ minute }) => two(minute),
  '4': ({ minute }) => String(minute),
  '05': ({ second }) => two(second),
  '5': ({ second }) => String(second),
  PM: ({ hour }) => (hour >= 12 ? 'PM' : 'AM'),
  pm: ({ hour }) => (hour >= 12 ? 'pm' : 'am'),
}

function formatPart(time: Fields, part: string): string {
  const format = FORMATS[part]
  if (format !== undefined) return format(time)
  if (part.startsWith('.') || part.startsWith(',')) return fraction(time.nanosecond, part)
  const { seconds } = time.offset
  if (part.startsWith('Z') && seconds === 0) return 'Z'
  const colons = part.includes(':')
  const whole = numericOffset(seconds, colons)
  if (part.length === 3) return whole.slice(0, 3)
  const withSeconds = part.length > (colons ? 6 : 5)
  return withSeconds ? `${whole}${colons ? ':' : ''}${two(Math.abs(seconds) % 60)}` : whole
}

function numericOffset(seconds: number, colon: boolean): string {
  const minutes = Math.floor(Math.abs(seconds) / 60)
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${colon ? ':' : ''}${two(minutes % 60)}`
}

/** `.000` shows so many digits, `.999` drops the zeros at the end. */
function fraction(nanosecond: number, part: string): string {
  const digits = String(nanosecond)
    .padStart(9, '0')
    .padEnd(part.length - 1, '0')
    .slice(0, part.length - 1)
  if (part.charAt(1) === '0') return part.charAt(0) + digits
  const kept = digits.replace(/0+$/, '')
  return kept === '' ? '' : part.charAt(0) + kept
}
