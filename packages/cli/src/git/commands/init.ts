import { CliError } from '../../messages.ts'
import { fileNameOf, installedKey, installKey } from '../keys/installed.ts'
import { makeKey } from '../keys/make.ts'
import { noteOnlyCopy } from '../keys/only-copy.ts'
import { sharedKeys } from '../keys/shared.ts'
import { expectArguments, KEY_FLAG, keyName } from '../options.ts'
import { blobKinds } from '../repo/blobs.ts'
import { configureFilter, isConfigured } from '../repo/config.ts'
import { driverOf } from '../repo/drivers.ts'
import { secretFiles } from '../repo/files.ts'
import { hookState, installHook } from '../repo/hook.ts'
import { openRepository, type Repository } from '../repo/repository.ts'
import type { GitCommand } from '../tools.ts'

export const init: GitCommand = {
  flags: { ...KEY_FLAG, hook: { type: 'bool' } },
  run(tools, flags) {
    expectArguments(flags)
    const repository = openRepository(tools)
    const name = keyName(flags)
    const { stderr } = tools.context
    if (installedKey(repository, name) === undefined) {
      refuseEncrypted(repository, name)
      stderr.write('Generating key...\n')
      installKey(repository, makeKey(name))
      noteOnlyCopy(repository, name)
    } else if (isConfigured(repository.git, name)) {
      throw new CliError('this repository has already been initialized with git-crypt', {
        hint: name === undefined ? 'init -k NAME makes a further key' : `the key "${name}" is there`,
      })
    }
    configureFilter(repository.git, name, tools.self)
    if (flags.bool('hook')) installHook(repository, tools.self)
    stderr.write(nextSteps(repository, name))
  },
}

/** A new key beside files encrypted with another would split the repository in two. */
function refuseEncrypted(repository: Repository, name: string | undefined): void {
  const hint = 'waxseal git unlock gives this clone the key that is there'
  if (sharedKeys(repository, { name }).length > 0) {
    throw new CliError(`this repository has a key "${fileNameOf(name)}" already, and this clone is locked`, { hint })
  }
  const files = secretFiles(repository.git).filter(({ keyName }) => keyName === name)
  const kinds = blobKinds(
    repository.git,
    files.map(({ oid }) => oid),
  )
  if ([...kinds.values()].includes('encrypted')) {
    throw new CliError('this repository has files encrypted with another key, and this clone is locked', { hint })
  }
}

function nextSteps(repository: Repository, name: string | undefined): string {
  const driver = driverOf(name)
  const offer =
    hookState(repository) === 'ours'
      ? ''
      : 'waxseal git guard installs a pre-commit hook that stops plain text where ciphertext belongs.\n'
  return `Say in .gitattributes what to encrypt: PATTERN filter=${driver} diff=${driver} merge=${driver}
Keep a copy of the key outside of this clone: waxseal git export-key FILE, or add-gpg-user.
${offer}`
}
