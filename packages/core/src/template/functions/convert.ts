import type { Budget } from '../budget.ts'
import { display } from '../printf/print.ts'
import { stringOf } from '../printf/printer.ts'
import { type ByteString, bytes } from '../text/bytestring.ts'
import { INT64, parseFloat64, parseInteger } from '../text/numbers.ts'
import { kindOf, typeOf } from '../value/types.ts'
import { Int, List, type Value } from '../value/values.ts'
import { type FunctionTable, go } from './go.ts'

/** What a float that no int64 can hold becomes, NaN as well. */
const OVERFLOW = INT64.least

/** spf13/cast's ToInt64: 0 for all that is no number. */
export function toInt64(value: Value): bigint {
  if (value instanceof Int) return value.type === 'time.Duration' ? 0n : BigInt.asIntN(64, value.value)
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'string') return parseInteger(value.replace(/\.0+$/, ''), 0) ?? 0n
  if (typeof value !== 'number') return 0n
  if (!Number.isFinite(value)) return OVERFLOW
  const whole = BigInt(Math.trunc(value))
  return whole < INT64.least || whole > INT64.most ? OVERFLOW : whole
}

/** spf13/cast's ToFloat64. */
export function toFloat64(value: Value): number {
  if (typeof value === 'number') return value
  if (value instanceof Int) return value.type === 'time.Duration' ? 0 : Number(value.value)
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'string' ? (parseFloat64(value) ?? 0) : 0
}

/** Sprig's text of any value. */
export function toText(value: Value, budget: Budget): ByteString {
  return stringOf(value) ?? display(value, budget)
}

/** Sprig's list of texts of any value, without nil; one of strings is itself, not a copy. */
export function toTexts(value: Value, budget: Budget): List {
  if (value === null) return new List('[]string', [])
  if (!(value instanceof List)) return new List('[]string', [toText(value, budget)])
  if (value.type === '[]string') return value
  budget.elements(value.items.length)
  const present = value.items.filter((item) => item !== null)
  return new List(
    '[]string',
    present.map((item) => toText(item, budget)),
  )
}

/** The strings of a list of strings. */
export function textsOf(list: List): ByteString[] {
  return list.items.filter((item) => typeof item === 'string')
}

export const CONVERSIONS: FunctionTable = {
  atoi: go('func(string) int', (_, text) => parseInteger(text, 10) ?? 0n),
  int: go('func(interface {}) int', (_, value) => toInt64(value)),
  int64: go('func(interface {}) int64', (_, value) => toInt64(value)),
  float64: go('func(interface {}) float64', (_, value) => toFloat64(value)),
  toDecimal: go('func(interface {}) int64', ({ budget }, value) => parseInteger(display(value, budget), 8) ?? 0n),
  toString: go('func(interface {}) string', ({ budget }, value) => toText(value, budget)),
  toStrings: go('func(interface {}) []string', ({ budget }, value) => toTexts(value, budget)),
  typeOf: go('func(interface {}) string', (_, value) => bytes(typeOf(value))),
  typeIs: go('func(string, interface {}) bool', (_, target, value) => target === typeOf(value)),
  typeIsLike: go('func(string, interface {}) bool', (_, target, value) => {
    const type = typeOf(value)
    return target === type || `*${target}` === type
  }),
  kindOf: go('func(interface {}) string', (_, value) => bytes(kindOf(value))),
  kindIs: go('func(string, interface {}) bool', (_, target, value) => target === kindOf(value)),
}
