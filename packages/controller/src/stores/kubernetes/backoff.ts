export interface BackoffOptions {
  readonly firstMs: number
  readonly maxMs: number
  /** In [0, 1). */
  readonly random: () => number
}

/** Exponential delays with jitter: the n-th is between half and all of `firstMs * 2^(n-1)`, at most `maxMs`. */
export class Backoff {
  readonly #options: BackoffOptions
  #failures = 0

  constructor(options: BackoffOptions) {
    this.#options = options
  }

  /** Failures since the last reset. */
  get failures(): number {
    return this.#failures
  }

  /** The delay before the next try; never shorter than what the server asked for. */
  next(retryAfterMs = 0): number {
    const { firstMs, maxMs, random } = this.#options
    const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(this.#failures, 30))
    this.#failures += 1
    return Math.max(retryAfterMs, ceiling * (0.5 + random() / 2))
  }

  reset(): void {
    this.#failures = 0
  }
}
