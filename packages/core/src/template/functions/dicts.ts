import type { Budget } from '../budget.ts'
import { CallFault } from '../fault.ts'
import { type ByteString, EMPTY } from '../text/bytestring.ts'
import { deepEqual } from '../value/equal.ts'
import { typeOf } from '../value/types.ts'
import { Dict, dict, List, list, strings, type Value } from '../value/values.ts'
import { toText } from './convert.ts'
import { type Context, type FunctionTable, go } from './go.ts'
import { merged } from './merge.ts'

const MAP = 'map[string]interface {}'

function pick(source: Dict, keep: (key: ByteString) => boolean, budget: Budget): Dict {
  budget.elements(source.entries.size)
  return dict([...source.entries].filter(([key]) => keep(key)))
}

/** Follows keys through dicts, to the fallback where one is missing. Arguments: keys, fallback, dict. */
function dig(_: Context, ...all: Value[]): Value {
  if (all.length < 3) throw new CallFault('dig needs at least three arguments')
  let value: Value = all.at(-1) ?? null
  const fallback = all.at(-2) ?? null
  for (const key of all.slice(0, -2)) {
    if (typeof key !== 'string') throw new CallFault(`interface conversion: interface {} is ${named(key)}, not string`)
    if (!(value instanceof Dict) || value.type !== MAP) {
      throw new CallFault(`interface conversion: interface {} is ${named(value)}, not ${MAP}`)
    }
    const next: Value | undefined = value.entries.get(key)
    if (next === undefined) return fallback
    value = next
  }
  return value
}

const named = (value: Value): string => (value === null ? 'nil' : typeOf(value))

function deepCopy({ budget }: Context, value: Value): Value {
  if (value === null) throw new CallFault('reflect: call of reflect.Value.Type on zero Value')
  return copied(value, budget, 0)
}

function copied(value: Value, budget: Budget, depth: number): Value {
  budget.spend(1)
  budget.depth(depth)
  if (value instanceof List) {
    return new List(
      value.type,
      value.items.map((item) => copied(item, budget, depth + 1)),
      value.isNil,
    )
  }
  if (!(value instanceof Dict)) return value
  const entries = [...value.entries].map(([key, item]) => [key, copied(item, budget, depth + 1)] as const)
  return new Dict(value.type, new Map(entries), value.isNil)
}

function merge({ budget }: Context, target: Dict, ...sources: Dict[]): Dict {
  return merged(target, sources, false, budget)
}

function mergeOverwrite({ budget }: Context, target: Dict, ...sources: Dict[]): Dict {
  return merged(target, sources, true, budget)
}

const MERGE = 'func(map[string]interface {}, ...map[string]interface {}) interface {}'
const MUST_MERGE = 'func(map[string]interface {}, ...map[string]interface {}) (interface {}, error)'

export const DICTS: FunctionTable = {
  dict: go('func(...interface {}) map[string]interface {}', ({ budget }, ...values) => {
    const made = dict()
    for (let i = 0; i < values.length; i += 2) {
      made.entries.set(toText(values[i] ?? null, budget), i + 1 < values.length ? (values[i + 1] ?? null) : EMPTY)
    }
    return made
  }),
  get: go('func(map[string]interface {}, string) interface {}', (_, source, key) => {
    const value = source.entries.get(key)
    return value === undefined ? EMPTY : value
  }),
  set: go('func(map[string]interface {}, string, interface {}) map[string]interface {}', (_, target, key, value) => {
    if (target.isNil) throw new CallFault('assignment to entry in nil map')
    target.entries.set(key, value)
    return target
  }),
  unset: go('func(map[string]interface {}, string) map[string]interface {}', (_, target, key) => {
    target.entries.delete(key)
    return target
  }),
  hasKey: go('func(map[string]interface {}, string) bool', (_, source, key) => source.entries.has(key)),
  pluck: go('func(string, ...map[string]interface {}) []interface {}', (_, key, ...sources) =>
    list(sources.map(({ entries }) => entries.get(key)).filter((value) => value !== undefined)),
  ),
  // Go gives no order; this one gives the same text twice.
  keys: go('func(...map[string]interface {}) []string', ({ budget }, ...sources) => {
    const count = sources.reduce((sum, { entries }) => sum + entries.size, 0)
    budget.elements(count)
    budget.spend(count)
    const all = sources.flatMap((source) => source.sortedKeys())
    return strings(all)
  }),
  values: go('func(map[string]interface {}) []interface {}', ({ budget }, source) => {
    budget.elements(source.entries.size)
    budget.spend(source.entries.size)
    return list(source.sortedKeys().map((key) => source.entries.get(key) ?? null))
  }),
  pick: go('func(map[string]interface {}, ...string) map[string]interface {}', ({ budget }, source, ...keys) => {
    const kept = new Set(keys)
    return pick(source, (key) => kept.has(key), budget)
  }),
  omit: go('func(map[string]interface {}, ...string) map[string]interface {}', ({ budget }, source, ...keys) => {
    const dropped = new Set(keys)
    return pick(source, (key) => !dropped.has(key), budget)
  }),
  dig: go('func(...interface {}) (interface {}, error)', dig),
  merge: go(MERGE, merge),
  mustMerge: go(MUST_MERGE, merge),
  mergeOverwrite: go(MERGE, mergeOverwrite),
  mustMergeOverwrite: go(MUST_MERGE, mergeOverwrite),
  deepCopy: go('func(interface {}) interface {}', deepCopy),
  mustDeepCopy: go('func(interface {}) (interface {}, error)', deepCopy),
  deepEqual: go('func(interface {}, interface {}) bool', ({ budget }, a, b) => deepEqual(a, b, budget)),
}
