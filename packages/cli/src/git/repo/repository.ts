import { CliError } from '../../messages.ts'
import type { Tools } from '../tools.ts'
import { type Folders, notARepository } from './folders.ts'
import { type Git, line } from './git.ts'

export interface Repository extends Folders {
  /** The top of the work tree. */
  readonly top: string
  /** git at the top of the work tree, so that paths are the index's. */
  readonly git: Git
}

/** The repository that a command works in. Throws CliError outside of one, and where there is no work tree. */
export function openRepository({ git }: Pick<Tools, 'git'>): Repository {
  const ask = (...args: readonly string[]): string => line(git.run(['rev-parse', ...args]))
  const inTree = hasWorkTree(git)
  if (inTree === undefined) throw notARepository()
  if (!inTree) {
    throw new CliError('this repository has no work tree here', {
      hint: 'files are encrypted and decrypted in a clone with a work tree; a bare repository only stores them',
    })
  }
  const top = ask('--show-toplevel')
  return {
    top,
    git: git.at(top),
    gitDir: ask('--absolute-git-dir'),
    commonDir: ask('--path-format=absolute', '--git-common-dir'),
  }
}

/** The same for another work tree of the repository; undefined for a folder that is none, as git lists for a submodule's own. */
export function openWorktree(repository: Repository, folder: string): Repository | undefined {
  const git = repository.git.in(folder)
  return hasWorkTree(git) ? openRepository({ git }) : undefined
}

/** Undefined outside of any repository. */
function hasWorkTree(git: Git): boolean | undefined {
  const { status, stdout } = git.attempt(['rev-parse', '--is-inside-work-tree'])
  return status === 0 ? line(stdout) === 'true' : undefined
}

/** A setting of git, or undefined. */
export function setting(git: Git, name: string): string | undefined {
  const { status, stdout } = git.attempt(['config', '--get', name])
  return status === 0 ? line(stdout) : undefined
}
