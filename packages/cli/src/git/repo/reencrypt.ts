import { encryptBlob, type KeyFile, kindOfBlob, openBlob } from '@waxseal/core/git-crypt'
import { within } from '../../messages.ts'
import { ciphers } from '../ciphers.ts'
import { blobSizes, readBlobs } from './blobs.ts'
import type { SecretFile } from './files.ts'
import { line } from './git.ts'
import { pathBytes, type RawPath, shownPath } from './raw-path.ts'
import type { Repository } from './repository.ts'

/**
 * Encrypts with a key's latest entry what sparse checkout keeps out of the work tree, straight from blob to blob, in the index. Returns the
 * files it did.
 */
export function reencryptAbsent({ git }: Repository, files: readonly SecretFile[], key: KeyFile): ReadonlySet<RawPath> {
  const absent = files.filter(({ isSkipped }) => isSkipped)
  const sizes = blobSizes(
    git,
    absent.map(({ oid }) => oid),
  )
  const renewed = new Map<string, string>()
  for (const [oid, blob] of readBlobs(git, sizes)) {
    try {
      const plaintext = kindOfBlob(blob) === 'not-encrypted' ? blob : openBlob(ciphers, key.entries, blob)
      const input = encryptBlob(ciphers, key.entries[0], plaintext)
      renewed.set(oid, line(git.run(['hash-object', '-w', '--stdin'], { input })))
    } catch (error) {
      throw within(shownPath(absent.find((file) => file.oid === oid)?.path ?? oid), error)
    }
  }
  const records = absent.map(({ mode, oid, path }) =>
    Buffer.concat([Buffer.from(`${mode} ${renewed.get(oid) ?? oid}\t`), pathBytes(path), Buffer.from('\0')]),
  )
  if (records.length === 0) return new Set()
  git.run(['update-index', '-z', '--index-info'], { input: Buffer.concat(records) })
  const paths = Buffer.concat(absent.map(({ path }) => Buffer.concat([pathBytes(path), Buffer.from('\0')])))
  git.run(['update-index', '--skip-worktree', '-z', '--stdin'], { input: paths })
  return new Set(absent.map(({ path }) => path))
}
