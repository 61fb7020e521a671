/** Changes the values of a SealedSecret in the text of its file, and proves that nothing else changed. */
import { ANNOTATION, emptyRecord, field, isObject } from '@waxseal/core'
import { type Document, readDocuments } from '@waxseal/core/documents'
import { CliError, within } from '../messages.ts'
import { type Change, changeText, type Path } from './change.ts'
import type { ManifestFile } from './file.ts'
import type { Target } from './target.ts'

export interface Values {
  /** Sealed values by key. */
  readonly set: ReadonlyMap<string, string>
  readonly removed: readonly string[]
  /** Fingerprint of the key that sealed the values. */
  readonly sealedWith: string | undefined
}

/** The whole text of the file with the values changed. Throws CliError, when it would not read back as exactly that. */
export async function applyValues(file: ManifestFile, target: Target, values: Values): Promise<string> {
  const changes = [...valueChanges(target, values), ...annotationChange(target, values)]
  try {
    const raw = await changeText(target.document, changes)
    const text = textOf(file.documents, target.document, raw)
    await prove(file, target, changes, text)
    return text
  } catch (error) {
    throw within(file.path, error)
  }
}

function valueChanges({ path }: Target, { set, removed }: Values): Change[] {
  const items = [...path, 'spec', 'encryptedData']
  return [
    ...[...set].map(([key, value]) => ({ path: items, key, value })),
    ...removed.map((key) => ({ path: items, key, value: undefined })),
  ]
}

/**
 * The note of the keys, kept true where there is one. It is never added: what sealed the other values is not known here, so a note with
 * one key would be wrong, and a file that kubeseal wrote keeps kubeseal's look. A key removed is not taken off, as others may need it: the
 * note is a hint, and a key too many costs one try.
 */
function annotationChange({ path, sealed }: Target, { set, sealedWith }: Values): Change[] {
  const annotations = sealed.metadata.annotations ?? {}
  const note = Object.hasOwn(annotations, ANNOTATION.sealedWith) ? annotations[ANNOTATION.sealedWith] : undefined
  if (note === undefined || sealedWith === undefined || set.size === 0) return []
  const known = note.split(',').map((part) => part.trim())
  const isAll = Object.keys(sealed.spec.encryptedData).every((key) => set.has(key))
  const value = isAll ? sealedWith : known.includes(sealedWith) ? note : [note, sealedWith].join(',')
  if (value === note) return []
  return [{ path: [...path, 'metadata', 'annotations'], key: ANNOTATION.sealedWith, value }]
}

function textOf(documents: readonly Document[], changed: Document, raw: string): string {
  return documents.map((each) => each.prefix + (each === changed ? raw : each.raw) + each.suffix).join('')
}

/** Reads the new text as any reader would. Anchors, merges or a slip of ours must not change anything unasked. */
async function prove(file: ManifestFile, target: Target, changes: readonly Change[], text: string): Promise<void> {
  const documents = await readDocuments(text)
  const isRight =
    documents.length === file.documents.length &&
    documents.every((document, i) => {
      const old = file.documents[i]
      if (old !== target.document) return document.prefix === old?.prefix && document.raw === old.raw
      return document.error === undefined && canonical(document.value) === canonical(changed(old.value, changes))
    })
  if (isRight) return
  const error = documents[target.document.index]?.error
  throw new CliError(
    error === undefined
      ? `${target.title} cannot be changed in place without changing something else`
      : `${target.title} cannot be changed in place: ${error.message}`,
    { hint: 'an anchor, alias or merge may tie its values to others: write them without', cause: error },
  )
}

function changed(value: unknown, changes: readonly Change[]): unknown {
  return changes.reduce((result, { path, key, value: item }) => changedAt(result, path, key, item), value)
}

function changedAt(value: unknown, [step, ...rest]: Path, key: string, item: string | undefined): unknown {
  if (typeof step === 'number') {
    return Array.isArray(value)
      ? value.map((each: unknown, i) => (i === step ? changedAt(each, rest, key, item) : each))
      : value
  }
  const copy = Object.assign(emptyRecord<unknown>(), isObject(value) ? value : {})
  if (step !== undefined) copy[step] = changedAt(field(copy, step), rest, key, item)
  else if (item === undefined) delete copy[key]
  else copy[key] = item
  return copy
}

/** A text that is the same for the same value, whatever the order of its keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (!isObject(item)) return item
    return Object.keys(item)
      .toSorted()
      .map((key) => [key, item[key]])
  })
}
