/**
 * The embedded store: a folder instead of a cluster. SealedSecrets are files under `sealed/`, Secrets files under
 * `secrets/`, keys under `keys/`, status beside. Does what API server and garbage collector would.
 */
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log/log.ts'
import { type Store, StoreError, type StoreHandlers } from '../../ports.ts'
import {
  type EventRecord,
  type KeySecret,
  keyOf,
  type NewKey,
  type ObjectKey,
  type ObjectRef,
  refOf,
  type SealedSecretEntry,
  type SealedSecretStatus,
  type SecretMeta,
  type SecretObject,
} from '../../state.ts'
import { Entries } from './entries.ts'
import { stored, writeAtomically } from './files.ts'
import { sealedSecretUid } from './identity.ts'
import { KeyFolder } from './keys.ts'
import type { Layout } from './layout.ts'
import { SealedFolder } from './sealed.ts'
import { SecretFolder } from './secrets.ts'
import { StatusFolder } from './status.ts'
import { Debounce, FolderWatch } from './watch.ts'

export interface DirectoryStoreOptions {
  readonly layout: Layout
  /** Namespace written into key Secrets. */
  readonly controllerNamespace: string
  readonly clock: Clock
  readonly log: Log
}

/** For file systems that report no changes. */
const RESCAN_MS = 10_000

export class DirectoryStore implements Store {
  readonly #layout: Layout
  readonly #clock: Clock
  readonly #log: Log
  readonly #sealed: SealedFolder
  readonly #secrets: SecretFolder
  readonly #keys: KeyFolder
  readonly #status: StatusFolder
  readonly #entries: Entries
  #problems: ReadonlyMap<string, string> = new Map()
  #synced = false
  #scanning: Promise<void> | undefined
  #again = false

  constructor({ layout, controllerNamespace, clock, log }: DirectoryStoreOptions) {
    this.#layout = layout
    this.#clock = clock
    this.#log = log
    this.#sealed = new SealedFolder(layout.sealed)
    this.#secrets = new SecretFolder(layout.secrets)
    this.#keys = new KeyFolder({ root: layout.keys, base: layout.root, namespace: controllerNamespace, clock, log })
    this.#status = new StatusFolder({ root: layout.status, base: dirname(layout.status), clock })
    this.#entries = new Entries(this.#status)
  }

  get synced(): boolean {
    return this.#synced
  }

  /** Files under `sealed/` that cannot be read, with the reason. */
  get problems(): ReadonlyMap<string, string> {
    return this.#problems
  }

