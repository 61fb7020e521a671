/** Where a repository keeps its own things, found without starting git: a filter is started often, and starting git costs more than all else. */
import { join, resolve } from 'node:path'
import type { Env } from '../../context.ts'
import { fs } from '../../io/platform.ts'
import { CliError } from '../../messages.ts'
import { gitIn, line } from './git.ts'

export interface Folders {
  /** Of this work tree. */
  readonly gitDir: string
  /** Of all work trees together; the same in a repository without linked ones. */
  readonly commonDir: string
}

/** By gitrepository-layout(5); asks git where that does not settle it. Throws CliError outside of a repository. */
export function findFolders(cwd: string, env: Env): Folders {
  const gitDir = env.GIT_DIR ? resolve(cwd, env.GIT_DIR) : (besides(cwd) ?? asked(cwd, env))
  const shared = env.GIT_COMMON_DIR ?? contentOf(join(gitDir, 'commondir'))
  return { gitDir, commonDir: shared === undefined ? gitDir : resolve(gitDir, shared) }
}

/** git starts filters at the top of the work tree, where `.git` is the folder, or a file that says where it is. */
function besides(cwd: string): string | undefined {
  const path = join(cwd, '.git')
  const stats = fs.statSync(path, { throwIfNoEntry: false })
  if (stats?.isDirectory()) return path
  const target = /^gitdir: (.*)$/s.exec(contentOf(path) ?? '')?.[1]
  return target === undefined ? undefined : resolve(cwd, target)
}

function contentOf(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch {
    return undefined
  }
}

function asked(cwd: string, env: Env): string {
  const { status, stdout } = gitIn(cwd, env).attempt(['rev-parse', '--absolute-git-dir'])
  if (status !== 0) throw notARepository()
  return line(stdout)
}

export function notARepository(): CliError {
  return new CliError('not in a git repository', { hint: 'change into one, or make one with git init' })
}
