import { CallFault } from '../fault.ts'
import { sameStruct } from '../value/equal.ts'
import { kindOf, typeOf } from '../value/types.ts'
import { Complex, Dict, Int, List, type Maybe } from '../value/values.ts'
import { type FunctionTable, go } from './go.ts'

/** Kinds that can be compared with each other. */
type Basic = 'bool' | 'complex' | 'integer' | 'float' | 'string'

export const COMPARISONS: FunctionTable = {
  eq: go('func(any value, ...any value) (bool, error)', (_, first, ...others) => {
    if (others.length === 0) throw new CallFault('missing argument for comparison')
    return others.some((other) => equal(first, other))
  }),
  ne: go('func(any value, any value) (bool, error)', (_, a, b) => !equal(a, b)),
  lt: go('func(any value, any value) (bool, error)', (_, a, b) => less(a, b)),
  le: go('func(any value, any value) (bool, error)', (_, a, b) => lessOrEqual(a, b)),
  // As in Go, by what the opposite is: so these hold with NaN.
  gt: go('func(any value, any value) (bool, error)', (_, a, b) => !lessOrEqual(a, b)),
  ge: go('func(any value, any value) (bool, error)', (_, a, b) => !less(a, b)),
}

function basicKind(value: Maybe): Basic | undefined {
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return 'float'
  if (value instanceof Int) return 'integer'
  return value instanceof Complex ? 'complex' : undefined
}

function incompatible(a: Maybe, b: Maybe): CallFault {
  return new CallFault(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`)
}

function isNil(value: Maybe): boolean {
  return value === undefined || value === null || ((value instanceof List || value instanceof Dict) && value.isNil)
}

function equal(a: Maybe, b: Maybe): boolean {
  const kind = basicKind(a)
  if (kind !== basicKind(b)) {
    if (a === undefined || a === null || b === undefined || b === null) return false
    throw incompatible(a, b)
  }
  if (a instanceof Int && b instanceof Int) return a.value === b.value
  if (kind !== undefined) return sameStruct(a ?? null, b ?? null)
  return equalOthers(a, b)
}

function equalOthers(a: Maybe, b: Maybe): boolean {
  const [left, right] = [kindOf(a), kindOf(b)]
  if (left !== right && left !== 'invalid' && right !== 'invalid') {
    throw new CallFault(`non-comparable types: ${typeOf(a)}, ${typeOf(b)}`)
  }
  if (isNil(a) || isNil(b)) return isNil(a) === isNil(b)
  if (b instanceof List || b instanceof Dict) throw new CallFault(`non-comparable type: ${typeOf(b)}`)
  // Pointers are equal when they point at the same.
  return left === 'ptr' ? a === b : sameStruct(a ?? null, b ?? null)
}

function less(a: Maybe, b: Maybe): boolean {
  const [left, right] = [basicKind(a), basicKind(b)]
  if (left === undefined || right === undefined) throw new CallFault('invalid type for comparison')
  if (left !== right) throw incompatible(a, b)
  if (a instanceof Int && b instanceof Int) return a.value < b.value
  if (typeof a === 'number' && typeof b === 'number') return a < b
  if (typeof a === 'string' && typeof b === 'string') return a < b
  throw new CallFault('invalid type for comparison')
}

function lessOrEqual(a: Maybe, b: Maybe): boolean {
  return less(a, b) || equal(a, b)
}
