import { Version } from '../semver/version.ts'
import { Time } from '../time/time.ts'
import { Certificate, Complex, Dict, Int, List, type Maybe } from './values.ts'

/** The name of a value's Go type, as `%T` prints it. */
export function typeOf(value: Maybe): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return 'float64'
  if (value instanceof Int || value instanceof List || value instanceof Dict) return value.type
  if (value instanceof Complex) return 'complex128'
  if (value instanceof Time) return 'time.Time'
  if (value instanceof Version) return value.type
  return 'sprig.certificate'
}

/** The name of its reflect.Kind. */
export function kindOf(value: Maybe): string {
  if (value === null || value === undefined) return 'invalid'
  if (value instanceof Int) return INTEGER_KINDS[value.type] ?? value.type
  if (value instanceof List) return 'slice'
  if (value instanceof Dict) return 'map'
  if (value instanceof Version) return value.type.startsWith('*') ? 'ptr' : 'struct'
  if (value instanceof Time || value instanceof Certificate) return 'struct'
  return typeOf(value)
}

const INTEGER_KINDS: Readonly<Record<string, string>> = {
  'time.Duration': 'int64',
  'time.Month': 'int',
  'time.Weekday': 'int',
}

/** What `if` and `and` take for true: all but the zero of a type. */
export function isTrue(value: Maybe): boolean {
  if (value === null || value === undefined) return false
  if (typeof value === 'object') return isTrueObject(value)
  // NaN is not zero.
  return typeof value === 'number' ? value !== 0 : Boolean(value)
}

function isTrueObject(value: NonNullable<Maybe> & object): boolean {
  if (value instanceof Int) return value.value !== 0n
  if (value instanceof List) return value.items.length > 0
  if (value instanceof Dict) return value.entries.size > 0
  if (value instanceof Complex) return value.real !== 0 || value.imaginary !== 0
  return true
}
