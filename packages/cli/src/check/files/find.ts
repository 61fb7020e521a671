/** The files to check: those named, and those in the folders named that git does not ignore. */
import { join, resolve } from 'node:path'
import { fs } from '../../io/platform.ts'
import { systemReason, UsageError } from '../../messages.ts'
import { inside, isIgnored, type Layers, layer, layersAbove, layersIn } from './gitignore.ts'

export interface FoundFile {
  /** As the person would name it; `-` is standard input. */
  readonly path: string
  readonly absolute: string
  readonly isRegular: boolean
}

export interface FoundFiles {
  readonly files: readonly FoundFile[]
  /** Folders that could not be listed, with the reason. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[]
  /** Absolute paths of the .gitattributes in the folders. */
  readonly attributes: readonly string[]
  /** Files and folders that were left out since git ignores them. */
  readonly ignored: readonly Ignored[]
}

export interface Ignored {
  /** As the person would name it. */
  readonly path: string
  readonly absolute: string
}

const SKIPPED: ReadonlySet<string> = new Set(['.git', 'node_modules'])

/**
 * Looks through folders in the order of names. Links in folders are not followed: git keeps them as links. A file named is always there,
 * ignored or not, unless `excludes` (gitignore patterns, from the working folder) has it.
 * @throws UsageError where a path named does not exist
 */
export function findFiles(paths: readonly string[], excludes: readonly string[]): FoundFiles {
  const walker = new Walker(excludes)
  for (const path of paths) walker.add(path)
  return walker
}

class Walker implements FoundFiles {
  readonly files: FoundFile[] = []
  readonly unreadable: { path: string; reason: string }[] = []
  readonly attributes: string[] = []
  readonly ignored: Ignored[] = []
  readonly #seen = new Set<string>()
  readonly #excluded: (absolute: string, isFolder: boolean) => boolean

  constructor(excludes: readonly string[]) {
    const [folder, patterns] = [resolve('.'), layer(resolve('.'), excludes.join('\n'))]
    const isInside = (absolute: string): boolean => inside(folder, absolute) !== undefined
    this.#excluded = (absolute, isFolder) =>
      excludes.length > 0 && isInside(absolute) && isIgnored([patterns], absolute, isFolder)
  }

  add(path: string): void {
    if (path === '-') this.#push({ path, absolute: path, isRegular: false })
    else this.#addNamed(path, resolve(path))
  }

  #addNamed(path: string, absolute: string): void {
    const { isFolder, isRegular } = kindOf(path)
    if (this.#excluded(absolute, isFolder)) return
    const real = fs.realpathSync(absolute)
    if (isFolder) this.#walk(path, real, layersAbove(real))
    else this.#push({ path, absolute, isRegular })
  }

  #push(file: FoundFile): void {
    if (this.#seen.has(file.absolute)) return
    this.#seen.add(file.absolute)
    this.files.push(file)
  }

  #walk(shown: string, folder: string, above: Layers): void {
    const entries = this.#list(shown, folder)
    const layers = layersIn(folder, new Set(entries.map(({ name }) => name)), above)
    for (const entry of entries) {
      const { name } = entry
      const isFolder = entry.isDirectory()
      if (SKIPPED.has(name) || !(isFolder || entry.isFile())) continue
      const [path, absolute] = [join(shown, name), join(folder, name)]
      if (name === '.gitattributes') this.attributes.push(absolute)
      if (this.#excluded(absolute, isFolder)) continue
      if (isIgnored(layers, absolute, isFolder)) this.ignored.push({ path, absolute })
      else if (isFolder) this.#walk(path, absolute, layers)
      else this.#push({ path, absolute, isRegular: true })
    }
  }

  #list(shown: string, folder: string): readonly import('node:fs').Dirent[] {
    try {
      return fs.readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    } catch (error) {
      this.unreadable.push({ path: shown, reason: systemReason(error) })
      return []
    }
  }
}

function kindOf(path: string): { readonly isFolder: boolean; readonly isRegular: boolean } {
  try {
    const stats = fs.statSync(path)
    return { isFolder: stats.isDirectory(), isRegular: stats.isFile() }
  } catch (error) {
    throw new UsageError(`open ${path}: ${systemReason(error)}`, { hint: 'name files and folders that exist' })
  }
}
