import { type KeyFile, MAX_KEY_FILE, parseKeyFile } from '@waxseal/core/git-crypt'
import type { Flags } from '../../flags.ts'
import { CliError, UsageError, within } from '../../messages.ts'
import { PASSPHRASE_FLAGS } from '../../openpgp/passphrase.ts'
import { keyFromFile } from '../filter/keys.ts'
import { refuseWrongKey, unopened } from '../keys/check.ts'
import { fileNameOf, installKey } from '../keys/installed.ts'
import { keysForUser } from '../openpgp/unlock.ts'
import { checkOut, pendingFiles } from '../repo/checkout.ts'
import { configureFilter } from '../repo/config.ts'
import { secretFiles } from '../repo/files.ts'
import { shownPath } from '../repo/raw-path.ts'
import { openRepository, type Repository } from '../repo/repository.ts'
import { allWorktrees, refuseDirty } from '../repo/worktrees.ts'
import type { GitCommand, Tools } from '../tools.ts'

/** Everything is checked before anything is changed; what is changed then is done key, configuration, files, so that it can be run again. */
export const unlock: GitCommand = {
  flags: { ...PASSPHRASE_FLAGS, 'openpgp-key': { type: 'string' } },
  async run(tools, flags) {
    if (flags.positional.length > 0 && flags.given('openpgp-key')) {
      throw new UsageError('--openpgp-key opens the keys in the repository; a key file needs none')
    }
    const repository = openRepository(tools)
    refuseDirty(repository, 'unlock', 'commit or stash them first')
    const keys = await chosenKeys(tools, repository, flags)
    for (const key of keys) refuseWrongKey(repository, key)
    for (const key of keys) {
      installKey(repository, key)
      configureFilter(repository.git, key.name, tools.self)
    }
    const files = allWorktrees(repository).all.reduce((sum, worktree) => sum + decrypt(tools, worktree, keys), 0)
    const list = keys.map(({ name }) => `"${fileNameOf(name)}"`).join(', ')
    tools.context.stderr.write(`unlocked with ${list}: ${files} ${files === 1 ? 'file' : 'files'} decrypted\n`)
  },
}

async function chosenKeys(tools: Tools, repository: Repository, flags: Flags): Promise<readonly KeyFile[]> {
  const paths = flags.positional
  if (paths.length === 0) return keysForUser(tools, repository, flags)
  if (paths.filter((path) => path === '-').length > 1) throw new UsageError('standard input (-) holds one key')
  const keys = paths.map((path) => (path === '-' ? keyFromInput(tools) : keyFromFile(path)))
  const names = keys.map(({ name }) => fileNameOf(name))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new UsageError(`two of the files hold a key "${twice}"`)
  return keys
}

function keyFromInput({ context }: Tools): KeyFile {
  const bytes = context.stdin.read(MAX_KEY_FILE)
  try {
    return parseKeyFile(bytes)
  } catch (error) {
    throw within('standard input', error)
  }
}

/** Decrypts what can be decrypted; CliError names the first file that cannot be, with the others done. */
function decrypt({ context }: Tools, worktree: Repository, keys: readonly KeyFile[]): number {
  const names = keys.map(({ name }) => name)
  for (const { path, attributes, keyName } of secretFiles(worktree.git)) {
    if (names.includes(keyName) && attributes.convertsLines) {
      context.stderr.write(
        `warning: ${shownPath(path)}: line-end conversion destroys encrypted files; add -text in .gitattributes\n`,
      )
    }
  }
  const pending = pendingFiles(worktree, names, 'plaintext')
  try {
    return checkOut(worktree, names, 'plaintext', pending)
  } catch (error) {
    const damaged = new Set(unopened(worktree, keys, pending))
    const [first] = damaged
    if (first === undefined) throw error
    checkOut(
      worktree,
      names,
      'plaintext',
      pending.filter((file) => !damaged.has(file)),
    )
    const more = damaged.size > 1 ? ` and ${damaged.size - 1} more` : ''
    throw new CliError(`${shownPath(first.path)}${more}: not decrypted: tampered with, truncated, or of another key`, {
      hint: 'all other files are decrypted',
      cause: error,
    })
  }
}
