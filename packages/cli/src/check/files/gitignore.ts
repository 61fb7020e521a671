/** Which files git ignores, by gitignore(5): the deepest .gitignore that says anything about a path decides. */
import { basename, dirname, relative, sep } from 'node:path'
import { fs } from '../../io/platform.ts'
import { type Pattern, parsePatterns } from './pattern.ts'

export interface Layer {
  /** The absolute path of the folder whose patterns these are. */
  readonly folder: string
  readonly patterns: readonly Pattern[]
}

/** Layers in effect, the deepest last. */
export type Layers = readonly Layer[]

export function layer(folder: string, content: string): Layer {
  return { folder, patterns: parsePatterns(content) }
}

/** Whether the absolute path is ignored. Says nothing of its parent folders: whoever walks asks for each of them first. */
export function isIgnored(layers: Layers, path: string, isFolder: boolean): boolean {
  for (const { folder, patterns } of layers.toReversed()) {
    const between = path.slice(folder.length + (folder.endsWith(sep) ? 0 : 1))
    const inside = sep === '/' ? between : between.replaceAll(sep, '/')
    const decisive = patterns.findLast(({ foldersOnly, regex }) => (isFolder || !foldersOnly) && regex.test(inside))
    if (decisive !== undefined) return !decisive.negates
  }
  return false
}

/** The layers in effect in a folder, from those of its parent; another repository begins anew. */
export function layersIn(folder: string, names: ReadonlySet<string>, parents: Layers): Layers {
  const inherited = names.has('.git') ? excludes(folder) : parents
  const own = names.has('.gitignore') ? contentOf(`${folder}${sep}.gitignore`) : undefined
  return own === undefined ? inherited : [...inherited, layer(folder, own)]
}

/** The layers of the folders above an absolute path, up to the top of its repository; none outside of one. */
export function layersAbove(folder: string): Layers {
  const parents = parentsOf(folder)
  const top = parents.findIndex((each) => fs.existsSync(`${each}${sep}.git`))
  if (top === -1) return []
  const layers = parents.slice(0, top + 1).reduceRight<Layers>((above, each) => {
    return layersIn(each, new Set(fs.readdirSync(each)), above)
  }, [])
  // Where the folder is ignored itself, whoever names it wants to see what is in it.
  const isAsked = parents.slice(0, top).some((each) => isIgnored(layers, each, true)) || isIgnored(layers, folder, true)
  return isAsked ? [] : layers
}

/** The nearest folder, this one included, that has a `.git`. */
export function repositoryOf(folder: string): string | undefined {
  return [folder, ...parentsOf(folder)].find((each) => fs.existsSync(`${each}${sep}.git`))
}

export function parentsOf(path: string): readonly string[] {
  const parent = dirname(path)
  return parent === path ? [] : [parent, ...parentsOf(parent)]
}

/** A path as the layer of another folder sees it; undefined when it is not inside. */
export function inside(folder: string, path: string): string | undefined {
  const between = relative(folder, path)
  if (between === '' || between === '..' || between.startsWith(`..${sep}`) || basename(between) === '') return undefined
  return between.split(sep).join('/')
}

function excludes(folder: string): Layers {
  const content = contentOf([folder, '.git', 'info', 'exclude'].join(sep))
  return content === undefined ? [] : [layer(folder, content)]
}

function contentOf(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
