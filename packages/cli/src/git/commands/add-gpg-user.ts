import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { writeKeyFile } from '@waxseal/core/git-crypt'
import { createFile, replaceFile } from '../../io/atomic.ts'
import { CliError, systemReason, UsageError } from '../../messages.ts'
import { noKey } from '../filter/keys.ts'
import { commitOnly, committed, stage } from '../keys/commit.ts'
import { installedKey } from '../keys/installed.ts'
import { forgetOnlyCopy } from '../keys/only-copy.ts'
import { sharedKeyPath, stateFolder } from '../keys/shared.ts'
import { fileRecipients, gpgRecipients, type Recipient } from '../openpgp/recipients.ts'
import { KEY_FLAG, keyName } from '../options.ts'
import { rawPathOf } from '../repo/raw-path.ts'
import { openRepository, type Repository } from '../repo/repository.ts'
import type { GitCommand } from '../tools.ts'

export const addGpgUser: GitCommand = {
  flags: {
    ...KEY_FLAG,
    'no-commit': { type: 'bool', letter: 'n' },
    trusted: { type: 'bool' },
    'openpgp-key': { type: 'array' },
  },
  async run(tools, flags) {
    const [users, files] = [flags.positional, flags.list('openpgp-key')]
    if (users.length + files.length === 0) throw new UsageError('missing argument: USER, or --openpgp-key FILE')
    const repository = openRepository(tools)
    const name = keyName(flags)
    const key = installedKey(repository, name)
    if (key === undefined) throw noKey(name)
    const named = users.length === 0 ? [] : gpgRecipients(repository, users, flags.bool('trusted'))
    const recipients = [...named, ...(await fileRecipients(files))]
    const commits = !flags.bool('no-commit')
    const isDone = (path: string): boolean =>
      commits ? committed(repository.git, path).length > 0 : isTracked(repository, path)
    const added = await writeCopies(repository, name, { recipients, key: writeKeyFile(key), isDone })
    forgetOnlyCopy(repository, name)
    if (added.length === 0) {
      tools.context.stderr.write('nothing to do: they have the key already\n')
      return
    }
    const paths = [...added.map(({ path }) => path), writeAttributes(repository)]
    stage(repository.git, paths.map(rawPathOf))
    if (commits) commitOnly(repository.git, paths, commitMessage(added.map(({ recipient }) => recipient)))
  },
}

interface Added {
  readonly recipient: Recipient
  /** From the top of the work tree. */
  readonly path: string
}

interface Copies {
  readonly recipients: readonly Recipient[]
  readonly key: Uint8Array
  /** Whether nothing is left to do for the file at this path, from the top of the work tree. */
  readonly isDone: (path: string) => boolean
}

/** One file for each who has none yet, or whose file never came to be committed. All are encrypted before any is written. */
async function writeCopies(
  repository: Repository,
  name: string | undefined,
  { recipients, key, isDone }: Copies,
): Promise<readonly Added[]> {
  const unique = [...new Map(recipients.map((each) => [each.fingerprint, each])).values()]
  const wanted = unique.map((recipient) => {
    const target = sharedKeyPath(repository, name, recipient.fingerprint)
    return { recipient, target, path: inTree(repository, target), isThere: existsSync(target) }
  })
  const fresh = wanted.filter(({ path, isThere }) => !isThere || !isDone(path))
  const contents = new Map<string, Uint8Array>()
  for (const { recipient, target, isThere } of fresh) {
    if (!isThere) contents.set(target, await recipient.encrypt(key))
  }
  for (const [target, content] of contents) write(target, content)
  return fresh
}

const isTracked = ({ git }: Repository, path: string): boolean =>
  git.run(['--literal-pathspecs', 'ls-files', '-z', '--', path]).length > 0

const inTree = ({ top }: Repository, path: string): string => relative(top, path).replaceAll('\\', '/')

/** Keeps the key files out of every filter and diff, whatever the repository's attributes say of `*`. */
function writeAttributes(repository: Repository): string {
  const path = join(stateFolder(repository), '.gitattributes')
  if (!existsSync(path)) write(path, Buffer.from(ATTRIBUTES))
  return inTree(repository, path)
}

const ATTRIBUTES = `# Written by waxseal in git-crypt's layout: the keys themselves are never encrypted with themselves.
* !filter !diff
*.gpg binary
`

function write(path: string, content: Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    if (existsSync(path)) replaceFile(path, content, { bits: 0o644, exact: false })
    else createFile(path, content, 0o644)
  } catch (error) {
    throw new CliError(`${path}: ${systemReason(error)}`, { cause: error })
  }
}

/** Word for word git-crypt's, which people and scripts look for. */
function commitMessage(recipients: readonly Recipient[]): string {
  const count = recipients.length
  const list = recipients.map(({ fingerprint, uid }) => `    ${fingerprint}\n        ${uid}\n`).join('')
  return `Add ${count} git-crypt ${count === 1 ? 'collaborator' : 'collaborators'}\n\nNew collaborators:\n\n${list}`
}
