import type { Budget } from '../budget.ts'
import { bytes } from '../text/bytestring.ts'
import { int, List } from '../value/values.ts'
import { type FunctionTable, go } from './go.ts'

/** From start on, before stop; empty where the step leads away or nowhere. */
function steps(start: bigint, stop: bigint, step: bigint, budget: Budget): bigint[] {
  if (stop < start ? step >= 0n : step <= 0n) return []
  const [distance, stride] = stop < start ? [start - stop, -step] : [stop - start, step]
  const count = Number((distance + stride - 1n) / stride)
  budget.elements(count)
  return Array.from({ length: count }, (_, index) => start + step * BigInt(index))
}

function listed(numbers: readonly bigint[]): List {
  return new List('[]int', numbers.map(int))
}

/** The numbers of Unix's seq: up to and with the end, in the direction of the end. */
function sequence(parameters: readonly bigint[], budget: Budget): bigint[] {
  const [first = 1n, second = 1n, third] = parameters
  switch (parameters.length) {
    case 1:
      return first < 1n ? steps(1n, first - 1n, -1n, budget) : steps(1n, first + 1n, 1n, budget)
    case 2:
      return second < first ? steps(first, second - 1n, -1n, budget) : steps(first, second + 1n, 1n, budget)
    case 3: {
      const end = third ?? first
      if (end >= first) return steps(first, end + 1n, second, budget)
      return second > 0n ? [] : steps(first, end - 1n, second, budget)
    }
    default:
      return []
  }
}

export const SEQUENCES: FunctionTable = {
  seq: go('func(...int) string', ({ budget }, ...parameters) => bytes(sequence(parameters, budget).join(' '))),
  until: go('func(int) []int', ({ budget }, count) => listed(steps(0n, count, count < 0n ? -1n : 1n, budget))),
  untilStep: go('func(int, int, int) []int', ({ budget }, start, stop, step) =>
    listed(steps(start, stop, step, budget)),
  ),
}
