/** Puts new sealed values in the place of old ones, and proves that nothing else changed. */
import { ANNOTATION, field, isObject, type SealedSecret } from '@waxseal/core'
import { type Document, type EntrySpan, readDocuments, readSpans, type ValueSpan } from '@waxseal/core/documents'
import type { Path } from '../inplace/change.ts'
import { replaceValue } from '../inplace/entry.ts'
import type { ManifestFile } from '../inplace/file.ts'
import { type Splice, splice } from '../inplace/lines.ts'
import { quotingOf, writeScalar } from '../inplace/scalar.ts'
import { CliError } from '../messages.ts'
import type { Found } from './find.ts'

/** A text in a document, and the one that takes its place. */
interface Change {
  readonly path: Path
  readonly from: string
  readonly to: string
}

/** A SealedSecret with new `encryptedData`, which has the keys of the old one. */
export interface Resealed {
  readonly found: Found
  readonly encryptedData: Readonly<Record<string, string>>
  /** Fingerprint of the key that all values are sealed for now. */
  readonly sealedWith: string
}

/** The text of the whole file with the new values. Throws CliError, when it would not read back as exactly that. */
export async function rewrite({ documents }: ManifestFile, all: readonly Resealed[]): Promise<string> {
  const byDocument = Map.groupBy(all, ({ found }) => found.document)
  const texts = await Promise.all(
    documents.map(async (document) => {
      const changes = (byDocument.get(document) ?? []).flatMap(changesOf)
      const raw = changes.length === 0 ? document.raw : await changeDocument(document, changes)
      return document.prefix + raw + document.suffix
    }),
  )
  return texts.join('')
}

function changesOf({ found, encryptedData, sealedWith }: Resealed): Change[] {
  const { path, sealed } = found
  const items = Object.entries(sealed.spec.encryptedData).map(([key, from]) => {
    return { path: [...path, 'spec', 'encryptedData', key], from, to: encryptedData[key] ?? from }
  })
  const note = noteOf(sealed)
  const annotation = { path: [...path, 'metadata', 'annotations', ANNOTATION.sealedWith], to: sealedWith }
  const changes = note === undefined ? items : [...items, { ...annotation, from: note }]
  return changes.filter(({ from, to }) => from !== to)
}

/** The note of the key, where there is one: it is kept true and never added. */
export function noteOf({ metadata: { annotations } }: SealedSecret): string | undefined {
  const noted = annotations !== undefined && Object.hasOwn(annotations, ANNOTATION.sealedWith)
  return noted ? annotations[ANNOTATION.sealedWith] : undefined
}

async function changeDocument(document: Document, changes: readonly Change[]): Promise<string> {
  const splices = changes.map((change) => verbatim(document.raw, change))
  const missing = changes.filter((_, i) => splices[i] === undefined)
  const located = missing.length === 0 ? [] : await locate(document, missing)
  const raw = splice(document.raw, [...splices.filter((each) => each !== undefined), ...located])
  await prove(document, raw, changes)
  return raw
}

/**
 * Finds a sealed value by its own text: it stands there once, as nothing else is like it, and needs no quotes where it
 * had none. No parser has to look then. Undefined where it is written in another way, or a comment repeats it.
 */
function verbatim(raw: string, { from, to }: Change): Splice | undefined {
  const start = from.length < 64 ? -1 : raw.indexOf(from)
  if (start === -1 || raw.includes(from, start + 1)) return undefined
  return { start, end: start + from.length, text: to }
}

/** Finds values where the parser says they stand: in block scalars, with escapes, or repeated elsewhere. */
async function locate({ raw, format }: Document, changes: readonly Change[]): Promise<Splice[]> {
  const root = await readSpans({ raw, format })
  const splices = await Promise.all(
    changes.map(async ({ path, to }) => {
      const { entry, flow } = entryAt(root, path)
      const text = entry && (await writeScalar(to, quotingOf(entry.value), { format, flow }))
      const found = entry === undefined || text === undefined ? undefined : replaceValue(raw, entry, text)
      if (found === undefined || entry?.value.form === 'alias') throw notHere(path)
      return found
    }),
  )
  return splices.flat()
}

function entryAt(root: ValueSpan | undefined, path: Path): { entry: EntrySpan | undefined; flow: boolean } {
  let [at, flow] = [root, false]
  let entry: EntrySpan | undefined
  for (const step of path) {
    flow ||= at?.form === 'flow'
    entry = typeof step === 'number' ? undefined : at?.entries.find(({ key }) => key === step)
    at = typeof step === 'number' ? at?.items[step] : entry?.value
  }
  return { entry, flow }
}

/** Reads the new text as any reader would, puts the old values back and compares. Anchors and merges tie values to others. */
async function prove(document: Document, raw: string, changes: readonly Change[]): Promise<void> {
  const [read, second] = await readDocuments(raw)
  const isRight =
    read !== undefined &&
    read.error === undefined &&
    second === undefined &&
    changes.every((change) => putBack(read.value, change)) &&
    JSON.stringify(read.value) === JSON.stringify(document.value)
  if (!isRight) throw notHere(changes[0]?.path ?? [])
}

function putBack(root: unknown, { path, from, to }: Change): boolean {
  const owner = path.slice(0, -1).reduce<unknown>((at, step) => {
    if (typeof step === 'number') return Array.isArray(at) ? at[step] : undefined
    return isObject(at) ? field(at, step) : undefined
  }, root)
  const key = path.at(-1)
  if (!isObject(owner) || key === undefined || Reflect.get(owner, key) !== to) return false
  return Reflect.set(owner, key, from)
}

function notHere(path: Path): CliError {
  return new CliError(`${path.join('.')} cannot be changed in place without changing something else`, {
    hint: 'an anchor, alias or merge may tie it to other values: write it as a text of its own',
  })
}
