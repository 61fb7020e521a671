import { CallFault } from '../fault.ts'
import type { GoFunction } from '../functions/go.ts'
import { Version } from '../semver/version.ts'
import { type ByteString, decode } from '../text/bytestring.ts'
import { Time } from '../time/time.ts'
import { typeOf } from '../value/types.ts'
import { Certificate, Dict, Int, type Maybe, type Value } from '../value/values.ts'
import { DURATION_METHODS, NAME_METHODS, POINTER_METHODS, TIME_METHODS, VERSION_METHODS } from './methods.ts'

export interface FieldValue {
  readonly value: Maybe
  readonly method?: GoFunction
}

const HIDDEN: ReadonlyMap<string, readonly string[]> = new Map([
  ['time.Time', ['wall', 'ext', 'loc']],
  ['semver.Version', ['major', 'minor', 'patch', 'pre', 'metadata', 'original']],
  ['*semver.Version', ['major', 'minor', 'patch', 'pre', 'metadata', 'original']],
])

/** What `.name` is of a value: a method, an entry, a field. Nothing of nothing is nothing. Throws CallFault. */
export function readField(receiver: Maybe, name: ByteString, hasArguments: boolean): FieldValue {
  if (receiver === undefined) return { value: undefined }
  const field = decode(name)
  if (receiver === null) throw new CallFault(`nil pointer evaluating interface {}.${field}`)
  const method = methodOf(receiver, field)
  if (method !== undefined) return { value: undefined, method }
  if (receiver instanceof Dict) {
    if (hasArguments) throw new CallFault(`${field} is not a method but has arguments`)
    return { value: receiver.entries.get(name) }
  }
  const type = typeOf(receiver)
  if (receiver instanceof Certificate && (field === 'Cert' || field === 'Key')) {
    if (hasArguments) throw new CallFault(`${field} has arguments but cannot be invoked as function`)
    return { value: field === 'Cert' ? receiver.cert : receiver.key }
  }
  if (HIDDEN.get(type)?.includes(field) === true) {
    throw new CallFault(`${field} is an unexported field of struct type ${type}`)
  }
  throw new CallFault(`can't evaluate field ${field} in type ${type}`)
}

function methodOf(receiver: NonNullable<Value>, name: string): GoFunction | undefined {
  if (receiver instanceof Time) return TIME_METHODS.get(name)?.(receiver)
  if (receiver instanceof Version) {
    const isBeyond = receiver.type === 'semver.Version' && POINTER_METHODS.has(name)
    return isBeyond ? undefined : VERSION_METHODS.get(name)?.(receiver)
  }
  if (!(receiver instanceof Int)) return undefined
  if (receiver.type === 'time.Duration') return DURATION_METHODS.get(name)?.(receiver.value)
  const isNamed = receiver.type === 'time.Month' || receiver.type === 'time.Weekday'
  return isNamed ? NAME_METHODS.get(name)?.(receiver) : undefined
}
