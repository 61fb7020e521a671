import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describeError, FileProblem } from '../../log/describe.ts'
import { ensureFolder, lstat, stat } from './files.ts'
import { layoutOf } from './layout.ts'
import { DirectoryStore, type DirectoryStoreOptions } from './store.ts'

export { DirectoryStore }

/**
 * Opens a folder; makes what is missing inside of it.
 * @throws FileProblem when there is no such folder, or its parts cannot be made or are links
 */
export async function openDirectoryStore(
  folder: string,
  options: Omit<DirectoryStoreOptions, 'layout'>,
): Promise<DirectoryStore> {
  const layout = layoutOf(resolve(folder))
  const stats = stat(layout.root)
  if (stats === undefined)
    throw new FileProblem(`${folder}: no such folder`, { hint: `make it: mkdir -p ${shellWord(folder)}/sealed` })
  if (!stats.isDirectory()) throw new FileProblem(`${folder} is not a folder`)
  try {
    // Sealed files are public and may be kept elsewhere; the others hold secrets, and links could lead anywhere.
    if (stat(layout.sealed) === undefined) await mkdir(layout.sealed)
    for (const part of ['secrets', 'keys', 'status']) await ensureFolder(layout.root, [part])
  } catch (error) {
    throw new FileProblem(`cannot use ${folder}: ${describeError(error)}`, { cause: error })
  }
  const mode = lstat(layout.keys)?.mode ?? 0n
  if ((mode & 0o077n) !== 0n && process.platform !== 'win32')
    options.log.warn('others may read the keys; close the folder: chmod 700', { path: layout.keys })
  return new DirectoryStore({ ...options, layout })
}

const shellWord = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
