import type { Budget } from '../budget.ts'
import { CallFault } from '../fault.ts'
import type { ByteString } from '../text/bytestring.ts'
import { isTrue } from '../value/types.ts'
import { Complex, Dict, dict, List, type Value } from '../value/values.ts'
import { isEmpty } from './defaults.ts'

/**
 * Merges dicts into the first, which changes, as mergo does. Without `overwrite` what is set stays, but "", 0, false,
 * nil and empty lists count as not set; with it everything is replaced, by nil too.
 */
export function merged(target: Dict, sources: readonly Dict[], overwrite: boolean, budget: Budget): Dict {
  const result = target.isNil && sources.some(({ isNil }) => !isNil) ? dict() : target
  for (const source of sources) mergeInto(result, source, overwrite, budget, 0)
  return result
}

function mergeInto(target: Dict, source: Dict, overwrite: boolean, budget: Budget, depth: number): void {
  budget.depth(depth)
  for (const [key, value] of source.entries) {
    budget.spend(1)
    if (value === null) {
      if (overwrite) assign(target, key, value, source)
      continue
    }
    const present = target.entries.get(key)
    // Dicts inside of dicts are merged where they are, so what shares them changes as well.
    if (value instanceof Dict && present instanceof Dict) mergeInto(present, value, overwrite, budget, depth + 1)
    if (present !== undefined && !countsAsEmpty(present)) {
      if (value instanceof Dict && present instanceof Dict) continue
      if (!overwrite) continue
    }
    assign(target, key, value, source)
  }
}

function countsAsEmpty(value: Value): boolean {
  return value instanceof Complex
    ? false
    : value instanceof List || value instanceof Dict
      ? !isTrue(value)
      : isEmpty(value)
}

/** What a map of strings takes is a map of strings. */
function assign(target: Dict, key: ByteString, value: Value, source: Dict): void {
  if (target.type === 'map[string]string' && source.type !== target.type) {
    throw new CallFault('reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string')
  }
  target.entries.set(key, value)
}
