import { encodeRune } from '../text/bytestring.ts'
import { binaryParts, formatFloat } from '../text/floats.ts'
import { quoteRune, unicodeName } from '../text/quote.ts'
import type { Complex } from '../value/values.ts'
import { type Flags, pad } from './flags.ts'

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }
const PREFIXES: Readonly<Record<string, string>> = { b: '0b', x: '0x', X: '0X' }

/** Undefined for a verb that integers do not have. */
export function formatInteger(value: bigint, verb: string, flags: Flags): string | undefined {
  if (verb === 'c') return pad(encodeRune(runeOf(value)), flags)
  if (verb === 'q') return pad(quoteRune(runeOf(value), flags.plus), flags)
  if (verb === 'U') return formatUnicode(value, flags)
  const base = BASES[verb]
  return base === undefined ? undefined : formatDigits(value, base, verb, flags)
}

function formatDigits(value: bigint, base: number, verb: string, flags: Flags): string {
  const { precision, width } = flags
  if (precision === 0 && value === 0n) return pad('', flags, false)
  const signed = value < 0n || flags.plus || flags.space
  const zeros = flags.zero && !flags.minus && width !== undefined ? width - (signed ? 1 : 0) : 0
  const lower = (value < 0n ? -value : value).toString(base).padStart(precision ?? zeros, '0')
  const digits = verb === 'X' ? lower.toUpperCase() : lower
  const octal = verb === 'O' ? '0o' : ''
  const marked = flags.sharp ? (base === 8 ? (digits.startsWith('0') ? '' : '0') : (PREFIXES[verb] ?? '')) : ''
  const sign = value < 0n ? '-' : flags.plus ? '+' : flags.space ? ' ' : ''
  return pad(`${sign}${octal}${marked}${digits}`, flags, false)
}

function runeOf(value: bigint): number {
  return value < 0n || value > 0x10ffffn ? 0xfffd : Number(value)
}

function formatUnicode(value: bigint, flags: Flags): string {
  const digits = BigInt.asUintN(64, value)
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(flags.precision ?? 4, 4), '0')
  const named =
    flags.sharp && value >= 0n && value <= 0x10ffffn ? unicodeName(Number(value), true).split(' ')[1] : undefined
  return pad(`U+${digits}${named === undefined ? '' : ` ${named}`}`, flags, false)
}

/** Undefined for a verb that floats do not have. */
export function formatFloatVerb(value: number, verb: string, flags: Flags): string | undefined {
  const text = floatText(value, verb, flags.precision)
  if (text === undefined) return undefined
  const signed = /^[+-]/.test(text) ? text : `+${text}`
  const number = flags.space && !flags.plus && signed.startsWith('+') ? ` ${signed.slice(1)}` : signed
  if (/^.[IN]/.test(number)) {
    const bare = number.charAt(1) === 'N' && !flags.space && !flags.plus
    return pad(
      bare ? number.slice(1) : number === '+Inf' && !flags.plus && !flags.space ? '+Inf' : number,
      flags,
      false,
    )
  }
  const whole = flags.sharp ? withPoint(number, verb, flags.precision) : number
  if (!flags.plus && whole.startsWith('+')) return pad(whole.slice(1), flags)
  if (flags.zero && !flags.minus && (flags.width ?? 0) > whole.length) {
    return whole.charAt(0) + whole.slice(1).padStart((flags.width ?? 0) - 1, '0')
  }
  return pad(whole, flags)
}

function floatText(value: number, verb: string, precision: number | undefined): string | undefined {
  switch (verb) {
    case 'v':
      return formatFloat(value, 'g', precision)
    case 'g':
    case 'G':
      return formatFloat(value, verb, precision)
    case 'e':
    case 'E':
      return formatFloat(value, verb, precision ?? 6)
    case 'f':
    case 'F':
      return formatFloat(value, 'f', precision ?? 6)
    case 'b':
      return binaryText(value)
    case 'x':
      return hexadecimalText(value, precision)
    case 'X':
      return hexadecimalText(value, precision).replace(/[a-z]/g, (letter) => letter.toUpperCase())
    default:
      return undefined
  }
}

function binaryText(value: number): string {
  if (!Number.isFinite(value)) return formatFloat(value, 'g')
  const { mantissa, exponent } = binaryParts(Math.abs(value))
  return `${value < 0 ? '-' : ''}${mantissa}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`
}

/** `0x1.8p+01`: a digit, so many behind the point or as many as there are, and a power of two. */
function hexadecimalText(value: number, precision: number | undefined): string {
  if (!Number.isFinite(value)) return formatFloat(value, 'g')
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const { mantissa, exponent } = binaryParts(Math.abs(value))
  if (mantissa === 0n) return `${sign}0x0${(precision ?? 0) > 0 ? `.${'0'.repeat(precision ?? 0)}` : ''}p+00`
  // The first digit is 1, and 52 bits follow.
  const missing = 53 - mantissa.toString(2).length
  let digits = mantissa << BigInt(missing)
  let power = exponent - missing + 52
  const dropped = BigInt(precision === undefined || precision >= 13 ? 0 : 52 - 4 * precision)
  if (dropped > 0n) {
    const half = 1n << (dropped - 1n)
    const rest = digits & ((1n << dropped) - 1n)
    const whole = digits >> dropped
    digits = (rest > half || (rest === half && whole % 2n === 1n) ? whole + 1n : whole) << dropped
  }
  if (digits >> 53n === 1n) {
    digits >>= 1n
    power += 1
  }
  const fraction = (digits & ((1n << 52n) - 1n)).toString(16).padStart(13, '0')
  const shown =
    precision === undefined ? fraction.replace(/0+$/, '') : fraction.padEnd(precision, '0').slice(0, precision)
  const size = String(Math.abs(power)).padStart(2, '0')
  return `${sign}0x1${shown === '' ? '' : `.${shown}`}p${power < 0 ? '-' : '+'}${size}`
}

/** The flag `#` keeps the point and, for g, the zeros at the end. */
function withPoint(number: string, verb: string, precision: number | undefined): string {
  const sign = number.charAt(0)
  const end = number.search(/[xX]/.test(verb) ? /p|P|$/ : /e|E|$/)
  const mantissa = number.slice(1, end)
  const significant = mantissa.replace('.', '').replace(/^0+/, '').length
  let missing = /[vgGx]/.test(verb) ? (precision ?? 6) - significant : 0
  if (mantissa === '0') missing -= 1
  const point = mantissa.includes('.') ? '' : '.'
  return sign + mantissa + point + '0'.repeat(Math.max(missing, 0)) + number.slice(end)
}

export function formatComplex(value: Complex, verb: string, flags: Flags): string | undefined {
  const real = formatFloatVerb(value.real, verb, flags)
  const imaginary = formatFloatVerb(value.imaginary, verb, { ...flags, plus: true })
  return real === undefined || imaginary === undefined ? undefined : `(${real}${imaginary}i)`
}
