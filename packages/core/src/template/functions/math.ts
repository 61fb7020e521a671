import { CallFault } from '../fault.ts'
import type { Value } from '../value/values.ts'
import { toFloat64, toInt64 } from './convert.ts'
import { calculate, dividedBy, minus, type Operation, plus, times } from './decimal.ts'
import { type Context, type FunctionTable, type GoFunction, go } from './go.ts'

/** int64 wraps. */
const wrap = (value: bigint): bigint => BigInt.asIntN(64, value)

function divided(a: Value, b: Value, quotient: (a: bigint, b: bigint) => bigint): bigint {
  const divisor = toInt64(b)
  if (divisor === 0n) throw new CallFault('runtime error: integer divide by zero')
  return wrap(quotient(toInt64(a), divisor))
}

function chosen(wins: (a: bigint, b: bigint) => boolean): GoFunction {
  return go('func(interface {}, ...interface {}) int64', (_, first, ...others) =>
    others.map(toInt64).reduce((best, value) => (wins(value, best) ? value : best), toInt64(first)),
  )
}

function decimal(operation: Operation): GoFunction {
  return go('func(interface {}, ...interface {}) float64', ({ budget }: Context, first, ...others) =>
    calculate([first, ...others].map(toFloat64), operation, budget),
  )
}

/** Sprig's round: the fraction counts with its sign, so that half of a negative number goes down. */
function round(value: number, places: number, roundOn: number): number {
  // Not by **, which misses some powers of ten by a little.
  const power = Number(`1e${places}`)
  const digit = power * value
  const fraction = Number.isFinite(digit) ? digit - Math.trunc(digit) : Number.NaN
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power
}

const biggest = chosen((value, best) => value > best)

export const MATH: FunctionTable = {
  add: go('func(...interface {}) int64', (_, ...values) =>
    values.map(toInt64).reduce((sum, value) => wrap(sum + value), 0n),
  ),
  add1: go('func(interface {}) int64', (_, value) => wrap(toInt64(value) + 1n)),
  sub: go('func(interface {}, interface {}) int64', (_, a, b) => wrap(toInt64(a) - toInt64(b))),
  mul: go('func(interface {}, ...interface {}) int64', (_, first, ...others) =>
    others.map(toInt64).reduce((product, value) => wrap(product * value), toInt64(first)),
  ),
  div: go('func(interface {}, interface {}) int64', (_, a, b) => divided(a, b, (x, y) => x / y)),
  mod: go('func(interface {}, interface {}) int64', (_, a, b) => divided(a, b, (x, y) => x % y)),
  max: biggest,
  biggest,
  min: chosen((value, best) => value < best),
  maxf: go('func(interface {}, ...interface {}) float64', (_, first, ...others) =>
    others.map(toFloat64).reduce((a, b) => Math.max(a, b), toFloat64(first)),
  ),
  minf: go('func(interface {}, ...interface {}) float64', (_, first, ...others) =>
    others.map(toFloat64).reduce((a, b) => Math.min(a, b), toFloat64(first)),
  ),
  ceil: go('func(interface {}) float64', (_, value) => Math.ceil(toFloat64(value))),
  floor: go('func(interface {}) float64', (_, value) => Math.floor(toFloat64(value))),
  round: go('func(interface {}, int, ...float64) float64', (_, value, places, roundOn = 0.5) =>
    round(toFloat64(value), Number(places), roundOn),
  ),
  addf: go('func(...interface {}) float64', ({ budget }, ...values) =>
    calculate([0, ...values.map(toFloat64)], plus, budget),
  ),
  add1f: go('func(interface {}) float64', ({ budget }, value) => calculate([toFloat64(value), 1], plus, budget)),
  subf: decimal(minus),
  mulf: decimal(times),
  divf: decimal(dividedBy),
}
