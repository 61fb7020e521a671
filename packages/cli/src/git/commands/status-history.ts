import { CliError } from '../../messages.ts'
import { blobKinds, blobSizes } from '../repo/blobs.ts'
import { keyOfFilter } from '../repo/drivers.ts'
import { attributesOf } from '../repo/files.ts'
import type { Git } from '../repo/git.ts'
import { type RawPath, shownPath, splitNul } from '../repo/raw-path.ts'
import type { Repository } from '../repo/repository.ts'
import type { GitContext } from '../tools.ts'

interface Version {
  readonly path: RawPath
  readonly oid: string
  readonly commit: string
}

/**
 * Lists every version of a file, in any commit that a ref leads to, that was committed as plain text and whose name is to be encrypted
 * today. CliError when there are any.
 */
export function reportHistory({ stdout }: GitContext, { git }: Repository): void {
  const all = versions(git)
  const attributes = attributesOf(git, [...new Set(all.map(({ path }) => path))])
  const secret = all.filter(({ path }) => keyOfFilter(attributes.get(path)?.filter ?? '') !== undefined)
  const kinds = blobKinds(
    git,
    secret.map(({ oid }) => oid),
  )
  const sizes = blobSizes(
    git,
    secret.map(({ oid }) => oid),
  )
  const plain = secret.filter(({ oid }) => kinds.get(oid) === 'not-encrypted' && sizes.get(oid) !== 0)
  for (const { path, commit } of plain) stdout.write(`plain text in ${commit.slice(0, 12)}: ${shownPath(path)}\n`)
  if (plain.length === 0) return
  const paths = new Set(plain.map(({ path }) => path)).size
  throw new CliError(
    `${paths} ${paths === 1 ? 'file' : 'files'} once committed as plain text, readable to all who can fetch`,
    {
      hint: 'change these secrets first; git filter-repo --invert-paths --path FILE then removes the old versions, and every clone must be made anew',
    },
  )
}

/** Each content that a regular file ever had, with a commit that brought it, once. */
function versions(git: Git): readonly Version[] {
  const args = ['log', '--all', '-m', '--root', '--raw', '-z', '--no-renames', '--no-abbrev', '--diff-filter=AMT']
  const found = new Map<string, Version>()
  let commit = ''
  let change: string | undefined
  for (const token of splitNul(git.run([...args, '--format=%H']))) {
    if (change !== undefined) {
      const oid = /^:\d+ 100\d+ \w+ (\w+) /.exec(change)?.[1]
      if (oid !== undefined) found.set(`${oid} ${token}`, { path: token, oid, commit })
      change = undefined
    } else if (token.startsWith(':') || token.startsWith('\n:')) {
      change = token.replace(/^\n/, '')
    } else if (/^\n?[0-9a-f]{40,64}$/.test(token)) {
      commit = token.trim()
    }
  }
  return [...found.values()]
}
