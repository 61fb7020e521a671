import type { ByteString } from './text/bytestring.ts'

interface Entry<T> {
  readonly name: ByteString
  value: T
}

/** Names with values, of which the last given counts until it is released. */
export class Names<T> {
  private readonly entries: Entry<T>[] = []
  private readonly byName = new Map<ByteString, Entry<T>[]>()

  /** How many there are, to come back to. */
  get mark(): number {
    return this.entries.length
  }

  push(name: ByteString, value: T): void {
    const entry = { name, value }
    this.entries.push(entry)
    const same = this.byName.get(name)
    if (same === undefined) this.byName.set(name, [entry])
    else same.push(entry)
  }

  /** Forgets all but the first so many. */
  release(mark: number): void {
    for (const { name } of this.entries.splice(mark)) this.byName.get(name)?.pop()
  }

  /** Sets the n-th from the end, counted from 1. */
  setTop(n: number, value: T): void {
    const entry = this.entries[this.entries.length - n]
    if (entry !== undefined) entry.value = value
  }

  /** False where there is no such name. */
  set(name: ByteString, value: T): boolean {
    const entry = this.last(name)
    if (entry !== undefined) entry.value = value
    return entry !== undefined
  }

  find(name: ByteString): { readonly value: T } | undefined {
    return this.last(name)
  }

  private last(name: ByteString): Entry<T> | undefined {
    return this.byName.get(name)?.at(-1)
  }
}
