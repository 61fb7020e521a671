/** The SealedSecrets that the files under `sealed/` declare. */
import { createHash } from 'node:crypto'
import { relative } from 'node:path'
import {
  asString,
  field,
  isObject,
  isSealedSecret,
  type JsonObject,
  parseSealedSecret,
  type SealedSecret,
  WaxsealError,
} from '@waxseal/core'
import { canonicalJson } from '../../decide/digest.ts'
import { keyOf, type ObjectKey, type ObjectRef } from '../../state.ts'
import { isManifest, nameProblem } from './layout.ts'
import { readManifests } from './manifests.ts'
import { type Tree, walk } from './tree.ts'

/** A SealedSecret as a file declares it. */
export interface Declared extends ObjectRef {
  /** Path below `sealed/`. */
  readonly file: string
  /** SHA-256 over the document without its status. */
  readonly digest: string
  readonly sealed: SealedSecret | undefined
  readonly invalid: string | undefined
}

interface FileContent {
  readonly signature: string
  readonly declared: readonly Declared[]
  readonly problems: readonly string[]
}

const MAX_DEPTH = 32

export class SealedFolder {
  readonly #root: string
  #files = new Map<string, FileContent>()
  #unreadable: ReadonlyMap<string, string> = new Map()

  constructor(root: string) {
    this.#root = root
  }

  /** Reads what has changed since the last call. Returns the folders that are worth watching. */
  async scan(): Promise<readonly string[]> {
    const tree: Tree = walk(this.#root, { depth: MAX_DEPTH, links: true, wanted: isManifest })
    const files = new Map<string, FileContent>()
    for (const [path, signature] of tree.files) {
      const known = this.#files.get(path)
      files.set(path, known?.signature === signature ? known : await this.#read(path, signature, known))
    }
    this.#files = files
    this.#unreadable = tree.unreadable
    return tree.folders
  }

  /** What is declared now. What several documents declare is invalid: none of them can be preferred. */
  declared(): Map<ObjectKey, Declared> {
    const found = new Map<ObjectKey, Declared>()
    for (const { declared } of this.#files.values()) {
      for (const one of declared) {
        const other = found.get(keyOf(one))
        found.set(keyOf(one), other === undefined ? one : clash(other, one))
      }
    }
    return found
  }

  /** What is wrong with files as a whole, by path below `sealed/`. */
  problems(): Map<string, string> {
    const problems = new Map<string, string>()
    for (const [path, reason] of this.#unreadable) problems.set(this.#short(path), `cannot be read: ${reason}`)
    for (const [path, file] of this.#files)
      if (file.problems.length > 0) problems.set(this.#short(path), file.problems.join('; '))
    return problems
  }

  async #read(path: string, signature: string, before: FileContent | undefined): Promise<FileContent> {
    const { objects, problems } = await readManifests(path)
    const declared: Declared[] = []
    const wrong = [...problems]
    for (const object of objects.filter(isSealedSecret)) {
      const one = declare(object, this.#short(path))
      if (typeof one === 'string') wrong.push(one)
      else declared.push(one)
    }
    // A file that cannot be read (somebody is in the middle of editing it) takes nothing back that it declared before.
    const names = new Set(declared.map(keyOf))
    const kept = wrong.length === 0 ? [] : (before?.declared ?? []).filter((one) => !names.has(keyOf(one)))
    return { signature, declared: [...declared, ...kept], problems: wrong }
  }

  #short(path: string): string {
    return relative(this.#root, path)
  }
}

/** The declaration, or why there is none: without a usable name there is nothing to attach a status to. */
function declare(object: JsonObject, file: string): Declared | string {
  const metadata = field(object, 'metadata')
  try {
    const meta = isObject(metadata) ? metadata : {}
    const given = field(meta, 'namespace') ?? ''
    const namespace = asString(given, 'metadata.namespace') || 'default'
    const name = asString(field(meta, 'name'), 'metadata.name')
    const problem = nameProblem({ namespace, name })
    if (problem !== undefined) return problem
    const { status: _status, ...content } = object
    const digest = createHash('sha256').update(canonicalJson(content)).digest('hex')
    return { namespace, name, file, digest, ...parsed({ ...content, metadata: { ...meta, namespace } }) }
  } catch (error) {
    if (error instanceof WaxsealError) return error.message
    throw error
  }
}

function parsed(value: JsonObject): Pick<Declared, 'sealed' | 'invalid'> {
  try {
    return { sealed: parseSealedSecret(value), invalid: undefined }
  } catch (error) {
    if (error instanceof WaxsealError) return { sealed: undefined, invalid: error.message }
    throw error
  }
}

function clash(one: Declared, other: Declared): Declared {
  const where = one.file === other.file ? `twice in ${one.file}` : `in ${one.file} and ${other.file}`
  const digest = createHash('sha256').update(`${one.digest} ${other.digest}`).digest('hex')
  return { ...one, digest, sealed: undefined, invalid: `declared ${where}; keep one of them` }
}
