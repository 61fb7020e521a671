/** Files that git holds although it ignores them, since somebody added them all the same (`git add -f`): they are pushed like all others. */
import { dirname, join, sep } from 'node:path'
import type { Env } from '../../context.ts'
import { gitIn } from '../../git/repo/git.ts'
import { pathBytes, splitNul } from '../../git/repo/raw-path.ts'
import { fs } from '../../io/platform.ts'
import { describe } from '../../messages.ts'
import type { FoundFile, FoundFiles, Ignored } from './find.ts'
import { repositoryOf } from './gitignore.ts'

export interface Tracked {
  readonly files: readonly FoundFile[]
  /** Why nothing could be found out, for the person; empty when all went well. */
  readonly failures: readonly string[]
}

/** Asks git only where something was left out. */
export function trackedThoughIgnored({ ignored }: FoundFiles, env: Env): Tracked {
  const files: FoundFile[] = []
  const failures: string[] = []
  for (const [top, left] of byRepository(ignored)) {
    try {
      for (const raw of splitNul(gitIn(top, env).run(['ls-files', '-z', '--full-name']))) {
        const absolute = join(top, pathBytes(raw).toString('utf8'))
        const path = shown(absolute, left)
        if (path !== undefined && isRegular(absolute)) files.push({ path, absolute, isRegular: true })
      }
    } catch (error) {
      failures.push(`${top}: ${describe(error).message}`)
    }
  }
  return { files, failures }
}

/** Absolute paths of what was left out, with the names that the person knows. */
type Left = ReadonlyMap<string, string>

function byRepository(ignored: readonly Ignored[]): ReadonlyMap<string, Left> {
  const tops = new Map<string, string | undefined>()
  const found = new Map<string, Map<string, string>>()
  for (const { path, absolute } of ignored) {
    const folder = dirname(absolute)
    if (!tops.has(folder)) tops.set(folder, repositoryOf(folder))
    const top = tops.get(folder)
    if (top !== undefined) found.set(top, (found.get(top) ?? new Map<string, string>()).set(absolute, path))
  }
  return found
}

/** The name of a path that was left out, or of one in a folder that was; undefined for all others. */
function shown(absolute: string, left: Left): string | undefined {
  for (let at = absolute; at !== dirname(at); at = dirname(at)) {
    const path = left.get(at)
    if (path !== undefined) return path + absolute.slice(at.length).split(sep).join('/')
  }
  return undefined
}

function isRegular(path: string): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false })?.isFile() === true
}
