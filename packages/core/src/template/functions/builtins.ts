import { CallFault } from '../fault.ts'
import { sprint, sprintln } from '../printf/print.ts'
import { sprintf } from '../printf/sprintf.ts'
import { bytes } from '../text/bytestring.ts'
import { isTrue, typeOf } from '../value/types.ts'
import { Dict, Int, List, type Maybe } from '../value/values.ts'
import { escapeHtml, escapeJs, escapeQuery, joined } from './escape.ts'
import { type FunctionTable, go } from './go.ts'

/** The functions of text/template itself; comparisons stand in compare.ts. */
export const BUILTINS: FunctionTable = {
  // The evaluator stops early and never calls these two.
  and: go('func(any value, ...any value) any value', (_, first, ...rest) => rest.at(-1) ?? first),
  or: go('func(any value, ...any value) any value', (_, first, ...rest) => rest.at(-1) ?? first),
  not: go('func(any value) bool', (_, value) => !isTrue(value)),
  call: go('func(any value, ...any value) (any value, error)', (_, value) => {
    if (value === undefined || value === null) throw new CallFault('call of nil')
    throw new CallFault(`non-function of type ${typeOf(value)}`)
  }),
  html: go('func(...interface {}) string', ({ budget }, ...values) => escapeHtml(joined(values, budget), budget)),
  js: go('func(...interface {}) string', ({ budget }, ...values) => escapeJs(joined(values, budget), budget)),
  urlquery: go('func(...interface {}) string', ({ budget }, ...values) => escapeQuery(joined(values, budget), budget)),
  index: go('func(any value, ...any value) (any value, error)', (_, value, ...indexes) => {
    if (value === undefined || value === null) throw new CallFault('index of untyped nil')
    return indexes.reduce(element, value)
  }),
  len: go('func(any value) (int, error)', (_, value) => BigInt(length(value))),
  print: go('func(...interface {}) string', ({ budget }, ...values) => sprint(values, budget)),
  printf: go('func(string, ...interface {}) string', ({ budget }, format, ...values) =>
    sprintf(format, values, budget),
  ),
  println: go('func(...interface {}) string', ({ budget }, ...values) => sprintln(values, budget)),
}

function length(value: Maybe): number {
  if (typeof value === 'string') return value.length
  if (value instanceof List) return value.items.length
  if (value instanceof Dict) return value.entries.size
  throw new CallFault(value === undefined || value === null ? 'len of nil' : `len of type ${typeOf(value)}`)
}

function element(value: Maybe, index: Maybe): Maybe {
  if (value === undefined || value === null) throw new CallFault('index of nil pointer')
  if (value instanceof Dict) return entry(value, index)
  if (typeof value === 'string') return new Int('uint8', BigInt(value.charCodeAt(position(index, value.length))))
  if (value instanceof List) return value.items[position(index, value.items.length)] ?? null
  throw new CallFault(`can't index item of type ${typeOf(value)}`)
}

function entry(value: Dict, index: Maybe): Maybe {
  if (typeof index === 'string') {
    return value.entries.get(index) ?? (value.type === 'map[string]string' ? bytes('') : null)
  }
  if (index === undefined || index === null) throw new CallFault('value is nil; should be of type string')
  throw new CallFault(`value has type ${typeOf(index)}; should be string`)
}

/** The number itself may come from the data, so the message does not hold it. */
function position(index: Maybe, size: number): number {
  if (index === undefined || index === null) throw new CallFault('cannot index slice/array with nil')
  if (!(index instanceof Int)) throw new CallFault(`cannot index slice/array with type ${typeOf(index)}`)
  if (index.value < 0n || index.value >= BigInt(size)) throw new CallFault('index out of range')
  return Number(index.value)
}
