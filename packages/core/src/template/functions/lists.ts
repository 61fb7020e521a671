import type { Budget } from '../budget.ts'
import { CallFault } from '../fault.ts'
import { deepEqual } from '../value/equal.ts'
import { kindOf } from '../value/types.ts'
import { int, List, list, nilList, type Value } from '../value/values.ts'
import { toInt64 } from './convert.ts'
import { isEmpty } from './defaults.ts'
import { type Context, type FunctionTable, go } from './go.ts'

/** The elements of a list of any type; `verb` says in errors what was wanted of it. */
function itemsOf(value: Value, verb: string, budget: Budget): readonly Value[] {
  if (value instanceof List) {
    budget.elements(value.items.length)
    return value.items
  }
  if (value === null) throw new CallFault('runtime error: invalid memory address or nil pointer dereference')
  throw new CallFault(`Cannot ${verb} type ${kindOf(value)}`)
}

const push = ({ budget }: Context, value: Value, item: Value): List =>
  list([...itemsOf(value, 'push on', budget), item])

const prepend = ({ budget }: Context, value: Value, item: Value): List =>
  list([item, ...itemsOf(value, 'prepend on', budget)])

const first = ({ budget }: Context, value: Value): Value => itemsOf(value, 'find first on', budget).at(0) ?? null
const last = ({ budget }: Context, value: Value): Value => itemsOf(value, 'find last on', budget).at(-1) ?? null

function rest({ budget }: Context, value: Value): List {
  const items = itemsOf(value, 'find rest on', budget)
  return items.length === 0 ? nilList() : list(items.slice(1))
}

function initial({ budget }: Context, value: Value): List {
  const items = itemsOf(value, 'find initial on', budget)
  return items.length === 0 ? nilList() : list(items.slice(0, -1))
}

const reverse = ({ budget }: Context, value: Value): List =>
  list(itemsOf(value, 'find reverse on', budget).toReversed())

const compact = ({ budget }: Context, value: Value): List =>
  list(itemsOf(value, 'compact on', budget).filter((item) => !isEmpty(item)))

const contains = (items: readonly Value[], wanted: Value, budget: Budget): boolean =>
  items.some((item) => deepEqual(wanted, item, budget))

function uniq({ budget }: Context, value: Value): List {
  const kept: Value[] = []
  for (const item of itemsOf(value, 'find uniq on', budget)) if (!contains(kept, item, budget)) kept.push(item)
  return list(kept)
}

const without = ({ budget }: Context, value: Value, ...omitted: Value[]): List =>
  list(itemsOf(value, 'find without on', budget).filter((item) => !contains(omitted, item, budget)))

function has({ budget }: Context, wanted: Value, value: Value): boolean {
  return value !== null && contains(itemsOf(value, 'find has on', budget), wanted, budget)
}

function slice({ budget }: Context, value: Value, ...indices: Value[]): Value {
  if (value !== null && !(value instanceof List)) {
    throw new CallFault(`list should be type of slice or array but ${kindOf(value)}`)
  }
  const items = itemsOf(value, 'slice', budget)
  if (items.length === 0 || !(value instanceof List)) return null
  const [from = int(0), to = int(items.length)] = indices
  const [start, end] = [toInt64(from), toInt64(to)]
  if (start < 0n || end < start || end > BigInt(items.length)) {
    throw new CallFault('reflect.Value.Slice: slice index out of bounds')
  }
  return new List(value.type, items.slice(Number(start), Number(end)))
}

function chunk({ budget }: Context, size: bigint, value: Value): List {
  const items = itemsOf(value, 'chunk', budget)
  const width = Number(size)
  // Sprig counts like this for sizes below zero too, and then one chunk takes all.
  const count = Math.floor((items.length - 1) / width) + 1
  const isUneven = width > 0 || count === 0 || items.length % width !== 0
  if (!(count >= 0 && count <= items.length && isUneven))
    throw new CallFault('runtime error: makeslice: len out of range')
  const step = width > 0 ? width : items.length
  const parts = Array.from({ length: count }, (_, index) => list(items.slice(index * step, (index + 1) * step)))
  return new List('[][]interface {}', parts)
}

function concat({ budget }: Context, ...values: Value[]): Value {
  if (values.length === 0) return nilList()
  const all: Value[] = []
  for (const value of values) {
    if (value !== null && !(value instanceof List)) {
      throw new CallFault(`Cannot concat type ${kindOf(value)} as list`)
    }
    for (const item of itemsOf(value, 'concat', budget)) all.push(item)
    budget.elements(all.length)
  }
  return all.length === 0 ? nilList() : list(all)
}

const made = (_: Context, ...items: Value[]): List => list(items)

const PUSH = 'func(interface {}, interface {}) []interface {}'
const MUST_PUSH = 'func(interface {}, interface {}) ([]interface {}, error)'
const ITEM = 'func(interface {}) interface {}'
const MUST_ITEM = 'func(interface {}) (interface {}, error)'
const SAME = 'func(interface {}) []interface {}'
const MUST_SAME = 'func(interface {}) ([]interface {}, error)'

export const LISTS: FunctionTable = {
  list: go('func(...interface {}) []interface {}', made),
  tuple: go('func(...interface {}) []interface {}', made),
  append: go(PUSH, push),
  mustAppend: go(MUST_PUSH, push),
  push: go(PUSH, push),
  mustPush: go(MUST_PUSH, push),
  prepend: go(PUSH, prepend),
  mustPrepend: go(MUST_PUSH, prepend),
  first: go(ITEM, first),
  mustFirst: go(MUST_ITEM, first),
  last: go(ITEM, last),
  mustLast: go(MUST_ITEM, last),
  rest: go(SAME, rest),
  mustRest: go(MUST_SAME, rest),
  initial: go(SAME, initial),
  mustInitial: go(MUST_SAME, initial),
  reverse: go(SAME, reverse),
  mustReverse: go(MUST_SAME, reverse),
  compact: go(SAME, compact),
  mustCompact: go(MUST_SAME, compact),
  uniq: go(SAME, uniq),
  mustUniq: go(MUST_SAME, uniq),
  without: go('func(interface {}, ...interface {}) []interface {}', without),
  mustWithout: go('func(interface {}, ...interface {}) ([]interface {}, error)', without),
  has: go('func(interface {}, interface {}) bool', has),
  mustHas: go('func(interface {}, interface {}) (bool, error)', has),
  slice: go('func(interface {}, ...interface {}) interface {}', slice),
  mustSlice: go('func(interface {}, ...interface {}) (interface {}, error)', slice),
  chunk: go('func(int, interface {}) [][]interface {}', chunk),
  mustChunk: go('func(int, interface {}) ([][]interface {}, error)', chunk),
  concat: go('func(...interface {}) interface {}', concat),
}
