import { type ByteString, bytes } from '../text/bytestring.ts'
import { INT64 } from '../text/numbers.ts'

/** Durations are nanoseconds in an int64, as Go's are. */

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1000n],
  ['\xc2\xb5s', 1000n],
  ['\xce\xbcs', 1000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
])
const TERM = /^([0-9]*)(?:\.([0-9]*))?([^.0-9]*)/

export const NANOSECONDS = 1_000_000_000n

/** Reads `1h2m3.5s`; undefined where it is no duration. */
export function parseDuration(text: ByteString): bigint | undefined {
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  let rest = text.slice(sign.length)
  if (rest === '0') return 0n
  if (rest === '' || rest.length > 128) return undefined
  let total = 0n
  while (rest !== '') {
    const [term = '', whole = '', fraction = '', unit = ''] = TERM.exec(rest) ?? []
    const size = UNITS.get(unit)
    if (size === undefined || whole + fraction === '') return undefined
    total += BigInt(whole === '' ? '0' : whole) * size
    if (fraction !== '') total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length)
    rest = rest.slice(term.length)
  }
  const value = sign === '-' ? -total : total
  return value < INT64.least || value > INT64.most ? undefined : value
}

/** `1h2m3.5s`, `1.5ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): ByteString {
  if (nanoseconds === 0n) return bytes('0s')
  const sign = nanoseconds < 0n ? '-' : ''
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds
  if (size < 1000n) return bytes(`${sign}${size}ns`)
  if (size < 1_000_000n) return bytes(`${sign}${decimal(size, 1000n)}\xc2\xb5s`)
  if (size < NANOSECONDS) return bytes(`${sign}${decimal(size, 1_000_000n)}ms`)
  const minutes = size / (60n * NANOSECONDS)
  const seconds = `${decimal(size % (60n * NANOSECONDS), NANOSECONDS)}s`
  if (minutes === 0n) return bytes(sign + seconds)
  const hours = minutes / 60n
  return bytes(hours === 0n ? `${sign}${minutes}m${seconds}` : `${sign}${hours}h${minutes % 60n}m${seconds}`)
}

function decimal(value: bigint, unit: bigint): string {
  const places = String(unit).length - 1
  const fraction = String(value % unit)
    .padStart(places, '0')
    .replace(/0+$/, '')
  return fraction === '' ? String(value / unit) : `${value / unit}.${fraction}`
}

const LONG_UNITS: readonly (readonly [name: string, nanoseconds: bigint])[] = [
  ['y', 8760n * 3_600_000_000_000n],
  ['mo', 720n * 3_600_000_000_000n],
  ['d', 24n * 3_600_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
]

/** The largest unit that is less than the whole: `2h`, `60m`, `3mo`. */
export function roundDuration(nanoseconds: bigint): ByteString {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds
  const unit = LONG_UNITS.find(([, length]) => size > length)
  return bytes(unit === undefined ? '0s' : `${size / unit[1]}${unit[0]}`)
}
