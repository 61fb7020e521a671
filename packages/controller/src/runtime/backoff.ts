/** Exponential backoff with jitter, counted per item. */
export interface BackoffOptions {
  readonly baseMs: number
  readonly maxMs: number
  /** Uniform in [0, 1). */
  readonly random: () => number
}

export class Backoff {
  readonly #options: BackoffOptions
  readonly #failures = new Map<string, number>()

  constructor(options: BackoffOptions) {
    this.#options = options
  }

  /** Counts one more failure and returns how long to wait: base x 2^failures up to max, and up to a quarter more. */
  next(item: string): number {
    const failures = this.#failures.get(item) ?? 0
    this.#failures.set(item, failures + 1)
    const { baseMs, maxMs, random } = this.#options
    const delay = Math.min(baseMs * 2 ** Math.min(failures, 40), maxMs)
    return Math.round(delay * (1 + random() / 4))
  }

  failures(item: string): number {
    return this.#failures.get(item) ?? 0
  }

  forget(item: string): void {
    this.#failures.delete(item)
  }
}
