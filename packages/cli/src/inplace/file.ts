/** A manifest file that is changed in place: what was read, and how it is written back. */
import { type Document, decodeText, readDocuments } from '@waxseal/core/documents'
import type { Context } from '../context.ts'
import { readInputs } from '../manifests/source.ts'
import { CliError, within } from '../messages.ts'

const LIMIT = 64 * 1024 * 1024
/** A sealed value is public; an existing file keeps its mode. */
const KEEP = { create: 0o644, existing: 'keep' } as const

export interface ManifestFile {
  /** For messages as well; `stdin` for standard input. */
  readonly path: string
  /** Whether it came from standard input, so that standard output gets the result. */
  readonly isStream: boolean
  /** As they were read. */
  readonly bytes: Uint8Array
  readonly documents: readonly Document[]
  /** A text in the encoding of this file. */
  readonly encode: (text: string) => Uint8Array
}

/** Reads the file. Documents that cannot be parsed are kept with their error: others may be changed all the same. */
export function openFile(context: Context, path: string): Promise<ManifestFile> {
  return parseFile(path, context.files.read(path, LIMIT))
}

/** As openFile, with `-` for standard input. */
export async function openInput(context: Context, path: string): Promise<ManifestFile> {
  if (path !== '-') return openFile(context, path)
  return { ...(await parseFile('stdin', readStream(context))), isStream: true }
}

/** All of standard input; a person at a terminal is told what is waited for. */
export function readStream(context: Context): Uint8Array {
  const [input] = readInputs(context, ['-'], 'SealedSecrets')
  return input?.bytes ?? new Uint8Array()
}

/** The file whose content that is. */
export async function parseFile(path: string, bytes: Uint8Array): Promise<ManifestFile> {
  try {
    const text = decodeText(bytes)
    const encode = encoderFor(bytes)
    if (!isSame(encode(text), bytes)) throw new CliError('the encoding of this file cannot be kept')
    return { path, isStream: false, bytes, documents: await readDocuments(text), encode }
  } catch (error) {
    throw within(path, error)
  }
}

/** Replaces the file, unless somebody else has changed it since it was read. */
export function saveFile(context: Context, { path, bytes, encode }: ManifestFile, text: string): void {
  context.files.replace(path, encode(text), KEEP, () => {
    if (!isStill(context, path, bytes)) throw new ChangedMeanwhile(path)
  })
}

/** As saveFile, for many files: other work goes on while the disk takes its time. */
export function saveFileLater(context: Context, { path, bytes, encode }: ManifestFile, text: string): Promise<void> {
  return context.files.replaceLater(path, encode(text), KEEP, () => {
    if (!isStill(context, path, bytes)) throw new ChangedMeanwhile(path)
  })
}

/** The file is no longer what was read. */
export class ChangedMeanwhile extends CliError {
  override readonly name: string = 'ChangedMeanwhile'

  constructor(path: string) {
    super(`${path} was changed by somebody else in the meantime`, { hint: 'it was not overwritten: try again' })
  }
}

function isStill(context: Context, path: string, bytes: Uint8Array): boolean {
  try {
    return isSame(context.files.read(path, LIMIT), bytes)
  } catch (error) {
    if (error instanceof CliError) return false
    throw error
  }
}

/** Files are no secret here, so that the first difference may end it. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

/** UTF-8 or UTF-16, with the byte order mark that the bytes begin with. */
function encoderFor([first, second, third]: Uint8Array): (text: string) => Uint8Array {
  if (first === 0xff && second === 0xfe) return (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')
  if (first === 0xfe && second === 0xff) return (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()
  const mark = first === 0xef && second === 0xbb && third === 0xbf ? '\uFEFF' : ''
  return (text) => Buffer.from(mark + text, 'utf8')
}
