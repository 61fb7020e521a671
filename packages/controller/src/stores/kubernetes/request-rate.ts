import { type Clock, sleep } from '../../clock.ts'

export interface RequestRate {
  readonly perSecond: number
  /** Requests that may go at once after a quiet time. */
  readonly burst: number
}

/** A token bucket: resolves each call when its turn has come, first come, first served, or when its signal aborts. */
export function requestRate({ perSecond, burst }: RequestRate, clock: Clock): (signal: AbortSignal) => Promise<void> {
  let tokens = burst
  let filledAt = clock.monotonic()
  return (signal) => {
    const now = clock.monotonic()
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond) - 1
    filledAt = now
    // What is below zero is owed to those who came before.
    return tokens >= 0 ? Promise.resolve() : sleep(clock, (-tokens / perSecond) * 1000, signal)
  }
}
