/** The SealedSecrets of files and folders. */
import { field, isObject, isSealedSecret, type JsonObject, parseSealedSecret, type SealedSecret } from '@waxseal/core'
import type { Document } from '@waxseal/core/documents'
import { findFiles } from '../check/files/find.ts'
import { isStdin } from '../commands/options.ts'
import type { Context } from '../context.ts'
import type { Path } from '../inplace/change.ts'
import { type ManifestFile, parseFile, readStream } from '../inplace/file.ts'
import { CliError, describe, UsageError, within } from '../messages.ts'

/** A SealedSecret, and where it stands. */
export interface Found {
  readonly document: Document
  /** Leads to it inside the document: empty, or an item of a List. */
  readonly path: Path
  readonly sealed: SealedSecret
  /** `document 2: SealedSecret shop/db`. */
  readonly title: string
}

/** A file with SealedSecrets. */
export interface SealedFile {
  readonly file: ManifestFile
  readonly found: readonly Found[]
  /** What looks like a SealedSecret and cannot be read as one, one line each. */
  readonly problems: readonly string[]
}

const LIMIT = 64 * 1024 * 1024
const MANIFEST = /\.(?:ya?ml|json)$/i

/**
 * The manifests among the files named and in the folders named that git does not ignore; of folders by their extension.
 * @throws UsageError where a path does not exist, or nothing is named
 */
export function manifestPaths(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) throw new UsageError('a PATH is needed: a file or a folder, such as .')
  const stdin = paths.find(isStdin)
  if (stdin !== undefined) throw new UsageError(`files and folders are read, not standard input (${stdin})`)
  const named = new Set(paths)
  const { files } = findFiles(paths, [])
  return files
    .filter(({ path, isRegular }) => isRegular && (named.has(path) || MANIFEST.test(path)))
    .map(({ path }) => path)
}

/** As manifestPaths, with `-` for standard input. */
export function inputPaths(paths: readonly string[]): readonly string[] {
  const named = paths.filter((path) => !isStdin(path))
  const streams = paths.length - named.length
  if (streams > 1) throw new UsageError('standard input (-) can be read only once')
  return [...(streams > 0 && named.length === 0 ? [] : manifestPaths(named)), ...(streams > 0 ? ['-'] : [])]
}

/** What messages and reports call it. */
export const titleOf = (path: string): string => (path === '-' ? 'stdin' : path)

/** Not a single SealedSecret, which must never pass as success. */
export function noneIn(paths: readonly string[]): CliError {
  const isFolder = paths.some((path) => !isStdin(path))
  const hint = isFolder ? 'is it the right folder? Ignored files are left out' : 'did the command that writes it fail?'
  return new CliError(`no SealedSecret in ${paths.map(titleOf).join(', ')}`, { hint })
}

/** Undefined where nothing in the file mentions a SealedSecret, which is not parsed then; `-` is standard input. Throws CliError when it cannot be read. */
export async function readSealedFile(
  context: Context,
  path: string,
  namespace: string | undefined,
): Promise<SealedFile | undefined> {
  if (path === '-') return sealedFileOf(titleOf(path), readStream(context), namespace)
  return sealedFileOf(path, context.files.read(path, LIMIT), namespace)
}

/** The same of a file whose content that is. */
export async function sealedFileOf(
  path: string,
  bytes: Uint8Array,
  namespace: string | undefined,
): Promise<SealedFile | undefined> {
  if (!mentions(bytes)) return undefined
  const file = await parseFile(path, bytes)
  const problems: string[] = []
  const found = file.documents.flatMap((document) => {
    const several = file.documents.length > 1
    const where = several ? `document ${document.index + 1}: ` : ''
    // The message of a document's error names the document itself.
    if (document.error !== undefined && document.raw.includes('SealedSecret')) problems.push(document.error.message)
    return sealedIn(document).flatMap(({ path, value }): Found[] => {
      try {
        const sealed = inNamespace(parseSealedSecret(value), namespace)
        return [{ document, path, sealed, title: `${where}SealedSecret ${nameOf(sealed)}` }]
      } catch (error) {
        problems.push(describe(within(`${where}SealedSecret`, error)).message)
        return []
      }
    })
  })
  return found.length + problems.length === 0 ? undefined : { file, found, problems }
}

/** In UTF-16 the letters stand apart, so that such files are always looked at. */
function mentions(bytes: Uint8Array): boolean {
  const [first, second] = bytes
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  return isWide || Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('SealedSecret')
}

function sealedIn({ value }: Document): readonly { path: Path; value: JsonObject }[] {
  if (!isObject(value)) return []
  if (isSealedSecret(value)) return [{ path: [], value }]
  const items = field(value, 'items')
  if (!Array.isArray(items)) return []
  return items.flatMap((item: unknown, i) =>
    isObject(item) && isSealedSecret(item) ? [{ path: ['items', i], value: item }] : [],
  )
}

/** One that says no namespace gets the one asked for: where it is applied is not in the file. */
function inNamespace(sealed: SealedSecret, namespace: string | undefined): SealedSecret {
  if (namespace === undefined || sealed.metadata.namespace) return sealed
  return { ...sealed, metadata: { ...sealed.metadata, namespace } }
}

function nameOf({ metadata: { name, namespace } }: SealedSecret): string {
  return namespace ? `${namespace}/${name}` : name
}
