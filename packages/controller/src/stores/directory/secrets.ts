/** The Secrets under `secrets/`, one file each: `NAMESPACE/NAME.yaml`. */
import { readFile, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { field, isObject, isSecret, type JsonObject } from '@waxseal/core'
import { writeYaml } from '@waxseal/core/documents'
import { StoreError } from '../../ports.ts'
import { metaOf } from '../../secret-meta.ts'
import { keyOf, type ObjectKey, type ObjectRef, type SecretMeta, type SecretObject } from '../../state.ts'
import { ensureFolder, lstat, signature, stored, writeAtomically } from './files.ts'
import { secretUid } from './identity.ts'
import { fileName, nameProblem } from './layout.ts'
import { readManifests } from './manifests.ts'
import { secretOf } from './secret-file.ts'
import { walk } from './tree.ts'

export class SecretFolder {
  readonly #root: string
  readonly #metas = new Map<ObjectKey, SecretMeta>()

  constructor(root: string) {
    this.#root = root
  }

  meta(ref: ObjectRef): SecretMeta | undefined {
    return this.#metas.get(keyOf(ref))
  }

  metas(): Iterable<SecretMeta> {
    return [...this.#metas.values()]
  }

  /** Notes what others did; returns the folders to watch and the keys of the Secrets that changed or went. */
  async scan(): Promise<{ readonly folders: readonly string[]; readonly changed: readonly ObjectKey[] }> {
    const tree = walk(this.#root, { depth: 2, links: false, wanted: (name) => name.endsWith('.yaml') })
    const changed: ObjectKey[] = []
    const seen = new Set<ObjectKey>()
    for (const [path, version] of tree.files) {
      const ref = refOfFile(path)
      if (ref === undefined || dirname(dirname(path)) !== this.#root) continue
      seen.add(keyOf(ref))
      if (this.meta(ref)?.version === version) continue
      const secret = await this.#load(ref)
      // Written again while it was read: that will be noticed as well.
      if (secret === undefined || this.#version(ref) !== secret.metadata.resourceVersion) continue
      this.#metas.set(keyOf(ref), metaOf(secret))
      changed.push(keyOf(ref))
    }
    for (const [key, meta] of this.#metas) {
      if (seen.has(key) || lstat(this.path(meta)) !== undefined) continue
      this.#metas.delete(key)
      changed.push(key)
    }
    return { folders: tree.folders, changed }
  }

  async read(ref: ObjectRef): Promise<SecretObject | undefined> {
    return stored('read', this.path(ref), () => this.#load(ref))
  }

  async create(secret: SecretObject): Promise<SecretMeta> {
    return this.#write(secret, true)
  }

  async update(secret: SecretObject): Promise<SecretMeta> {
    const path = this.path(secret.metadata)
    const before = await this.read(secret.metadata)
    if (before === undefined) throw new StoreError('not-found', `${path} does not exist`)
    if (before.metadata.resourceVersion !== secret.metadata.resourceVersion)
      throw new StoreError('conflict', `${path} was changed by somebody else`)
    if ((before.type ?? 'Opaque') !== (secret.type ?? 'Opaque'))
      throw new StoreError('invalid', `${path}: the type of a Secret cannot be changed`)
    return this.#write(secret, false)
  }

  async remove(ref: ObjectRef): Promise<void> {
    const path = this.path(ref)
    await stored('remove', path, async () => {
      await this.#folder(ref)
      await unlink(path)
    })
    this.#metas.delete(keyOf(ref))
  }

  path(ref: ObjectRef): string {
    return join(this.#root, ref.namespace, fileName(ref))
  }

  async #write(secret: SecretObject, exclusive: boolean): Promise<SecretMeta> {
    const { uid: _uid, resourceVersion: _version, ...metadata } = secret.metadata
    const path = this.path(secret.metadata)
    const text = await writeYaml({ ...secret, metadata })
    const version = await stored('write', path, async () => {
      await this.#folder(metadata)
      return signature(await writeAtomically(path, text, { mode: 0o600, exclusive, sync: true }))
    })
    const meta = metaOf({ ...secret, metadata: { ...metadata, uid: secretUid(metadata), resourceVersion: version } })
    this.#metas.set(keyOf(meta), meta)
    return meta
  }

  #folder({ namespace }: ObjectRef): Promise<string> {
    return ensureFolder(dirname(this.#root), [basename(this.#root), namespace])
  }

  #version(ref: ObjectRef): string | undefined {
    const stats = lstat(this.path(ref))
    return stats && signature(stats)
  }

  /** What is no Secret file (a link, a folder, other text) shows as a Secret that nobody here owns, so it stays. */
  async #load(ref: ObjectRef): Promise<SecretObject | undefined> {
    const path = this.path(ref)
    const before = lstat(path)
    if (before === undefined) return undefined
    const object = before.isFile() ? await firstSecret(path) : undefined
    const version = this.#version(ref)
    return version === undefined ? undefined : secretOf(object, ref, version)
  }
}

async function firstSecret(path: string): Promise<JsonObject | undefined> {
  // Reports permission problems as errors, which readManifests does not.
  await readFile(path)
  const { objects, problems } = await readManifests(path)
  const [only, ...others] = objects
  if (problems.length > 0 || others.length > 0 || only === undefined || !isSecret(only)) return undefined
  return isObject(field(only, 'metadata')) ? only : undefined
}

function refOfFile(path: string): ObjectRef | undefined {
  const ref = { namespace: basename(dirname(path)), name: basename(path, '.yaml') }
  return nameProblem(ref) === undefined ? ref : undefined
}
