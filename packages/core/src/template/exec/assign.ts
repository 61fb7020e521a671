import { isIntType } from '../functions/go.ts'
import type { NumberNode, Operand } from '../parse/ast.ts'
import { describeOperand } from '../parse/describe.ts'
import { decode } from '../text/bytestring.ts'
import { typeOf } from '../value/types.ts'
import { Dict, Int, int, List, type Maybe } from '../value/values.ts'

/** Why a value or constant does not fit a parameter; it names types and the template's own text only. */
export class Misfit extends Error {}

const INTERFACE = 'interface {}'
const ANY = 'any value'

/** The zero of a type that nil can be assigned to; a Misfit says that there is none. */
function nilOf(type: string, otherwise: string): Maybe {
  if (type === INTERFACE) return null
  if (type === ANY) return undefined
  if (type === '[]interface {}') return new List(type, [], true)
  if (type === 'map[string]interface {}') return new Dict(type, new Map(), true)
  throw new Misfit(`${otherwise} ${type}`)
}

/** A value as an argument for a parameter of such a type. */
export function assign(value: Maybe, type: string): Maybe {
  if (type === ANY) return value
  if (value === undefined) return nilOf(type, 'invalid value; expected')
  if (type === INTERFACE || typeOf(value) === type) return value
  const got = value === null ? INTERFACE : typeOf(value)
  throw new Misfit(`wrong type for value; expected ${type}; got ${got}`)
}

/** A constant as an argument: numbers take the parameter's type if they fit. */
export function assignConstant(node: Operand, type: string): Maybe {
  switch (node.kind) {
    case 'nil':
      return nilOf(type, 'cannot assign nil to')
    case 'bool':
      if (type === 'bool' || isOpen(type)) return node.value
      break
    case 'string':
      if (type === 'string' || isOpen(type)) return node.text
      break
    case 'number': {
      const value = isOpen(type) ? idealNumber(node) : typedNumber(node, type)
      if (value !== undefined) return value
      break
    }
    default:
  }
  throw new Misfit(mismatch(type, decode(describeOperand(node))))
}

const isOpen = (type: string): boolean => type === INTERFACE || type === ANY

function mismatch(type: string, found: string): string {
  if (type === 'bool' || type === 'string') return `expected ${type}; found ${found}`
  if (type === 'float64') return `expected float; found ${found}`
  if (type.startsWith('uint')) return `expected unsigned integer; found ${found}`
  if (isIntType(type)) return `expected integer; found ${found}`
  return `can't handle ${found} for arg of type ${type}`
}

function typedNumber(node: NumberNode, type: string): Maybe {
  if (type === 'float64') return node.float
  if (!isIntType(type)) return undefined
  const value = type.startsWith('uint') ? node.uint : node.int
  if (value === undefined) return undefined
  return new Int(type, type === 'uint32' ? BigInt.asUintN(32, value) : value)
}

/** A number where no type is asked for: the way it is written decides. */
export function idealNumber(node: NumberNode): Maybe {
  const { text, float, complex } = node
  if (complex !== undefined) return complex
  const isHex = /^[+-]?0[xX]/.test(text) && !/[pP]/.test(text)
  if (float !== undefined && !isHex && !text.startsWith("'") && /[.eEpP]/.test(text)) return float
  if (node.int !== undefined) return int(node.int)
  throw new Misfit(`${decode(text)} overflows int`)
}
