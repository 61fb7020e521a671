/** Reads numbers as Go's strconv does. Undefined stands for a syntax error and for a value out of range. */

export interface Bounds {
  readonly least: bigint
  readonly most: bigint
}

export const INT64: Bounds = { least: -(2n ** 63n), most: 2n ** 63n - 1n }
export const UINT64: Bounds = { least: 0n, most: 2n ** 64n - 1n }

const DIGITS: Readonly<Record<number, RegExp>> = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^[0-9]+$/, 16: /^[0-9a-fA-F]+$/ }
const PREFIX: Readonly<Record<number, string>> = { 2: '0b', 8: '0o', 10: '', 16: '0x' }
/** Longer than any number in bounds, leading zeros set aside. */
const LONGEST = 4096

/** Base 0 takes the base from a prefix, and underscores between digits. */
export function parseInteger(text: string, base: 0 | 8 | 10, bounds: Bounds = INT64): bigint | undefined {
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  if (sign !== '' && bounds.least === 0n) return undefined
  const body = text.slice(sign.length)
  if (body.length > LONGEST) return undefined
  const plain = base === 0 ? plainDigits(body) : { digits: body, base }
  if (plain === undefined || DIGITS[plain.base]?.test(plain.digits) !== true) return undefined
  const size = BigInt(`${PREFIX[plain.base] ?? ''}${plain.digits}`)
  const value = sign === '-' ? -size : size
  return value < bounds.least || value > bounds.most ? undefined : value
}

function plainDigits(body: string): { digits: string; base: number } | undefined {
  if (body.includes('_') && !underscoresFit(body)) return undefined
  const prefix = body.slice(0, 2).toLowerCase()
  const base = prefix === '0x' ? 16 : prefix === '0o' ? 8 : prefix === '0b' ? 2 : 10
  const digits = (base === 10 ? body : body.slice(2)).replaceAll('_', '')
  if (base === 10 && digits.length > 1 && digits.startsWith('0')) return { digits: digits.slice(1), base: 8 }
  return { digits, base }
}

/** Underscores stand between digits, or between the prefix and a digit. */
function underscoresFit(body: string): boolean {
  const rest = body.replace(/^0[xobXOB]/, '0')
  const digit = /^0[xX]/.test(body) ? '[0-9a-fA-F]' : '[0-9]'
  return !new RegExp(`(?<!${digit})_|_(?!${digit})`).test(rest)
}

const DECIMAL = /^[+-]?(?:[0-9_]+\.?[0-9_]*|\.[0-9_]+)(?:[eE][+-]?[0-9_]+)?$/
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F_]*)\.?([0-9a-fA-F_]*)[pP]([+-]?[0-9_]+)$/

export function parseFloat64(text: string): number | undefined {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text)
  if (special !== null) {
    if (special[2]?.toLowerCase() === 'nan') return special[1] === '' ? Number.NaN : undefined
    return special[1] === '-' ? -Infinity : Infinity
  }
  if (text.length > LONGEST) return undefined
  if (text.includes('_') && !underscoresFit(text.replace(/^[+-]/, ''))) return undefined
  const hexadecimal = HEXADECIMAL.exec(text)
  const value = hexadecimal === null ? decimal(text) : fromHexadecimal(hexadecimal)
  return value === undefined || !Number.isFinite(value) ? undefined : value
}

function decimal(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined
  const plain = text.replaceAll('_', '')
  return /[0-9]/.test(plain.replace(/[eE].*$/, '')) ? Number(plain) : undefined
}

function fromHexadecimal([, sign, whole = '', part = '', power = '']: RegExpExecArray): number | undefined {
  const fraction = part.replaceAll('_', '')
  const digits = whole.replaceAll('_', '') + fraction
  if (digits === '') return undefined
  const size = Number(BigInt(`0x${digits}`))
  const exponent = Number(power.replaceAll('_', '')) - 4 * fraction.length
  // In two steps, so that neither overflows before the product does.
  const half = Math.trunc(exponent / 2)
  const value = size === 0 ? 0 : size * 2 ** half * 2 ** (exponent - half)
  return sign === '-' ? -value : value
}
