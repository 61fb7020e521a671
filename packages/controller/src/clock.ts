/** Time, injected: wall time is shown to people, monotonic time decides what happens when. */
export interface Clock {
  /** Wall time in ms since the epoch. May jump in both directions; nothing is scheduled by it. */
  now(): number
  /** Milliseconds from an arbitrary start, never decreasing. */
  monotonic(): number
  /** Calls `run` once after `ms`; the returned function prevents that. */
  after(ms: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

/** RFC 3339 in UTC with seconds, as the API server writes times. */
export const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** Resolves after `ms`, or at once when `signal` aborts. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const wake = (): void => {
      cancel()
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    const cancel = clock.after(ms, wake)
    signal?.addEventListener('abort', wake, { once: true })
  })
}
