import { CliError } from '../../messages.ts'
import { installedNames } from '../keys/installed.ts'
import { expectArguments } from '../options.ts'
import { checkOut } from '../repo/checkout.ts'
import { configureFilter } from '../repo/config.ts'
import { openRepository } from '../repo/repository.ts'
import { allWorktrees } from '../repo/worktrees.ts'
import type { GitCommand } from '../tools.ts'

/** Sets git up anew with this very waxseal, for all installed keys, and decrypts what is still ciphertext, in all work trees. */
export const refresh: GitCommand = {
  flags: {},
  run(tools, flags) {
    expectArguments(flags)
    const repository = openRepository(tools)
    const worktrees = allWorktrees(repository).all
    const names = [...new Set(worktrees.flatMap((worktree) => installedNames(worktree)))]
    if (names.length === 0) throw new CliError('this clone is locked', { hint: 'waxseal git unlock gives it a key' })
    for (const name of names) configureFilter(repository.git, name, tools.self)
    const count = worktrees.reduce(
      (sum, worktree) => sum + checkOut(worktree, installedNames(worktree), 'plaintext'),
      0,
    )
    tools.context.stderr.write(`${count} ${count === 1 ? 'file' : 'files'} decrypted\n`)
  },
}
