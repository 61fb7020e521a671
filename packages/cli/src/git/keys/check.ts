import { HEADER_LENGTH, type KeyFile, kindOfBlob, openBlob } from '@waxseal/core/git-crypt'
import { CliError } from '../../messages.ts'
import { ciphers } from '../ciphers.ts'
import { blobSizes, readBlobs } from '../repo/blobs.ts'
import { type SecretFile, secretFiles } from '../repo/files.ts'
import { shownPath } from '../repo/raw-path.ts'
import type { Repository } from '../repo/repository.ts'
import { fileNameOf } from './installed.ts'

/** So many blobs, the smallest, are tried: one that opens settles it, and a few may be damaged. */
const TRIED = 16

/**
 * Refuses a key that opens none of the files encrypted under its name, before anything is changed. Without such files there is nothing to
 * tell a wrong key by. Throws CliError naming a file.
 */
export function refuseWrongKey({ git }: Repository, key: KeyFile): void {
  const files = secretFiles(git).filter(({ keyName }) => keyName === key.name)
  const pathOf = new Map(files.map(({ oid, path }) => [oid, path]))
  const sizes = [...blobSizes(git, pathOf.keys())].filter(([, size]) => size >= HEADER_LENGTH)
  let tried = 0
  let refused: string | undefined
  for (const [oid, blob] of readBlobs(
    git,
    sizes.toSorted(([, a], [, b]) => a - b),
  )) {
    if (kindOfBlob(blob) !== 'encrypted') continue
    if (opens(key, blob)) return
    refused ??= oid
    if (++tried === TRIED) break
  }
  if (refused === undefined) return
  throw new CliError(`wrong key: "${fileNameOf(key.name)}" does not open ${shownPath(pathOf.get(refused) ?? '')}`, {
    hint: 'nothing was changed; is the key of this repository, and from after the last rotate-key?',
  })
}

/** Of these files, those whose staged blob its key does not open. */
export function unopened(
  { git }: Repository,
  keys: readonly KeyFile[],
  files: readonly SecretFile[],
): readonly SecretFile[] {
  const keyOf = new Map(files.map(({ oid, keyName }) => [oid, keys.find(({ name }) => name === keyName)]))
  const good = new Set<string>()
  for (const [oid, blob] of readBlobs(git, blobSizes(git, keyOf.keys()))) {
    const key = keyOf.get(oid)
    if (key !== undefined && opens(key, blob)) good.add(oid)
  }
  return files.filter(({ oid }) => !good.has(oid))
}

function opens({ entries }: KeyFile, blob: Uint8Array): boolean {
  try {
    openBlob(ciphers, entries, blob)
    return true
  } catch {
    return false
  }
}
