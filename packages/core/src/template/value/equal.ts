import type { Budget } from '../budget.ts'
import { Version } from '../semver/version.ts'
import { Time } from '../time/time.ts'
import { typeOf } from './types.ts'
import { Certificate, Complex, Dict, Int, List, type Value } from './values.ts'

/** Go's reflect.DeepEqual: same type and same content, all the way down. */
export function deepEqual(a: Value, b: Value, budget: Budget, depth = 0): boolean {
  budget.spend(1)
  budget.depth(depth)
  if (typeof a === 'string' && typeof b === 'string' && a.length === b.length) budget.spend(a.length >> 6)
  if (a === b) return true
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  if (typeOf(a) !== typeOf(b)) return false
  if (a instanceof List && b instanceof List) {
    if (a.isNil !== b.isNil || a.items.length !== b.items.length) return false
    return a.items.every((item, index) => deepEqual(item, b.items[index] ?? null, budget, depth + 1))
  }
  if (a instanceof Dict && b instanceof Dict) {
    if (a.isNil !== b.isNil || a.entries.size !== b.entries.size) return false
    for (const [key, value] of a.entries) {
      const other = b.entries.get(key)
      if (other === undefined || !deepEqual(value, other, budget, depth + 1)) return false
    }
    return true
  }
  return sameStruct(a, b)
}

/** Equality of values that hold no others. */
export function sameStruct(a: Value, b: Value): boolean {
  if (a instanceof Int && b instanceof Int) return a.type === b.type && a.value === b.value
  if (a instanceof Complex && b instanceof Complex) return a.real === b.real && a.imaginary === b.imaginary
  if (a instanceof Time && b instanceof Time) return a.identical(b)
  if (a instanceof Version && b instanceof Version) return a.identical(b)
  if (a instanceof Certificate && b instanceof Certificate) return a.cert === b.cert && a.key === b.key
  return a === b
}
