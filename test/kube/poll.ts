/** Waiting for the state of the world. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface PollOptions {
  /** Milliseconds until it fails. */
  readonly timeout?: number
  /** Milliseconds between two looks. */
  readonly every?: number
}

/**
 * Looks again and again until `look` returns something else than undefined or false, and returns that. What it throws
 * counts as "not yet"; after the deadline the last of it is the error's cause.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { timeout = 60_000, every = 50 }: PollOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeout
  let last: unknown
  for (;;) {
    try {
      const seen = await look()
      if (seen !== undefined && seen !== false) return seen
      last = undefined
    } catch (error) {
      last = error
    }
    if (performance.now() > deadline) break
    await sleep(every)
  }
  const why = last instanceof Error ? `: ${last.message}` : ''
  throw new Error(`not within ${timeout / 1000} s: ${what}${why}`, { cause: last })
}
