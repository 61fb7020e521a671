/** Inputs: files as they are named, and those of folders that hold an object of a kind. */
import { resolve } from 'node:path'
import { findFiles } from '../check/files/find.ts'
import type { Context } from '../context.ts'
import { CliError } from '../messages.ts'

const MANIFEST = /\.(?:ya?ml|json)$/i
const LIMIT = 64 * 1024 * 1024

/**
 * Folders become the manifests in them that git does not ignore and that mention the kind; Lists name the kind of their items as well.
 * A file that is named, or found, more than once is taken once, where it came first. Throws CliError for a folder without any.
 */
export function manifestsOf(
  context: Context,
  paths: readonly string[],
  kind: 'Secret' | 'SealedSecret',
): readonly string[] {
  const mention = new RegExp(`kind["']?\\s*:\\s*["']?${kind}(?:List)?["']?\\s*(?:[,}#\\r\\n]|$)`)
  const all = paths.flatMap((path) => {
    if (path === '-' || !context.files.isFolder(path)) return [path]
    const found = findFiles([path], []).files.filter(
      (file) => file.isRegular && MANIFEST.test(file.path) && mention.test(textOf(context, file.path)),
    )
    if (found.length > 0) return found.map((file) => file.path)
    throw new CliError(`no ${kind} in the folder ${path}`, {
      hint: 'files that git ignores are left out: name them, if you mean them',
    })
  })
  const seen = new Set<string>()
  return all.filter((path) => {
    const place = path === '-' ? path : resolve(path)
    const isNew = !seen.has(place)
    seen.add(place)
    return isNew
  })
}

/** Whatever the encoding: in UTF-16 the zero bytes go. */
const textOf = (context: Context, path: string): string =>
  Buffer.from(context.files.read(path, LIMIT)).toString('latin1').replaceAll('\0', '')
