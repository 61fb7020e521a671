/**
 * Files that are staged under a key which rotate-key has replaced since: an older commit that is checked out, a branch that has not
 * merged the rotation. Unchanged, they must come out as they are staged, or git would take every one of them for modified.
 */
import { cipherOf, headerOf, type KeyEntry, type NonceBuilder, nonceBuilder } from '@waxseal/core/git-crypt'
import { nodeCrypto } from '../../io/platform.ts'
import { ciphers } from '../ciphers.ts'
import { indexEntries } from '../repo/files.ts'
import type { Git } from '../repo/git.ts'
import { rawPathOf } from '../repo/raw-path.ts'

export interface Former {
  readonly entries: readonly KeyEntry[]
  /** Object name of what is staged under the file's name. */
  stagedOid(): string | undefined
}

/** Object names by path, read once for all files of a git command. */
export function stagedOids(git: Git): (path: string) => string | undefined {
  let oids: ReadonlyMap<string, string> | undefined
  return (path) => {
    oids ??= new Map(indexEntries(git).map((entry) => [entry.path, entry.oid]))
    return oids.get(rawPathOf(path))
  }
}

export interface FormerMatch {
  update(plaintext: Uint8Array): void
  /** The staged blob, if it is this very plaintext under a former key. `pieces` gives the plaintext, as often as asked. */
  blob(pieces: () => Iterable<Uint8Array>): Iterable<Uint8Array> | undefined
}

export function matching(former: Former): FormerMatch {
  const builders = former.entries.map((entry): { entry: KeyEntry; builder: NonceBuilder } => ({
    entry,
    builder: nonceBuilder(ciphers, entry),
  }))
  let length = 0
  return {
    update(plaintext) {
      length += plaintext.length
      for (const { builder } of builders) builder.update(plaintext)
    },
    blob(pieces) {
      const oid = builders.length === 0 ? undefined : former.stagedOid()
      if (oid === undefined) return undefined
      for (const { entry, builder } of builders) {
        const nonce = builder.nonce()
        const blob = () => encrypted(entry, nonce, pieces())
        if (objectName(oid, headerOf(nonce).length + length, blob()) === oid) return blob()
      }
      return undefined
    },
  }
}

export function* encrypted(key: KeyEntry, nonce: Uint8Array, plaintext: Iterable<Uint8Array>): Iterable<Uint8Array> {
  const cipher = cipherOf(ciphers, key, nonce)
  yield headerOf(nonce)
  for (const piece of plaintext) yield cipher.apply(piece)
}

/** As git names blobs, in the hash that the repository uses. */
function objectName(like: string, size: number, content: Iterable<Uint8Array>): string {
  const hash = nodeCrypto().createHash(like.length === 64 ? 'sha256' : 'sha1')
  hash.update(`blob ${size}\0`)
  for (const piece of content) hash.update(piece)
  return hash.digest('hex')
}
