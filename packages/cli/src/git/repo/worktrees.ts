import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { CliError } from '../../messages.ts'
import { secretFiles } from './files.ts'
import { type Git, gitFailure, type Outcome } from './git.ts'
import { forgetStats } from './index-stats.ts'
import { pathBytes, splitNul } from './raw-path.ts'
import { openWorktree, type Repository, setting } from './repository.ts'

/** The work trees of a repository, as far as git knows where they are. */
export interface Worktrees {
  /** This work tree first, then all others that are there. */
  readonly all: readonly Repository[]
  /** Whether the main work tree is somewhere that no setting tells: its git folder was put apart with `--separate-git-dir`. */
  readonly isMainHidden: boolean
}

export function allWorktrees(repository: Repository): Worktrees {
  const [main, ...linked] = listed(repository)
  const others = [...(main === undefined ? [] : mainWorktree(repository, main)), ...linked.map(({ folder }) => folder)]
    .filter((folder) => isFolder(folder) && !isSame(folder, repository.top))
    .flatMap((folder) => openWorktree(repository, folder) ?? [])
  const all = [repository, ...others]
  const isMain = ({ gitDir, commonDir }: Repository): boolean => isFolder(gitDir) && isSame(gitDir, commonDir)
  return { all, isMainHidden: main !== undefined && !main.bare && !all.some(isMain) }
}

interface Listed {
  readonly folder: string
  readonly bare: boolean
}

/** `git worktree list`, the main one first, without those whose folder is gone. */
function listed({ git }: Repository): readonly Listed[] {
  const args = ['worktree', 'list', '--porcelain']
  const listing: Outcome = git.attempt([...args, '-z'])
  // git before 2.36 knows no -z.
  const text = listing.status === 0 ? splitNul(listing.stdout) : lines(git.attempt(args))
  const blocks = text.join('\0').split('\0\0')
  return blocks.flatMap((block) => {
    const fields = block.split('\0')
    const path = fields.find((field) => field.startsWith('worktree '))?.slice('worktree '.length)
    if (path === undefined || fields.some((field) => field.startsWith('prunable'))) return []
    return [{ folder: pathBytes(path).toString('utf8'), bare: fields.includes('bare') }]
  })
}

/** git names the git folder in place of a submodule's main work tree, whose place is a setting in there. */
function mainWorktree({ git, commonDir }: Repository, { folder, bare }: Listed): readonly string[] {
  if (bare) return []
  const place = setting(git.in(commonDir), 'core.worktree')
  return place === undefined ? [folder] : [resolve(commonDir, place)]
}

function lines(outcome: Outcome): readonly string[] {
  if (outcome.status !== 0) throw gitFailure(['worktree'], outcome)
  return outcome.stdout.toString('latin1').split('\n')
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

function isSame(one: string, other: string): boolean {
  const [a, b] = [statSync(one), statSync(other)]
  return a.ino === b.ino && a.dev === b.dev
}

/** Refuses where tracked files differ from the last commit: they would be overwritten. Without any commit there is nothing to compare. */
export function refuseDirty({ git, top }: Repository, command: string, hint: string): void {
  if (git.attempt(['rev-parse', '--verify', '--quiet', 'HEAD']).status !== 0) return
  const changed = reallyChanged(git)
  if (changed.length === 0) return
  throw new CliError(`${command} needs a clean work tree, and ${top} has changes: ${changes(changed)}`, { hint })
}

/** Records of `git status --porcelain`. */
function reallyChanged(git: Git): readonly string[] {
  const ask = () =>
    splitNul(git.run(['status', '--porcelain', '-z', '-uno', '--no-renames', '--ignore-submodules=all']))
  const changed = new Set(ask())
  // An interrupted lock or unlock leaves files whose size alone makes git say so.
  const doubtful = secretFiles(git).filter(({ path, stage }) => stage === 0 && changed.has(` M ${path}`))
  if (doubtful.length === 0) return [...changed]
  forgetStats(git, doubtful)
  return ask()
}

function changes(records: readonly string[]): string {
  const names = records.map((record) => pathBytes(record.slice(3)).toString('utf8'))
  const more = names.length > 3 ? ` and ${names.length - 3} more` : ''
  return `${names.slice(0, 3).join(', ')}${more}`
}
