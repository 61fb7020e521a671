/** A cache of one resource in one scope, fed by lists and watches and by the answers to the store's own calls. */
import { keyOf, type ObjectKey } from '../../state.ts'
import { type Fields, fields, text } from './fields.ts'
import { isOlder } from './version.ts'

/** What an informer tells. A list is `listing`, its objects, `listed`; between lists come the watch's changes. */
export interface Receiver {
  /** A complete list begins, as of `version`. `rewound`: the server has gone back in time (restored from a backup). */
  listing(version: string, rewound: boolean): void
  upsert(object: Fields): void
  remove(object: Fields): void
  /** The list is complete: what it did not name is gone. */
  listed(): void
}

export interface Entry {
  readonly namespace: string
  readonly name: string
  readonly version: string
}

export interface TableOptions<T extends Entry> {
  /** What is kept of an object of the API; undefined for what is not worth keeping. */
  readonly entryOf: (object: Fields) => T | undefined
  /** Called after every change, `before` undefined for what was not kept. */
  readonly changed: (key: ObjectKey, before: T | undefined, after: T | undefined) => void
}

/** A call under way whose answer tells the state of an object. */
interface Expectation {
  /** Version of a removal, or of a list, that was seen since the call began. */
  goneAt: string | undefined
  /** The watch reported a change since the call began. */
  deferred: boolean
}

/**
 * Values are replaced, never changed, and only by newer ones: an answer may overtake the watch, and the watch an
 * answer. What disappeared while no watch ran is found by comparing the next list with what is kept.
 */
export class Table<T extends Entry> implements Receiver {
  readonly #options: TableOptions<T>
  readonly #entries = new Map<ObjectKey, T>()
  readonly #expected = new Map<ObjectKey, Set<Expectation>>()
  #list: { readonly version: string; readonly rewound: boolean; readonly unseen: Set<ObjectKey> } | undefined

  constructor(options: TableOptions<T>) {
    this.#options = options
  }

  get(key: ObjectKey): T | undefined {
    return this.#entries.get(key)
  }

  keys(): Iterable<ObjectKey> {
    return this.#entries.keys()
  }

  values(): Iterable<T> {
    return this.#entries.values()
  }

  get size(): number {
    return this.#entries.size
  }

  listing(version: string, rewound: boolean): void {
    this.#list = { version, rewound, unseen: new Set(this.#entries.keys()) }
  }

  upsert(object: Fields): void {
    const { key, version } = identify(object)
    this.#list?.unseen.delete(key)
    const before = this.#entries.get(key)
    if (before !== undefined && !this.#replaces(version, before)) return
    const after = this.#options.entryOf(object)
    if (after === undefined && before === undefined) return
    this.#set(key, after)
    this.#report(key, before, after)
  }

  remove(object: Fields): void {
    const { key, version } = identify(object)
    const before = this.#entries.get(key)
    if (before !== undefined && isOlder(version, before.version)) return
    this.#entries.delete(key)
    for (const expectation of this.#expected.get(key) ?? []) expectation.goneAt = version
    this.#report(key, before, undefined)
  }

  listed(): void {
    const list = this.#list
    this.#list = undefined
    if (list === undefined) return
    for (const expectations of this.#expected.values()) {
      for (const expectation of expectations) expectation.goneAt = list.version
    }
    for (const key of list.unseen) {
      const before = this.#entries.get(key)
      // Written by ourselves after the list was made.
      if (before === undefined || (!list.rewound && isOlder(list.version, before.version))) continue
      this.#entries.delete(key)
      this.#report(key, before, undefined)
    }
  }

  /** Drops what is no longer worth keeping, without a report. */
  forget(key: ObjectKey): void {
    this.#entries.delete(key)
  }

  /**
   * Makes a call whose answer tells the state of the object: `entryOf` reads it. The entry is kept unless something
   * newer is known, a removal included. While the call is under way, changes that the watch brings are kept but not
   * reported; afterwards, unless they were the call's own.
   */
  async during<A>(key: ObjectKey, call: () => Promise<A>, entryOf: (answer: A) => T | undefined): Promise<A> {
    const expectation: Expectation = { goneAt: undefined, deferred: false }
    const expectations = this.#expected.get(key) ?? new Set()
    this.#expected.set(key, expectations.add(expectation))
    let entry: T | undefined
    try {
      const answer = await call()
      entry = entryOf(answer)
      return answer
    } finally {
      expectations.delete(expectation)
      if (expectations.size === 0) this.#expected.delete(key)
      this.#settle(key, expectation, entry)
    }
  }

  #settle(key: ObjectKey, { goneAt, deferred }: Expectation, entry: T | undefined): void {
    const known = this.#entries.get(key)
    if (entry !== undefined) {
      const gone = goneAt !== undefined && !isOlder(goneAt, entry.version)
      const outdated = known !== undefined && !isOlder(known.version, entry.version)
      if (!gone && !outdated) this.#entries.set(key, entry)
    }
    const now = this.#entries.get(key)
    if (deferred && (entry === undefined || now?.version !== entry.version)) this.#options.changed(key, undefined, now)
  }

  #replaces(version: string, before: T): boolean {
    if (version === before.version) return false
    return this.#list?.rewound === true || !isOlder(version, before.version)
  }

  #set(key: ObjectKey, value: T | undefined): void {
    if (value === undefined) this.#entries.delete(key)
    else this.#entries.set(key, value)
  }

  #report(key: ObjectKey, before: T | undefined, after: T | undefined): void {
    const expectations = this.#expected.get(key)
    if (expectations === undefined) this.#options.changed(key, before, after)
    else for (const expectation of expectations) expectation.deferred = true
  }
}

function identify(object: Fields): { readonly key: ObjectKey; readonly version: string } {
  const { namespace, name, resourceVersion } = fields(object.metadata)
  return { key: keyOf({ namespace: text(namespace), name: text(name) }), version: text(resourceVersion) }
}
