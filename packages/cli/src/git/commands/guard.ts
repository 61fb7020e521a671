import { CliError } from '../../messages.ts'
import { installedKey } from '../keys/installed.ts'
import { expectArguments } from '../options.ts'
import { blobKinds } from '../repo/blobs.ts'
import { configureGuard, isConfigured } from '../repo/config.ts'
import { secretFiles } from '../repo/files.ts'
import { installHook } from '../repo/hook.ts'
import { shownPath, splitNul } from '../repo/raw-path.ts'
import { openRepository, type Repository } from '../repo/repository.ts'
import type { GitCommand } from '../tools.ts'

/**
 * Keeps plain text out of commits: a pre-commit hook, and in a locked clone a filter that refuses to stage a secret. With --check, what the hook
 * runs.
 */
export const guard: GitCommand = {
  flags: { check: { type: 'bool' } },
  run(tools, flags) {
    expectArguments(flags)
    const repository = openRepository(tools)
    if (flags.bool('check')) return check(repository)
    const names = new Set(secretFiles(repository.git).map(({ keyName }) => keyName)).add(undefined)
    for (const name of names) {
      const isLocked = installedKey(repository, name) === undefined
      if (isLocked && !isConfigured(repository.git, name)) configureGuard(repository.git, name, tools.self)
    }
    installHook(repository, tools.self)
  },
}

/** Looks at what is staged and differs from the last commit. */
function check({ git }: Repository): void {
  const hasHead = git.attempt(['rev-parse', '--verify', '--quiet', 'HEAD']).status === 0
  const base = hasHead
    ? 'HEAD'
    : git.run(['hash-object', '-t', 'tree', '--stdin'], { input: new Uint8Array() }).toString().trim()
  const args = ['diff-index', '--cached', '--no-renames', '--diff-filter=AMT', '--name-only', '-z', base]
  const changed = new Set(splitNul(git.run(args)))
  const files = secretFiles(git).filter(({ path }) => changed.has(path))
  const kinds = blobKinds(
    git,
    files.map(({ oid }) => oid),
  )
  const plain = files.find(({ oid }) => kinds.get(oid) === 'not-encrypted')
  if (plain !== undefined) {
    throw new CliError(`${shownPath(plain.path)} is staged as plain text, and .gitattributes says to encrypt it`, {
      hint: 'unlock this clone, then waxseal git status -f stages it encrypted',
    })
  }
  const converted = files.find(({ attributes }) => attributes.convertsLines)
  if (converted === undefined) return
  throw new CliError(`${shownPath(converted.path)}: line-end conversion destroys encrypted files`, {
    hint: 'add -text to its line in .gitattributes, and stage it again',
  })
}
