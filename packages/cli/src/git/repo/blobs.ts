/** Blobs of git's object store, by `cat-file`, in bounded memory. */
import { HEADER_LENGTH, kindOfBlob } from '@waxseal/core/git-crypt'
import { CliError } from '../../messages.ts'
import type { Git } from './git.ts'

/** Blobs up to this size are read whole; of larger ones only the beginning, one git process each. */
const SMALL = 256 * 1024
/** What one `cat-file --batch` may answer. */
const BATCH = 32 * 1024 * 1024

export type BlobKind = ReturnType<typeof kindOfBlob>

/** Sizes in bytes; objects that are missing are not in the result. */
export function blobSizes(git: Git, oids: Iterable<string>): ReadonlyMap<string, number> {
  const input = Buffer.from([...new Set(oids)].map((oid) => `${oid}\n`).join(''))
  if (input.length === 0) return new Map()
  const lines = git.run(['cat-file', '--batch-check=%(objectname) %(objectsize)'], { input }).toString('latin1')
  return new Map(
    lines.split('\n').flatMap((each): [string, number][] => {
      const [, oid, size] = /^(\w+) (\d+)$/.exec(each) ?? []
      return oid === undefined ? [] : [[oid, Number(size)]]
    }),
  )
}

/** The first bytes of each blob, as many as tell its kind. Missing objects are left out. */
export function blobHeads(git: Git, oids: Iterable<string>): ReadonlyMap<string, Uint8Array> {
  const sizes = blobSizes(git, oids)
  const heads = new Map<string, Uint8Array>()
  const small = [...sizes].filter(([, size]) => size <= SMALL)
  for (const [oid, content] of readBlobs(git, small))
    heads.set(oid, Uint8Array.from(content.subarray(0, HEADER_LENGTH)))
  for (const [oid, size] of sizes) {
    if (size > SMALL) heads.set(oid, git.first(['cat-file', 'blob', oid], HEADER_LENGTH))
  }
  return heads
}

export function blobKinds(git: Git, oids: Iterable<string>): ReadonlyMap<string, BlobKind> {
  return new Map([...blobHeads(git, oids)].map(([oid, head]) => [oid, kindOfBlob(head)]))
}

/** Whole contents, a batch at a time. `sized`: object names with their sizes. */
export function* readBlobs(git: Git, sized: Iterable<readonly [string, number]>): Iterable<readonly [string, Buffer]> {
  let batch: string[] = []
  let bytes = 0
  for (const [oid, size] of sized) {
    if (batch.length > 0 && bytes + size > BATCH) {
      yield* readBatch(git, batch)
      batch = []
      bytes = 0
    }
    batch.push(oid)
    bytes += size
  }
  if (batch.length > 0) yield* readBatch(git, batch)
}

function* readBatch(git: Git, oids: readonly string[]): Iterable<readonly [string, Buffer]> {
  const answer = git.run(['cat-file', '--batch=%(objectname) %(objectsize)'], {
    input: Buffer.from(`${oids.join('\n')}\n`),
  })
  for (let at = 0; at < answer.length; ) {
    const end = answer.indexOf(0x0a, at)
    const [oid, size] = answer.toString('latin1', at, end).split(' ')
    const length = Number(size)
    if (oid === undefined || !Number.isInteger(length))
      throw new CliError(`git cat-file: object ${oid ?? ''} is missing`)
    yield [oid, answer.subarray(end + 1, end + 1 + length)]
    at = end + 1 + length + 1
  }
}
