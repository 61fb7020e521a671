import { blobKinds } from './blobs.ts'
import { isThere } from './file-head.ts'
import { secretFiles } from './files.ts'
import { gitFailure } from './git.ts'
import { joinNul, onDisk, type RawPath } from './raw-path.ts'
import type { Repository } from './repository.ts'

export interface Restaged {
  readonly fixed: readonly RawPath[]
  readonly failed: readonly { readonly path: RawPath; readonly reason: string }[]
}

/** Has git run its filter over tracked files again and stage the result, then looks whether it is encrypted. */
export function stageEncrypted({ git, top }: Repository, paths: readonly RawPath[]): Restaged {
  const present = paths.filter((path) => isThere(onDisk(top, path)))
  const failed = paths
    .filter((path) => !present.includes(path))
    .map((path) => ({ path, reason: 'not in the work tree: check it out, or remove it with git rm' }))
  if (present.length > 0) {
    const args = ['--literal-pathspecs', 'add', '--renormalize', '--pathspec-from-file=-', '--pathspec-file-nul']
    const outcome = git.attempt(args, { input: joinNul(present) })
    if (outcome.status !== 0) throw gitFailure(args, outcome)
  }
  const wanted = new Set(present)
  const files = secretFiles(git).filter(({ path }) => wanted.has(path))
  const kinds = blobKinds(
    git,
    files.map(({ oid }) => oid),
  )
  const fixed = files.filter(({ oid }) => kinds.get(oid) === 'encrypted').map(({ path }) => path)
  const still = present.filter((path) => !fixed.includes(path)).map((path) => ({ path, reason: 'still not encrypted' }))
  return { fixed, failed: [...failed, ...still] }
}
