/** The cache of SealedSecrets: what files declare, together with what is known about each from before. */
import { keyOf, type ObjectKey, type ObjectRef, type SealedSecretEntry } from '../../state.ts'
import { sealedSecretUid } from './identity.ts'
import type { Declared } from './sealed.ts'
import type { StatusFolder, StatusRecord } from './status.ts'

interface Known {
  readonly entry: SealedSecretEntry
  readonly digest: string
  readonly record: StatusRecord
}

export class Entries {
  readonly #known = new Map<ObjectKey, Known>()
  readonly #folder: StatusFolder
  #revision = 0

  constructor(folder: StatusFolder) {
    this.#folder = folder
  }

  get(ref: ObjectRef): SealedSecretEntry | undefined {
    return this.#known.get(keyOf(ref))?.entry
  }

  record(ref: ObjectRef): StatusRecord | undefined {
    return this.#known.get(keyOf(ref))?.record
  }

  keys(): ObjectKey[] {
    return [...this.#known.keys()]
  }

  /** Takes over what is declared now; returns the keys that came, changed or went. */
  async update(declared: ReadonlyMap<ObjectKey, Declared>): Promise<ObjectKey[]> {
    const changed: ObjectKey[] = []
    for (const [key, one] of declared) {
      const known = this.#known.get(key)
      if (known?.digest === one.digest) continue
      this.#set(one, known?.record ?? (await this.#folder.read(one)))
      changed.push(key)
    }
    for (const key of this.#known.keys()) {
      if (declared.has(key)) continue
      this.#known.delete(key)
      changed.push(key)
    }
    return changed
  }

  /** Notes the status of that version, which then moves on; false when it has moved on already. */
  store({ namespace, name, version }: SealedSecretEntry, record: StatusRecord): boolean {
    const key = keyOf({ namespace, name })
    const known = this.#known.get(key)
    if (known?.entry.version !== version) return false
    const entry = { ...known.entry, version: this.#next(), status: record.status }
    this.#known.set(key, { ...known, entry, record })
    return true
  }

  /** Notes what does not show in the entry. */
  note(ref: ObjectRef, record: StatusRecord): void {
    const known = this.#known.get(keyOf(ref))
    if (known !== undefined) this.#known.set(keyOf(ref), { ...known, record })
  }

  #set({ namespace, name, digest, sealed, invalid }: Declared, before: StatusRecord | undefined): void {
    const generation = (before?.generation ?? 0) + (before?.digest === digest ? 0 : 1)
    const { status, events = [] } = before ?? {}
    const uid = sealedSecretUid({ namespace, name })
    const version = this.#next()
    const entry: SealedSecretEntry = {
      namespace,
      name,
      uid,
      version,
      generation,
      sealed,
      invalid,
      status,
      deleting: false,
    }
    this.#known.set(keyOf(entry), { entry, digest, record: { generation, digest, status, events } })
  }

  #next(): string {
    this.#revision += 1
    return String(this.#revision)
  }
}
