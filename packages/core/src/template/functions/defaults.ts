import { CallFault } from '../fault.ts'
import { Time } from '../time/time.ts'
import { isTrue } from '../value/types.ts'
import { Certificate, type Value } from '../value/values.ts'
import { type FunctionTable, go } from './go.ts'

/** Sprig's empty: nil and the zero of every type but structs. */
export function isEmpty(value: Value): boolean {
  return !isTrue(value) && !(value instanceof Time || value instanceof Certificate)
}

export const DEFAULTS: FunctionTable = {
  default: go('func(interface {}, ...interface {}) interface {}', (_, fallback, ...given) => {
    const [value = null] = given
    return isEmpty(value) ? fallback : value
  }),
  empty: go('func(interface {}) bool', (_, value) => isEmpty(value)),
  coalesce: go('func(...interface {}) interface {}', (_, ...values) => values.find((value) => !isEmpty(value)) ?? null),
  all: go('func(...interface {}) bool', (_, ...values) => !values.some(isEmpty)),
  any: go('func(...interface {}) bool', (_, ...values) => values.some((value) => !isEmpty(value))),
  ternary: go('func(interface {}, interface {}, bool) interface {}', (_, yes, no, test) => (test ? yes : no)),
  // What it was given may hold a secret, and what it throws ends up where everybody reads: the text is dropped.
  fail: go('func(string) (string, error)', () => {
    throw new CallFault('the template says so')
  }),
}
