import type { Clock } from '../../src/clock.ts'

interface Timer {
  readonly due: number
  readonly order: number
  readonly run: () => void
}

/** Time that stands still until told otherwise; wall time can jump on its own. */
export class FakeClock implements Clock {
  #monotonic = 0
  #wall = Date.parse('2026-06-01T12:00:00Z')
  #timers: Timer[] = []
  #order = 0
  /** Resolves when what has been started is done; time stands still until then. */
  idle: () => Promise<void> = settle

  now(): number {
    return this.#wall
  }

  monotonic(): number {
    return this.#monotonic
  }

  after(ms: number, run: () => void): () => void {
    this.#order += 1
    const timer = { due: this.#monotonic + ms, order: this.#order, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Moves the wall clock alone, as somebody setting the time does. */
  jump(ms: number): void {
    this.#wall += ms
  }

  /** Lets time pass; what is due runs in order, and what that starts as well. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms
    for (;;) {
      await this.idle()
      const [next] = this.#timers.toSorted((a, b) => a.due - b.due || a.order - b.order)
      if (next === undefined || next.due > end) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#wall += next.due - this.#monotonic
      this.#monotonic = next.due
      next.run()
    }
    this.#wall += end - this.#monotonic
    this.#monotonic = end
    await this.idle()
  }

  get pending(): number {
    return this.#timers.length
  }
}

/** Lets everything run that needs no time: promises, and the thread pool's answers. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
}
