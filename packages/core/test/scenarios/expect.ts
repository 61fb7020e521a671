import { WaxsealError } from '../../src/index.ts'

/** Compares JSON-like values, the order of fields included. Usable in Node and in a browser. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}: got ${a}, expected ${b}`)
}

/** The same with fields in any order. */
export function alike(actual: unknown, expected: unknown, what: string): void {
  same(sorted(actual), sorted(expected), what)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [key, sorted(item)])
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** The code of the error that the work ends in; undefined when it succeeds. Errors of other kinds are bugs. */
export async function codeOf(work: () => unknown): Promise<string | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof WaxsealError) return error.code
    throw error
  }
}