  async start(handlers: StoreHandlers, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const watch = new FolderWatch(() => debounce.poke())
    const rescan = (): void => void this.#rescan(handlers, watch, signal)
    const debounce = new Debounce(this.#clock, rescan)
    let cancel = (): void => {}
    const tick = (): void => {
      rescan()
      cancel = this.#clock.after(RESCAN_MS, tick)
    }
    const end = (): void => {
      cancel()
      debounce.stop()
      watch.close()
    }
    signal.addEventListener('abort', end, { once: true })
    await this.#rescan(handlers, watch, signal)
    signal.throwIfAborted()
    // What was written since the folders were listed and before they were watched.
    await this.#rescan(handlers, watch, signal)
    signal.throwIfAborted()
    const known = new Set(this.#entries.keys())
    if (this.#problems.size === 0) await this.#status.prune((key) => known.has(key))
    this.#synced = true
    cancel = this.#clock.after(RESCAN_MS, tick)
  }

  get cached(): Readonly<Record<string, number>> {
    const SealedSecret = [...this.#entries.keys()].length
    return { SealedSecret, Secret: [...this.#secrets.metas()].length, Key: this.#keys.keys().length }
  }

  sealedSecret(ref: ObjectRef): SealedSecretEntry | undefined {
    return this.#entries.get(ref)
  }

  sealedSecretKeys(): Iterable<ObjectKey> {
    return this.#entries.keys()
  }

  secretMeta(ref: ObjectRef): SecretMeta | undefined {
    return this.#secrets.meta(ref)
  }

  keySecrets(): readonly KeySecret[] {
    return this.#keys.keys()
  }

  async readSecret(ref: ObjectRef): Promise<SecretObject | undefined> {
    return this.#secrets.read(ref)
  }

  async createSecret(secret: SecretObject): Promise<SecretMeta> {
    return this.#secrets.create(secret)
  }

  async updateSecret(secret: SecretObject): Promise<SecretMeta> {
    return this.#secrets.update(secret)
  }

  async deleteSecret(ref: ObjectRef, uid: string): Promise<void> {
    const secret = await this.#secrets.read(ref)
    if (secret === undefined) throw new StoreError('not-found', `${keyOf(ref)} does not exist`)
    if (secret.metadata.uid !== uid) throw new StoreError('conflict', `${keyOf(ref)} is another one`)
    await this.#secrets.remove(ref)
  }

  async updateStatus(entry: SealedSecretEntry, status: SealedSecretStatus): Promise<SealedSecretStatus> {
    const now = this.#entries.get(entry)
    const record = this.#entries.record(entry)
    if (now === undefined || record === undefined) throw new StoreError('not-found', `${keyOf(entry)} is gone`)
    if (now.version !== entry.version) throw new StoreError('conflict', `${keyOf(entry)} has changed`)
    const next = { ...record, status }
    await this.#status.write(entry, next)
    if (!this.#entries.store(entry, next)) throw new StoreError('conflict', `${keyOf(entry)} has changed`)
    return status
  }

  async recordEvent(event: EventRecord): Promise<void> {
    const record = this.#entries.record(event.regarding)
    if (record === undefined) return
    const next = this.#status.withEvent(record, event)
    this.#entries.note(event.regarding, next)
    await this.#status.write(event.regarding, next)
  }

  async createKeySecret(key: NewKey): Promise<KeySecret> {
    return this.#keys.create(key)
  }

  async publishCertificate(certificatePem: string): Promise<void> {
    const path = this.#layout.certificate
    await stored('write', path, async () => {
      const known = await readFile(path, 'utf8').catch(() => undefined)
      if (known !== certificatePem) await writeAtomically(path, certificatePem, { mode: 0o644 })
    })
  }

  /** One scan at a time; a call during a scan leads to one more. */
  async #rescan(handlers: StoreHandlers, watch: FolderWatch, signal: AbortSignal): Promise<void> {
    this.#again = true
    this.#scanning ??= this.#scanWhileNeeded(handlers, watch, signal).finally(() => {
      this.#scanning = undefined
    })
    return this.#scanning
  }

  async #scanWhileNeeded(handlers: StoreHandlers, watch: FolderWatch, signal: AbortSignal): Promise<void> {
    while (this.#again && !signal.aborted) {
      this.#again = false
      try {
        await this.#scan(handlers, watch)
      } catch (error) {
        this.#log.error('cannot read the folder', { path: this.#layout.root, error })
        return
      }
    }
  }

  async #scan(handlers: StoreHandlers, watch: FolderWatch): Promise<void> {
    const folders = await this.#sealed.scan()
    const secrets = await this.#secrets.scan()
    const keys = await this.#keys.scan()
    watch.follow([...folders, ...secrets.folders, ...keys.folders])
    const changed = await this.#entries.update(this.#sealed.declared())
    await this.#reportProblems()
    if (keys.changed) handlers.keysChanged()
    for (const key of changed) {
      const ref = refOf(key)
      if (this.#entries.get(ref) === undefined) await this.#status.remove(ref)
      handlers.sealedSecretChanged(key)
    }
    for (const key of secrets.changed) handlers.secretChanged(key)
    await this.#collectGarbage(handlers)
  }

  async #reportProblems(): Promise<void> {
    const problems = this.#sealed.problems()
    const news = [...problems].filter(([path, detail]) => this.#problems.get(path) !== detail)
    const same = news.length === 0 && problems.size === this.#problems.size
    this.#problems = problems
    for (const [path, detail] of news) this.#log.warn('file cannot be used', { path, detail })
    if (!same) await this.#tryTo('write', this.#layout.status, () => this.#status.writeProblems(problems))
  }

  /**
   * Removes Secrets whose only owners are SealedSecrets that no file declares any more. While a file cannot be read
   * nobody knows what it declares, so nothing is removed.
   */
  async #collectGarbage(handlers: StoreHandlers): Promise<void> {
    if (this.#problems.size > 0) return
    for (const meta of this.#secrets.metas()) {
      const gone = meta.ownerReferences.length > 0 && meta.ownerReferences.every((owner) => this.#isGone(owner, meta))
      if (!gone) continue
      await this.#tryTo('remove', this.#secrets.path(meta), async () => {
        await this.#secrets.remove(meta)
        this.#log.info('removed, its SealedSecret is gone', { object: keyOf(meta) })
        handlers.secretChanged(keyOf(meta))
      })
    }
  }

  #isGone(owner: SecretMeta['ownerReferences'][number], { namespace }: SecretMeta): boolean {
    const ref = { namespace, name: owner.name }
    const ours = owner.kind === 'SealedSecret' && owner.uid === sealedSecretUid(ref)
    return ours && this.#entries.get(ref) === undefined
  }

  async #tryTo(verb: string, path: string, run: () => Promise<void>): Promise<void> {
    try {
      await run()
    } catch (error) {
      this.#log.warn('cannot change the folder', { verb, path, error })
    }
  }
}
