/** The key Secrets under `keys/`: Secret manifests, as `kubectl get -o yaml` prints and `kubectl apply` takes them, or `NAME.crt` with `NAME.key`. */
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { decodeBase64, encodeBase64, field, fromUtf8, isObject, isSecret, type JsonObject, utf8 } from '@waxseal/core'
import { writeYaml } from '@waxseal/core/documents'
import { type Clock, rfc3339 } from '../../clock.ts'
import type { Log } from '../../log/log.ts'
import type { KeySecret, NewKey } from '../../state.ts'
import { ensureFolder, signature, stat, stored, writeAtomically } from './files.ts'
import { isManifest } from './layout.ts'
import { readManifests } from './manifests.ts'
import { walk } from './tree.ts'

const LABEL = 'sealedsecrets.bitnami.com/sealed-secrets-key'
const LAST_BACKUP = 'waxseal.dev/last-backup'

interface KeyFile {
  readonly signature: string
  readonly keys: readonly KeySecret[]
}

export interface KeyFolderOptions {
  readonly root: string
  /** Parent of `root`. */
  readonly base: string
  /** Namespace that keys get which name none. */
  readonly namespace: string
  readonly clock: Clock
  readonly log: Log
}

export class KeyFolder {
  readonly #options: KeyFolderOptions
  #files = new Map<string, KeyFile>()

  constructor(options: KeyFolderOptions) {
    this.#options = options
  }

  keys(): KeySecret[] {
    return [...this.#files.values()].flatMap(({ keys }) => keys)
  }

  /** Reads what has changed; true when something has. */
  async scan(): Promise<{ readonly folders: readonly string[]; readonly changed: boolean }> {
    const wanted = (name: string): boolean => isManifest(name) || name.endsWith('.crt') || name.endsWith('.key')
    const tree = walk(this.#options.root, { depth: 1, links: true, wanted })
    const files = new Map<string, KeyFile>()
    for (const [path, version] of sources(tree.files)) {
      const known = this.#files.get(path)
      files.set(path, known?.signature === version ? known : await this.#read(path, version))
    }
    const before = this.#files
    this.#files = files
    const same = files.size === before.size && [...files].every(([path, file]) => before.get(path) === file)
    return { folders: tree.folders, changed: !same }
  }

  async create(key: NewKey): Promise<KeySecret> {
    const { root, base, namespace, clock } = this.#options
    const name = `${key.prefix}${suffix()}`
    const path = join(root, `${name}.yaml`)
    const creationTimestamp = rfc3339(clock.now())
    const text = await writeYaml({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        ...{ name, namespace, creationTimestamp },
        labels: { ...key.labels, [LABEL]: 'active' },
        ...(key.annotations === undefined ? {} : { annotations: key.annotations }),
      },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': encodeBase64(utf8(key.certificatePem)), 'tls.key': encodeBase64(utf8(key.privateKeyPem)) },
    })
    const stats = await stored('write', path, async () => {
      await ensureFolder(base, [basename(root)])
      return writeAtomically(path, text, { mode: 0o600, exclusive: true, sync: true })
    })
    const { certificatePem, privateKeyPem } = key
    return {
      name,
      namespace,
      version: `${signature(stats)}-0`,
      state: 'active',
      creationTimestamp,
      lastBackup: undefined,
      certificatePem,
      privateKeyPem,
    }
  }

  async #read(path: string, version: string): Promise<KeyFile> {
    const { log } = this.#options
    if (!isManifest(path)) return { signature: version, keys: [this.#pair(path, version)] }
    const { objects, problems } = await readManifests(path)
    for (const detail of problems) log.error('key file cannot be read', { path, detail })
    const secrets = objects.filter(isSecret)
    if (secrets.length === 0 && problems.length === 0) log.warn('key file holds no Secret', { path })
    return { signature: version, keys: secrets.map((secret, index) => this.#key(secret, path, `${version}-${index}`)) }
  }

  #key(secret: JsonObject, path: string, version: string): KeySecret {
    const metadata = objectIn(secret, 'metadata')
    const data = objectIn(secret, 'data')
    const plain = objectIn(secret, 'stringData')
    const pem = (name: string): string | undefined => textIn(plain, name) ?? decoded(textIn(data, name))
    return {
      name: textIn(metadata, 'name') ?? basename(path),
      namespace: textIn(metadata, 'namespace') ?? this.#options.namespace,
      version,
      // Whoever puts a Secret without label into this folder means it as a key.
      state: textIn(objectIn(metadata, 'labels'), LABEL) ?? 'active',
      creationTimestamp: textIn(metadata, 'creationTimestamp') ?? modified(path),
      lastBackup: textIn(objectIn(metadata, 'annotations'), LAST_BACKUP),
      certificatePem: pem('tls.crt'),
      privateKeyPem: pem('tls.key'),
    }
  }

  #pair(path: string, version: string): KeySecret {
    const stem = path.replace(/\.(crt|key)$/, '')
    return {
      name: basename(stem),
      namespace: this.#options.namespace,
      version,
      state: 'active',
      creationTimestamp: modified(path),
      lastBackup: undefined,
      certificatePem: textOf(`${stem}.crt`),
      privateKeyPem: textOf(`${stem}.key`),
    }
  }
}

/** Files by path with their version; of a pair the certificate stands for both. */
function sources(files: ReadonlyMap<string, string>): Map<string, string> {
  const found = new Map<string, string>()
  for (const [path, version] of files) {
    const stem = path.replace(/\.(crt|key)$/, '')
    const crt = `${stem}.crt`
    const source = stem !== path && files.has(crt) ? crt : path
    found.set(source, `${found.get(source) ?? ''}${version}`)
  }
  return found
}

function objectIn(parent: JsonObject, name: string): JsonObject {
  const value = field(parent, name)
  return isObject(value) ? value : {}
}

function textIn(parent: JsonObject, name: string): string | undefined {
  const value = field(parent, name)
  return typeof value === 'string' ? value : undefined
}

/** What is no base64 or no text is no PEM either; the empty text makes that show. */
function decoded(base64: string | undefined): string | undefined {
  if (base64 === undefined) return undefined
  try {
    return fromUtf8(decodeBase64(base64))
  } catch {
    return ''
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const modified = (path: string): string => rfc3339(Number(stat(path)?.mtimeMs ?? 0n))

/** Five letters and digits as Kubernetes' generateName appends, without vowels so that no words come out. */
function suffix(): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789'
  return Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('')
}
