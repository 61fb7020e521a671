/** Commits that change who has a key. They hold nothing but those files, whatever else is staged. */

import { CliError } from '../../messages.ts'
import type { Git } from '../repo/git.ts'
import { gitFailure } from '../repo/git.ts'
import { joinNul, pathBytes, type RawPath, splitNul } from '../repo/raw-path.ts'

/** Stages the removal of files that are gone; where it is staged already, nothing changes. */
export function stageRemoval(git: Git, paths: readonly RawPath[]): void {
  const args = ['--literal-pathspecs', 'rm', '-q', '-f', '--cached', '--ignore-unmatch']
  git.run([...args, '--pathspec-from-file=-', '--pathspec-file-nul'], { input: joinNul(paths) })
}

/** Stages files, ignored or not, removed ones as removed. */
export function stage(git: Git, paths: readonly RawPath[]): void {
  const args = ['--literal-pathspecs', 'add', '-f', '-A', '--pathspec-from-file=-', '--pathspec-file-nul']
  const outcome = git.attempt(args, { input: joinNul(paths) })
  if (outcome.status !== 0) throw gitFailure(args, outcome)
}

/** Files under a folder or of a name, from the top of the work tree, in the last commit; none where there is no commit yet. */
export function committed(git: Git, path: string): readonly string[] {
  if (git.attempt(['rev-parse', '--verify', '--quiet', 'HEAD']).status !== 0) return []
  const listing = git.run([
    '--literal-pathspecs',
    'ls-tree',
    '-r',
    '-z',
    '--name-only',
    '--full-tree',
    'HEAD',
    '--',
    path,
  ])
  return splitNul(listing).map((each) => pathBytes(each).toString('utf8'))
}

/** Throws CliError when git does not commit, as for a hook; the files stay staged then, and the caller's next run commits them. */
export function commitOnly(git: Git, paths: readonly string[], message: string): void {
  const args = ['--literal-pathspecs', 'commit', '-q', '-F', '-', '--', ...paths]
  const outcome = git.attempt(args, { input: Buffer.from(message) })
  if (outcome.status === 0) return
  const { message: said } = gitFailure(args, outcome)
  throw new CliError(said, {
    hint: 'the files are written and staged: when that is mended, run this again, or commit them yourself',
  })
}
