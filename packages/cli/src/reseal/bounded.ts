/** Runs work with at most so many at a time, first come first served. */
export function bounded(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = places
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}

/** Maps with at most `places` at a time; results in order. After the first failure nothing more is begun, and it is thrown. */
export async function mapSome<T, R>(items: readonly T[], places: number, map: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  let failed = false
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failed) return
      try {
        results[index] = await map(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: places }, worker))
  const failure = workers.find((each) => each.status === 'rejected')
  if (failure !== undefined) throw failure.reason
  return results
}
