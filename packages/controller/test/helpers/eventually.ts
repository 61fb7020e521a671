/** Waits until `look` neither throws nor returns undefined; fails with its last error. Real time: for real stores. */
export async function eventually<T>(
  look: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    let last: unknown = new Error('still undefined')
    try {
      const seen = await look()
      if (seen !== undefined) return seen
    } catch (error) {
      last = error
    }
    if (performance.now() > deadline) throw last
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
