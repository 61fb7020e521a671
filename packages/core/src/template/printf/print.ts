import type { Budget } from '../budget.ts'
import { type ByteString, bytes } from '../text/bytestring.ts'
import { Int, type Value } from '../value/values.ts'
import { Printer, stringOf } from './printer.ts'

/** What `%v` makes of one value. */
export function display(value: Value, budget: Budget): ByteString {
  if (typeof value === 'string') return value
  if (value instanceof Int) return stringOf(value) ?? bytes(String(value.value))
  const printer = new Printer(budget)
  printer.print(value, 'v')
  return printer.sink.value
}

/** fmt.Sprint: a space between two operands of which neither is a string. */
export function sprint(values: readonly Value[], budget: Budget): ByteString {
  const printer = new Printer(budget)
  let afterString = true
  for (const value of values) {
    const isString = typeof value === 'string'
    if (!isString && !afterString) printer.sink.write(' ')
    printer.print(value, 'v')
    afterString = isString
  }
  return printer.sink.value
}

/** fmt.Sprintln: a space between all, and a line's end. */
export function sprintln(values: readonly Value[], budget: Budget): ByteString {
  const printer = new Printer(budget)
  for (const [index, value] of values.entries()) {
    if (index > 0) printer.sink.write(' ')
    printer.print(value, 'v')
  }
  printer.sink.write('\n')
  return printer.sink.value
}
