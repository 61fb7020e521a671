import type { Budget } from '../budget.ts'
import { CallFault } from '../fault.ts'

/** A decimal number, exactly: `value * 10^exponent`. */
export interface Decimal {
  readonly value: bigint
  readonly exponent: number
}

export type Operation = (a: Decimal, b: Decimal) => Decimal

/** Places behind the point that a quotient keeps. */
const DIVISION_PLACES = 16
const DIGITS_A_STEP = 16

/** The fewest digits that stand for the float. */
function toDecimal(value: number): Decimal {
  if (!Number.isFinite(value)) throw new CallFault('Cannot create a Decimal from NaN or Inf')
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return { value: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length }
}

/** Applies an operation from left to right and rounds once, at the end. */
export function calculate(numbers: readonly number[], operation: Operation, budget: Budget): number {
  const [first = 0, ...others] = numbers
  let result = toDecimal(first)
  for (const other of others) {
    budget.spend(1 + Math.ceil((digitCount(result.value) + Math.abs(result.exponent)) / DIGITS_A_STEP))
    result = operation(result, toDecimal(other))
  }
  return Number(`${result.value}e${result.exponent}`)
}

function digitCount(value: bigint): number {
  return value.toString(16).length
}

/** Both with the lesser exponent. */
function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent)
  const scale = (decimal: Decimal): bigint => decimal.value * 10n ** BigInt(decimal.exponent - exponent)
  return [scale(a), scale(b), exponent]
}

export function plus(a: Decimal, b: Decimal): Decimal {
  const [left, right, exponent] = aligned(a, b)
  return { value: left + right, exponent }
}

export function minus(a: Decimal, b: Decimal): Decimal {
  const [left, right, exponent] = aligned(a, b)
  return { value: left - right, exponent }
}

export function times(a: Decimal, b: Decimal): Decimal {
  return { value: a.value * b.value, exponent: a.exponent + b.exponent }
}

/** Rounded half away from zero. */
export function dividedBy(a: Decimal, b: Decimal): Decimal {
  if (b.value === 0n) throw new CallFault('decimal division by 0')
  const [left, right] = aligned(a, b)
  const top = left * 10n ** BigInt(DIVISION_PLACES)
  const quotient = top / right
  const rest = top % right
  const doubled = (rest < 0n ? -rest : rest) * 2n
  const away = top < 0n === right < 0n ? 1n : -1n
  const value = doubled >= (right < 0n ? -right : right) ? quotient + away : quotient
  return { value, exponent: -DIVISION_PLACES }
}
