import { CliError, UsageError } from '../../messages.ts'
import { fileNameOf, installedKey, installedNames, installedPaths, removeKey } from '../keys/installed.ts'
import { forgetOnlyCopy, isOnlyCopy } from '../keys/only-copy.ts'
import { sharedKeys } from '../keys/shared.ts'
import { expectArguments, KEY_FLAG, keyName } from '../options.ts'
import { checkOut } from '../repo/checkout.ts'
import { configureFilter, configureGuard, removeFilter } from '../repo/config.ts'
import { openRepository, type Repository } from '../repo/repository.ts'
import { allWorktrees, refuseDirty } from '../repo/worktrees.ts'
import type { GitCommand } from '../tools.ts'

/**
 * The key goes last: until then the filter encrypts whatever plaintext is left, so that this can be interrupted anywhere and run again.
 */
export const lock: GitCommand = {
  flags: {
    ...KEY_FLAG,
    all: { type: 'bool', letter: 'a' },
    force: { type: 'bool', letter: 'f' },
    'no-guard': { type: 'bool' },
  },
  run({ context, self, ...tools }, flags) {
    expectArguments(flags)
    if (flags.bool('all') && flags.given('key-name')) throw new UsageError('-a and -k exclude each other')
    const repository = openRepository(tools)
    const { all: worktrees, isMainHidden } = allWorktrees(repository)
    const names = flags.bool('all') ? installedEverywhere(worktrees) : [keyName(flags)]
    refuseLocked(worktrees, names)
    if (!flags.bool('force')) {
      if (isMainHidden) throw hiddenMain()
      for (const worktree of worktrees)
        refuseDirty(worktree, 'lock', 'commit or stash them; -f discards those in encrypted files')
      for (const name of names) refuseLastCopy(repository, name)
    }
    for (const name of names) configureFilter(repository.git, name, self)
    const done = worktrees.map((worktree) => checkOut(worktree, names, 'ciphertext'))
    for (const name of names) {
      if (flags.bool('no-guard')) removeFilter(repository.git, name)
      else configureGuard(repository.git, name, self)
      for (const worktree of worktrees) removeKey(worktree, name)
      forgetOnlyCopy(repository, name)
    }
    const files = done.reduce((sum, count) => sum + count, 0)
    context.stderr.write(`locked: ${files} ${files === 1 ? 'file is' : 'files are'} ciphertext again\n`)
  },
}

const installedEverywhere = (worktrees: readonly Repository[]): readonly (string | undefined)[] => [
  ...new Set(worktrees.flatMap((worktree) => installedNames(worktree))),
]

function refuseLocked(worktrees: readonly Repository[], names: readonly (string | undefined)[]): void {
  const isThere = (name: string | undefined): boolean =>
    worktrees.some((worktree) => installedPaths(worktree, name).length > 0)
  if (names.length > 0 && names.every(isThere)) return
  throw new CliError('this repository is already locked', { hint: 'waxseal git unlock opens it' })
}

/** Without the key nothing could encrypt again what stays behind as plaintext there. */
function hiddenMain(): CliError {
  return new CliError('lock covers all work trees, and git does not know where the main one of this repository is', {
    hint: 'run it in the main work tree; -f locks the others only, and leaves plaintext there',
  })
}

/** Refuses to delete a key made here that was neither exported nor given to anybody. */
function refuseLastCopy(repository: Repository, name: string | undefined): void {
  if (!isOnlyCopy(repository, name) || sharedKeys(repository, { name }).length > 0) return
  if (installedKey(repository, name) === undefined) return
  throw new CliError(`this clone has the only copy of the key "${fileNameOf(name)}", and lock would delete it`, {
    hint: 'waxseal git export-key FILE keeps a copy, add-gpg-user gives it to somebody; -f deletes it for good',
  })
}
