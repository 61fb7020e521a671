/** The pre-commit hook: refuses to commit plain text where ciphertext belongs. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createFile } from '../../io/atomic.ts'
import { CliError, systemReason } from '../../messages.ts'
import { quote } from './config.ts'
import { line } from './git.ts'
import type { Repository } from './repository.ts'

const MARK = 'waxseal: no plain text where ciphertext belongs'
const EXECUTABLE = 0o755

/** Where git looks for it, be it through core.hooksPath. */
const hookPath = ({ git, top }: Repository): string =>
  resolve(top, line(git.run(['rev-parse', '--git-path', 'hooks/pre-commit'])))

export function hookState(repository: Repository): 'none' | 'ours' | 'other' {
  const path = hookPath(repository)
  if (!existsSync(path)) return 'none'
  return readFileSync(path, 'utf8').includes(MARK) ? 'ours' : 'other'
}

/** Makes the hook. One that is somebody else's is left alone: CliError says which line to add to it. */
export function installHook(repository: Repository, self: readonly string[]): void {
  const command = [...self, 'git', 'guard', '--check'].map(quote).join(' ')
  const path = hookPath(repository)
  const state = hookState(repository)
  if (state === 'ours') return
  if (state === 'other')
    throw new CliError(`${path}: there is a pre-commit hook already`, { hint: `add to it: ${command}` })
  try {
    mkdirSync(dirname(path), { recursive: true })
    createFile(join(dirname(path), 'pre-commit'), `#!/bin/sh\n# ${MARK}\nexec ${command}\n`, EXECUTABLE)
  } catch (error) {
    throw new CliError(`${path}: ${systemReason(error)}`, { cause: error })
  }
}
