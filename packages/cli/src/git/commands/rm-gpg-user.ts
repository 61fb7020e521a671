import { rmSync } from 'node:fs'
import { relative } from 'node:path'
import { CliError, systemReason, UsageError } from '../../messages.ts'
import { commitOnly, stageRemoval } from '../keys/commit.ts'
import { removedKeys, type SharedKey, sharedKeys } from '../keys/shared.ts'
import { gpgOf } from '../openpgp/repository-gpg.ts'
import { KEY_FLAG, keyName } from '../options.ts'
import { rawPathOf } from '../repo/raw-path.ts'
import { openRepository, type Repository } from '../repo/repository.ts'
import type { GitCommand } from '../tools.ts'
import { nameOf } from './ls-gpg-users.ts'

/** Takes a user's copy of the key out of the repository. What they have seen they keep: rotate-key is the other half. */
export const rmGpgUser: GitCommand = {
  flags: { ...KEY_FLAG, 'no-commit': { type: 'bool', letter: 'n' } },
  run(tools, flags) {
    if (flags.positional.length === 0) throw new UsageError('missing argument: USER')
    const repository = openRepository(tools)
    const name = keyName(flags)
    const commits = !flags.bool('no-commit')
    const copies = [...sharedKeys(repository, { name }), ...(commits ? removedKeys(repository, name) : [])]
    const chosen = [...new Set(flags.positional.map((user) => copyOf(repository, copies, user)))]
    const uids = chosen.map(({ fingerprint }) => nameOf(gpgOf(repository), fingerprint))
    for (const { path } of chosen) remove(path)
    const paths = chosen.map(({ path }) => relative(repository.top, path).replaceAll('\\', '/'))
    stageRemoval(repository.git, paths.map(rawPathOf))
    if (commits) commitOnly(repository.git, paths, commitMessage(chosen, uids))
    tools.context.stderr.write(
      'removed. They still have the key, and can open all that is encrypted with it: waxseal git rotate-key is next.\n',
    )
  },
}

/** By fingerprint or its end, at least eight digits, or by what gpg finds. */
function copyOf(repository: Repository, copies: readonly SharedKey[], user: string): SharedKey {
  const digits = user.replace(/^0x/i, '').replaceAll(' ', '').toUpperCase()
  const isHex = /^[0-9A-F]{8,40}$/.test(digits)
  const found = isHex
    ? copies.filter(({ fingerprint }) => fingerprint.endsWith(digits))
    : copies.filter(({ fingerprint }) => fingerprintsOf(repository, user).has(fingerprint))
  const [first, second] = found
  if (first === undefined) {
    throw new CliError(`${user} has no copy of this key in the repository`, {
      hint: 'waxseal git ls-gpg-users lists who has',
    })
  }
  if (second !== undefined)
    throw new CliError(`${user} is more than one user`, { hint: 'name one by the whole fingerprint' })
  return first
}

const fingerprintsOf = (repository: Repository, user: string): ReadonlySet<string> =>
  new Set(
    gpgOf(repository)
      .publicKeys(user)
      .map(({ fingerprint }) => fingerprint),
  )

function remove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch (error) {
    throw new CliError(`${path}: ${systemReason(error)}`, { cause: error })
  }
}

function commitMessage(copies: readonly SharedKey[], uids: readonly (string | undefined)[]): string {
  const count = copies.length
  const list = copies.map(
    ({ fingerprint }, index) => `    ${fingerprint}\n${uids[index] === undefined ? '' : `        ${uids[index]}\n`}`,
  )
  return `Remove ${count} git-crypt ${count === 1 ? 'collaborator' : 'collaborators'}\n\nFormer collaborators:\n\n${list.join('')}`
}
