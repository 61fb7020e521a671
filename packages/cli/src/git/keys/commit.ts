/** Commits that change who has a key. They hold nothing but those files, whatever else is staged. */

import { CliError } from '../../messages.ts'
import type { Git } from '../repo/git.ts'
import { gitFailure } from '../repo/git.ts'
import { joinNul, type RawPath } from '../repo/raw-path.ts'

/** Stages files, ignored or not, removed ones as removed. */
export function stage(git: Git, paths: readonly RawPath[]): void {
  const args = ['--literal-pathspecs', 'add', '-f', '-A', '--pathspec-from-file=-', '--pathspec-file-nul']
  const outcome = git.attempt(args, { input: joinNul(paths) })
  if (outcome.status !== 0) throw gitFailure(args, outcome)
}

export function commitOnly(git: Git, paths: readonly string[], message: string): void {
  const args = ['--literal-pathspecs', 'commit', '-q', '-F', '-', '--', ...paths]
  const outcome = git.attempt(args, { input: Buffer.from(message) })
  if (outcome.status === 0) return
  const { message: said } = gitFailure(args, outcome)
  throw new CliError(said, { hint: 'the files are written and staged; commit them yourself when that is mended' })
}
