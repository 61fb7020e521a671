import type { Clock } from '../clock.ts'

/** `now`: somebody changed something while we watch. `soon`: new or changed before we started, retries. `idle`: looks in sync. */
export type Priority = 'now' | 'soon' | 'idle'

const ORDER: readonly Priority[] = ['now', 'soon', 'idle']

/** `large` and `slow` items go to workers of their own, so that however many there are, the others do not wait for them. */
export type Lane = 'fast' | 'large' | 'slow'

const LANES: readonly Lane[] = ['fast', 'large', 'slow']

/** Told of what happens in a queue; times in ms. */
export interface QueueObserver {
  added(): void
  waited(ms: number): void
  worked(ms: number): void
}

/** The items of a lane that wait, and the workers that wait for them. */
class Line {
  readonly waiting: Readonly<Record<Priority, Set<string>>> = { now: new Set(), soon: new Set(), idle: new Set() }
  readonly takers: ((item: string | undefined) => void)[] = []

  get length(): number {
    return ORDER.reduce((sum, level) => sum + this.waiting[level].size, 0)
  }

  /** The priority with which an item waits. */
  level(item: string): Priority | undefined {
    return ORDER.find((level) => this.waiting[level].has(item))
  }

  next(): string | undefined {
    for (const level of ORDER) {
      for (const item of this.waiting[level]) {
        this.waiting[level].delete(item)
        return item
      }
    }
    return undefined
  }
}

/**
 * Work queue with the guarantees of client-go's: an item waits at most once, is never handed to two workers, and when it
 * is added while being processed, it is handed out once more after `done`. Items of a higher priority go first; within
 * one, first come, first served. An item that waits is moved up, never down. Its lane is that of when it was added last.
 */
export class WorkQueue {
  readonly #clock: Clock
  readonly #laneOf: (item: string) => Lane
  readonly #observer: QueueObserver | undefined
  /** Since when (monotonic) an item waits. */
  readonly #since = new Map<string, number>()
  readonly #lines: Readonly<Record<Lane, Line>> = {
    fast: new Line(),
    large: new Line(),
    slow: new Line(),
  }
  /** What is processed, and since when (monotonic). */
  readonly #processing = new Map<string, number>()
  /** Added while being processed. */
  readonly #again = new Map<string, Priority>()
  readonly #delayed = new Map<string, { due: number; cancel: () => void }>()
  readonly #idlers: (() => void)[] = []
  #closed = false

  constructor(clock: Clock, laneOf: (item: string) => Lane = () => 'fast', observer?: QueueObserver) {
    this.#clock = clock
    this.#laneOf = laneOf
    this.#observer = observer
  }

  add(item: string, priority: Priority = 'now'): void {
    if (this.#closed) return
    if (this.#processing.has(item)) {
      const known = this.#again.get(item)
      if (known === undefined || higher(priority, known)) this.#again.set(item, priority)
      return
    }
    const lane = this.#laneOf(item)
    let level = priority
    for (const each of LANES) {
      const waitsAs = this.#lines[each].level(item)
      if (waitsAs === undefined) continue
      if (!higher(priority, waitsAs)) {
        if (each === lane) return
        level = waitsAs
      }
      this.#lines[each].waiting[waitsAs].delete(item)
    }
    this.#lines[lane].waiting[level].add(item)
    if (!this.#since.has(item)) {
      this.#since.set(item, this.#clock.monotonic())
      this.#observer?.added()
    }
    this.#hand(lane)
  }

  /** Adds the item after `ms`. Of several delays of one item the earliest counts. */
  addAfter(item: string, ms: number, priority: Priority = 'soon'): void {
    if (this.#closed) return
    if (ms <= 0) {
      this.add(item, priority)
      return
    }
    const due = this.#clock.monotonic() + ms
    const known = this.#delayed.get(item)
    if (known !== undefined && known.due <= due) return
    known?.cancel()
    const cancel = this.#clock.after(ms, () => {
      this.#delayed.delete(item)
      this.add(item, priority)
    })
    this.#delayed.set(item, { due, cancel })
  }

  /** Forgets a delay; what waits or is processed stays. */
  cancelDelayed(item: string): void {
    this.#delayed.get(item)?.cancel()
    this.#delayed.delete(item)
  }

  /** The next item of a lane, as soon as there is one; undefined once the queue is closed. Every item must be given to `done`. */
  take(lane: Lane = 'fast'): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.#lines[lane].takers.push(resolve)
      this.#hand(lane)
    })
  }

  done(item: string): void {
    const began = this.#processing.get(item)
    if (began !== undefined) this.#observer?.worked(this.#clock.monotonic() - began)
    this.#processing.delete(item)
    const again = this.#again.get(item)
    this.#again.delete(item)
    if (again !== undefined) this.add(item, again)
    if (this.quiet) for (const wake of this.#idlers.splice(0)) wake()
  }

  /** Sum of the times for which what is processed has been so. */
  get unfinishedMs(): number {
    const now = this.#clock.monotonic()
    return [...this.#processing.values()].reduce((sum, began) => sum + now - began, 0)
  }

  /** The longest of them. */
  get longestMs(): number {
    const now = this.#clock.monotonic()
    return Math.max(0, ...[...this.#processing.values()].map((began) => now - began))
  }

  /** Nothing waits and nothing is processed. Delayed items do not count. */
  get quiet(): boolean {
    return this.#processing.size === 0 && this.length === 0
  }

  /** Resolves when the queue is quiet. */
  settled(): Promise<void> {
    if (this.quiet) return Promise.resolve()
    return new Promise((resolve) => this.#idlers.push(resolve))
  }

  get length(): number {
    return LANES.reduce((sum, lane) => sum + this.#lines[lane].length, 0)
  }

  /** Drops what waits; takers get undefined. What is processed may still call `done`. */
  close(): void {
    this.#closed = true
    for (const { cancel } of this.#delayed.values()) cancel()
    this.#delayed.clear()
    this.#again.clear()
    this.#since.clear()
    for (const lane of LANES) {
      const { waiting, takers } = this.#lines[lane]
      for (const level of ORDER) waiting[level].clear()
      for (const taker of takers.splice(0)) taker(undefined)
    }
    if (this.quiet) for (const wake of this.#idlers.splice(0)) wake()
  }

  #hand(lane: Lane): void {
    const line = this.#lines[lane]
    while (line.takers.length > 0) {
      const item = line.next()
      if (item === undefined) return
      const now = this.#clock.monotonic()
      this.#processing.set(item, now)
      this.#observer?.waited(now - (this.#since.get(item) ?? now))
      this.#since.delete(item)
      line.takers.shift()?.(item)
    }
  }
}

const higher = (a: Priority, b: Priority): boolean => ORDER.indexOf(a) < ORDER.indexOf(b)
