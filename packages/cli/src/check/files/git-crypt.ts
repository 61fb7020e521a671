/** What git-crypt's attributes say about files, and whether git holds them encrypted. Starts git only where they are in use. */

import { join, sep } from 'node:path'
import { kindOfBlob } from '@waxseal/core/git-crypt'
import type { Env } from '../../context.ts'
import { blobHeads } from '../../git/repo/blobs.ts'
import { keyOfFilter } from '../../git/repo/drivers.ts'
import { attributesOf, indexEntries, secretFiles } from '../../git/repo/files.ts'
import { type Git, gitIn } from '../../git/repo/git.ts'
import { rawPathOf } from '../../git/repo/raw-path.ts'
import { fs } from '../../io/platform.ts'
import { describe } from '../../messages.ts'
import type { FoundFiles } from './find.ts'
import { inside, parentsOf, repositoryOf } from './gitignore.ts'

/** `encrypted`: git has it encrypted, or will. `plain`: the attribute asks for it, and the staged version is plain text. */
export type Coverage = ReadonlyMap<string /* absolute path */, 'encrypted' | 'plain'>

export interface Covered {
  readonly coverage: Coverage
  /** Why nothing could be found out, for the person; empty when all went well. */
  readonly failures: readonly string[]
}

export function gitCryptCoverage(found: FoundFiles, env: Env): Covered {
  const coverage = new Map<string, 'encrypted' | 'plain'>()
  const failures: string[] = []
  for (const [top, paths] of byRepository(found)) {
    if (!usesGitCrypt(top, paths, found.attributes)) continue
    try {
      addCoverage(gitIn(top, env), paths, coverage)
    } catch (error) {
      failures.push(`${top}: ${describe(error).message}`)
    }
  }
  return { coverage, failures }
}

type PathsInRepository = ReadonlyMap<string /* from the top, with / */, string /* absolute */>

function byRepository({ files }: FoundFiles): ReadonlyMap<string, PathsInRepository> {
  const tops = new Map<string, string | undefined>()
  const found = new Map<string, Map<string, string>>()
  for (const { absolute, isRegular } of files) {
    if (!isRegular) continue
    const folder = absolute.slice(0, absolute.lastIndexOf(sep)) || sep
    if (!tops.has(folder)) tops.set(folder, repositoryOf(folder))
    const top = tops.get(folder)
    const path = top === undefined ? undefined : inside(top, absolute)
    if (top === undefined || path === undefined) continue
    found.set(top, (found.get(top) ?? new Map<string, string>()).set(path, absolute))
  }
  return found
}

/** Looks into every .gitattributes that could concern the files, and the one beside the repository. */
function usesGitCrypt(top: string, paths: PathsInRepository, attributes: readonly string[]): boolean {
  const folders = new Set<string>([top])
  for (const path of paths.keys()) {
    for (const parent of parentsOf(path)) if (parent !== '.') folders.add(join(top, parent))
  }
  const candidates = [...folders].map((folder) => join(folder, '.gitattributes'))
  return [...new Set([...candidates, ...attributes, join(top, '.git', 'info', 'attributes')])].some((path) =>
    mentionsGitCrypt(path),
  )
}

function mentionsGitCrypt(path: string): boolean {
  try {
    return fs.readFileSync(path, 'utf8').includes('filter=git-crypt')
  } catch {
    return false
  }
}

function addCoverage(git: Git, paths: PathsInRepository, coverage: Map<string, 'encrypted' | 'plain'>): void {
  const wanted = new Map([...paths].map(([path, absolute]) => [rawPathOf(path), absolute]))
  const entries = indexEntries(git).filter(({ path }) => wanted.has(path))
  const secret = secretFiles(git, entries)
  const heads = blobHeads(git, new Set(secret.map(({ oid }) => oid)))
  for (const { path, oid } of secret) {
    const [absolute, head] = [wanted.get(path), heads.get(oid)]
    // git-crypt leaves empty files as they are.
    const isPlain = head !== undefined && head.length > 0 && kindOfBlob(head) === 'not-encrypted'
    if (absolute !== undefined) coverage.set(absolute, isPlain ? 'plain' : 'encrypted')
  }
  const tracked = new Set(entries.map(({ path }) => path))
  for (const [path, { filter }] of attributesOf(
    git,
    [...wanted.keys()].filter((each) => !tracked.has(each)),
  )) {
    const absolute = wanted.get(path)
    if (absolute !== undefined && keyOfFilter(filter) !== undefined) coverage.set(absolute, 'encrypted')
  }
}
