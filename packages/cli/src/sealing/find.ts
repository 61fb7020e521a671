/** The inputs of `seal`: files as they are named, and those of folders that hold a Secret. */
import { findFiles } from '../check/files/find.ts'
import type { Context } from '../context.ts'
import { CliError } from '../messages.ts'

const MANIFEST = /\.(?:ya?ml|json)$/i
/** A document of this kind; Lists name the kind of their items as well. */
const SECRET = /kind["']?\s*:\s*["']?Secret(?:List)?["']?\s*(?:[,}#\r\n]|$)/
const LIMIT = 64 * 1024 * 1024

/** Folders become the manifests in them that git does not ignore and that hold a Secret. Throws CliError where there is none. */
export function secretFiles(context: Context, paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    if (path === '-' || !context.files.isFolder(path)) return [path]
    const found = findFiles([path], []).files.filter(
      (file) => file.isRegular && MANIFEST.test(file.path) && SECRET.test(textOf(context, file.path)),
    )
    if (found.length > 0) return found.map((file) => file.path)
    throw new CliError(`no Secret in the folder ${path}`, {
      hint: 'files that git ignores are left out: name them, if you mean them',
    })
  })
}

/** Whatever the encoding: in UTF-16 the zero bytes go. */
const textOf = (context: Context, path: string): string =>
  Buffer.from(context.files.read(path, LIMIT)).toString('latin1').replaceAll('\0', '')
