/** What the SealedSecrets of files, and of everything that git remembers of them, need. */
import type { Context } from '../../context.ts'
import { blobSizes, readBlobs } from '../../git/repo/blobs.ts'
import { gitIn, line } from '../../git/repo/git.ts'
import { fs } from '../../io/platform.ts'
import { CliError } from '../../messages.ts'
import { mapSome } from '../../reseal/bounded.ts'
import { readSealedFile, sealedFileOf } from '../../reseal/find.ts'
import type { Verifier } from '../../reseal/verify.ts'
import type { Need } from './need.ts'
import { needsOfFile, unreadable } from './opening.ts'

const FILES_IN_FLIGHT = 32
const MANIFEST = /\.(?:ya?ml|json)$/i

export interface Looking {
  readonly verifier: Verifier
  /** For SealedSecrets that do not say their namespace. */
  readonly namespace: string | undefined
}

export async function needsOfFiles(context: Context, paths: readonly string[], looking: Looking): Promise<Need[]> {
  const found = await mapSome(paths, FILES_IN_FLIGHT, async (path) => {
    try {
      const file = await readSealedFile(context, path, looking.namespace)
      return file === undefined ? [] : await needsOfFile(file, path, looking.verifier)
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      return [unreadable(path, error.message)]
    }
  })
  return found.flat()
}

/**
 * Of every content that a manifest ever had in a commit that a branch, a tag or another ref of the repositories around the paths leads to.
 * Throws CliError where that history is not complete here.
 */
export async function needsOfHistory(context: Context, paths: readonly string[], looking: Looking): Promise<Need[]> {
  const needs: Need[] = []
  for (const root of repositoriesOf(context, paths)) {
    const git = gitIn(root, context.env)
    if (line(git.run(['rev-parse', '--is-shallow-repository'])) === 'true') {
      throw new CliError(`${root} holds only a part of its history (a shallow clone)`, {
        hint: 'git fetch --unshallow fetches the rest',
      })
    }
    const names = new Map<string, string>()
    for (const each of git.run(['rev-list', '--objects', '--all']).toString('utf8').split('\n')) {
      const [, oid, name] = /^(\w+) (.+)$/.exec(each) ?? []
      if (oid !== undefined && name !== undefined && MANIFEST.test(name)) names.set(oid, name)
    }
    for (const [oid, content] of readBlobs(git, blobSizes(git, names.keys()))) {
      const where = `${root}: ${names.get(oid) ?? ''} in blob ${oid.slice(0, 12)}`
      needs.push(...(await needsOfBlob(content, where, looking)))
    }
  }
  return needs
}

async function needsOfBlob(content: Uint8Array, where: string, { verifier, namespace }: Looking): Promise<Need[]> {
  try {
    const file = await sealedFileOf(where, content, namespace)
    return file === undefined ? [] : await needsOfFile(file, where, verifier)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    return [unreadable(where, error.message)]
  }
}

function repositoriesOf({ env }: Context, paths: readonly string[]): readonly string[] {
  const roots = paths.map((path) => {
    const folder = fs.statSync(path).isDirectory() ? path : (path.match(/^(.*)\//)?.[1] ?? '.')
    const { status, stdout } = gitIn(folder, env).attempt(['rev-parse', '--show-toplevel'])
    if (status !== 0) throw new CliError(`${path} is in no git repository, so that it has no history to look into`)
    return line(stdout)
  })
  return [...new Set(roots)]
}
