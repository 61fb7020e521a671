/** Aborts after a time, or when one of the given signals does. */
export class Deadline {
  readonly #controller = new AbortController()
  readonly #parents: readonly AbortSignal[]
  readonly #timer: NodeJS.Timeout
  expired = false

  constructor(ms: number, parents: readonly (AbortSignal | undefined)[]) {
    this.#parents = parents.filter((parent) => parent !== undefined)
    this.#timer = setTimeout(() => {
      this.expired = true
      this.#controller.abort()
    }, ms)
    for (const parent of this.#parents) {
      if (parent.aborted) this.#controller.abort()
      else parent.addEventListener('abort', this.abort, { once: true })
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  readonly abort = (): void => {
    this.clear()
    this.#controller.abort()
  }

  clear(): void {
    clearTimeout(this.#timer)
    for (const parent of this.#parents) parent.removeEventListener('abort', this.abort)
  }
}
