/** A key ring for what strangers send. */
import { type KeyRing, WaxsealError } from '@waxseal/core'

/** Work of all requests together, a few pieces at a time, first come first served. */
export class Gate {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#free = places
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}

/**
 * The ring with its cost bounded for one request: opening waits its turn at the gate, so that the controller's own
 * work finds the thread pool free; and after the first value that does not open, or when the client has gone, no more
 * RSA operations are spent. A value that no key fits costs one for each key, and a request can hold a thousand of them.
 * For callers to whom one failure is as good as many.
 */
export function fairRing(ring: KeyRing, gate: Gate, signal: AbortSignal): KeyRing {
  let failure: WaxsealError | undefined
  return {
    keys: ring.keys,
    open: (envelope, label, hint) =>
      gate.run(async () => {
        if (signal.aborted) throw new WaxsealError('no-key', 'the client has gone')
        if (failure !== undefined) throw failure
        try {
          return await ring.open(envelope, label, hint)
        } catch (error) {
          if (error instanceof WaxsealError) failure = error
          throw error
        }
      }),
  }
}
