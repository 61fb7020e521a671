import { type FSWatcher, watch } from 'node:fs'
import type { Clock } from '../../clock.ts'

/**
 * Notices changes in folders. One watcher a folder, not `recursive`: on Linux that would take one for each file. Where
 * watching does not work (network file systems, too many watches) the slow rescan of the store is what remains.
 */
export class FolderWatch {
  readonly #watchers = new Map<string, FSWatcher>()
  readonly #changed: () => void
  #closed = false

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** Watches exactly these folders. */
  follow(folders: Iterable<string>): void {
    if (this.#closed) return
    const wanted = new Set(folders)
    for (const folder of this.#watchers.keys()) if (!wanted.has(folder)) this.#drop(folder)
    for (const folder of wanted) if (!this.#watchers.has(folder)) this.#add(folder)
  }

  close(): void {
    this.#closed = true
    for (const folder of [...this.#watchers.keys()]) this.#drop(folder)
  }

  #add(folder: string): void {
    try {
      const watcher = watch(folder, () => this.#changed())
      watcher.on('error', () => this.#drop(folder))
      this.#watchers.set(folder, watcher)
    } catch {
      // The rescan finds what changes there.
    }
  }

  #drop(folder: string): void {
    this.#watchers.get(folder)?.close()
    this.#watchers.delete(folder)
  }
}

const QUIET_MS = 100
const LONGEST_MS = 1000

/** Calls `run` once things have been quiet for 100 ms, after a second at the latest: editors write in several steps. */
export class Debounce {
  readonly #clock: Clock
  readonly #run: () => void
  #first: number | undefined
  #cancel: (() => void) | undefined

  constructor(clock: Clock, run: () => void) {
    this.#clock = clock
    this.#run = run
  }

  poke(): void {
    const now = this.#clock.monotonic()
    this.#first ??= now
    this.#cancel?.()
    const wait = Math.max(0, Math.min(QUIET_MS, this.#first + LONGEST_MS - now))
    this.#cancel = this.#clock.after(wait, () => {
      this.#first = undefined
      this.#cancel = undefined
      this.#run()
    })
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
