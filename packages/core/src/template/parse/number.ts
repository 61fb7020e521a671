import type { ByteString } from '../text/bytestring.ts'
import { type Bounds, INT64, parseFloat64, parseInteger, UINT64 } from '../text/numbers.ts'
import { quote } from '../text/quote.ts'
import { unquoteRune } from '../text/unquote.ts'
import { Complex } from '../value/values.ts'
import type { NumberNode } from './ast.ts'

type Constant = Omit<NumberNode, 'position'>

/** Reads a constant into every type it fits, as Go's ideal constants are. A string says why it is none. */
export function readNumber(text: ByteString, type: 'number' | 'character' | 'complex'): Constant | string {
  if (type === 'character') return readCharacter(text)
  if (type === 'complex') return readComplex(text)
  if (text.endsWith('i')) {
    const imaginary = parseFloat64(text.slice(0, -1))
    if (imaginary !== undefined) return fromComplex(text, new Complex(0, imaginary))
  }
  const uint = parseInteger(text, 0, UINT64)
  const int = parseInteger(text, 0, INT64)
  if (int !== undefined || uint !== undefined) {
    return constant(text, { int, uint: int === 0n ? 0n : uint, float: Number(int ?? uint) })
  }
  const float = parseFloat64(text)
  if (float === undefined) return `illegal number syntax: ${quote(text)}`
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${quote(text)}`
  return constant(text, { ...integersOf(float), float })
}

/** The integers that a float stands for. */
function integersOf(float: number): Pick<Constant, 'int' | 'uint'> {
  if (!Number.isInteger(float)) return { int: undefined, uint: undefined }
  const value = BigInt(float)
  const within = ({ least, most }: Bounds): bigint | undefined => (value >= least && value <= most ? value : undefined)
  return { int: within(INT64), uint: within(UINT64) }
}

function readCharacter(text: ByteString): Constant | string {
  const rune = unquoteRune(text)
  if (rune === undefined) return 'invalid syntax'
  if (text.slice(rune.next) !== "'") return `malformed character constant: ${text}`
  const value = BigInt(rune.code)
  return constant(text, { int: value, uint: value, float: rune.code })
}

function readComplex(text: ByteString): Constant | string {
  const match = /^(.*[^eEpP])([+-].*)i$/.exec(text)
  const real = parseFloat64(match?.[1] ?? '')
  const imaginary = parseFloat64(match?.[2] ?? '')
  if (real === undefined || imaginary === undefined) return 'syntax error scanning complex number'
  return fromComplex(text, new Complex(real, imaginary))
}

function fromComplex(text: ByteString, complex: Complex): Constant {
  if (complex.imaginary !== 0) return constant(text, { complex })
  return constant(text, { ...integersOf(complex.real), float: complex.real, complex })
}

function constant(text: ByteString, values: Partial<Pick<Constant, 'int' | 'uint' | 'float' | 'complex'>>): Constant {
  const { int, uint, float, complex } = values
  return { kind: 'number', text, int, uint, float, complex }
}
