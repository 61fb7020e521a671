/** Decimal digits of a float: `0.d1d2d3... * 10^point`. */
export interface Digits {
  readonly digits: string
  readonly point: number
}

/** No float has more digits behind the point. */
const MOST_PLACES = 1100

/** The fewest digits that tell the float from all others. Finite and not negative. */
export function shortestDigits(value: number): Digits {
  if (value === 0) return { digits: '', point: 0 }
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 }
}

/** All digits up to so many places behind the point, rounded half to even on the exact value. */
function fixedDigits(value: number, places: number): Digits {
  const kept = Math.max(-400, Math.min(places, MOST_PLACES))
  const digits = String(scaled(value, kept))
  return digits === '0' ? { digits: '', point: 0 } : { digits, point: digits.length - kept }
}

/** So many digits from the first that is not zero, rounded half to even on the exact value. */
function roundedDigits(value: number, count: number): Digits {
  if (value === 0) return { digits: '', point: 0 }
  const { point } = shortestDigits(value)
  const first = fixedDigits(value, count - point)
  // Rounding up may have made one digit more, 9.99 to 10.0: round again with that in mind.
  return first.digits.length > count ? fixedDigits(value, count - first.point) : first
}

const buffer = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n

/** The float as `mantissa * 2^exponent`, exactly. */
export function binaryParts(value: number): { mantissa: bigint; exponent: number } {
  const bits = buffer(value)
  const biased = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xf_ffff_ffff_ffffn
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 }
}

/** `value * 10^places` as the nearest integer, half to even. */
function scaled(value: number, places: number): bigint {
  const { mantissa, exponent } = binaryParts(value)
  const top = mantissa * 10n ** BigInt(Math.max(places, 0)) * 2n ** BigInt(Math.max(exponent, 0))
  const bottom = 10n ** BigInt(Math.max(-places, 0)) * 2n ** BigInt(Math.max(-exponent, 0))
  const whole = top / bottom
  const twice = (top % bottom) * 2n
  return twice > bottom || (twice === bottom && whole % 2n === 1n) ? whole + 1n : whole
}

/** `1.234e+06` with so many digits behind the point. */
export function exponential({ digits, point }: Digits, places: number, letter: string): string {
  const mantissa = `${digits.charAt(0) || '0'}${fractionText(digits.slice(1), places)}`
  const exponent = digits === '' ? 0 : point - 1
  const size = String(Math.abs(exponent)).padStart(2, '0')
  return `${mantissa}${letter}${exponent < 0 ? '-' : '+'}${size}`
}

/** `1234.50` with so many digits behind the point. */
export function positional({ digits, point }: Digits, places: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0'
  const fraction = point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits
  return whole + fractionText(fraction, places)
}

function fractionText(digits: string, places: number): string {
  return places > 0 ? `.${digits.slice(0, places).padEnd(places, '0')}` : ''
}

/**
 * Go's strconv.FormatFloat for the verbs e, f and g, with precision undefined for the fewest digits.
 * Inf and NaN as Go writes them, with a sign where there is one.
 */
export function formatFloat(value: number, verb: 'e' | 'E' | 'f' | 'g' | 'G', precision?: number): string {
  if (Number.isNaN(value)) return 'NaN'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const size = Math.abs(value)
  if (size === Infinity) return `${sign === '' ? '+' : '-'}Inf`
  return sign + formatSize(size, verb, precision)
}

function formatSize(size: number, verb: 'e' | 'E' | 'f' | 'g' | 'G', precision: number | undefined): string {
  if (verb === 'f') {
    const digits = precision === undefined ? shortestDigits(size) : fixedDigits(size, precision)
    return positional(digits, precision ?? Math.max(digits.digits.length - digits.point, 0))
  }
  if (verb === 'e' || verb === 'E') {
    const digits = precision === undefined ? shortestDigits(size) : roundedDigits(size, precision + 1)
    return exponential(digits, precision ?? Math.max(digits.digits.length - 1, 0), verb)
  }
  return formatGeneral(size, verb === 'g' ? 'e' : 'E', precision)
}

function formatGeneral(size: number, letter: string, precision: number | undefined): string {
  const wanted = precision === 0 ? 1 : precision
  const found = wanted === undefined ? shortestDigits(size) : roundedDigits(size, wanted)
  const digits = { digits: found.digits.replace(/0+$/, ''), point: found.point }
  const count = digits.digits.length
  const exponent = count === 0 ? -1 : digits.point - 1
  let limit = wanted ?? 6
  if (wanted !== undefined && wanted > count && count >= digits.point) limit = count
  if (exponent < -4 || exponent >= limit) {
    const places = Math.max((wanted !== undefined && wanted < count ? wanted : count) - 1, 0)
    return exponential(digits, places, letter)
  }
  return positional(digits, Math.max(count - digits.point, 0))
}
