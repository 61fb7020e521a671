/** Enough to keep every core busy with RSA, few enough that memory does not grow with the input. */
const IN_FLIGHT = 16

/** Maps with up to 16 calls at a time; results in the order of the items. The first failure ends it. */
export async function mapBounded<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  if (items.length <= IN_FLIGHT) return Promise.all(items.map(work))
  const results = new Array<R>(items.length)
  const queue = items.entries()
  const worker = async (): Promise<void> => {
    for (const [i, item] of queue) results[i] = await work(item)
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
  return results
}
