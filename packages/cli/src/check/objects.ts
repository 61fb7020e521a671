/** The objects in a document: itself, those of a List, and Secrets that are carried along inside of other objects. */
import { field, isObject, isSealedSecret, type JsonObject } from '@waxseal/core'
import { readDocuments } from '@waxseal/core/documents'
import { mentionsSecret } from './kinds.ts'
import type { DocumentPath } from './locate.ts'

export interface FoundObject {
  readonly object: JsonObject
  readonly path: DocumentPath
  /** Inside of another object, or of a text in it: the controller of that object makes it, or a person. */
  readonly isCarried: boolean
}

/** Texts in texts in texts: deeper nobody packs a manifest. */
const MAX_TEXTS = 3

/** In the order of the document. The place of an object inside of a text is that of the text. */
export async function objectsOf(value: unknown): Promise<readonly FoundObject[]> {
  const found: FoundObject[] = []
  for (const { value: each, path } of topLevel(value, [])) {
    if (isObject(each)) found.push({ object: each, path, isCarried: false })
    // The examples in a schema are no objects.
    if (isObject(each) && field(each, 'kind') === 'CustomResourceDefinition') continue
    await addCarried(isObject(each) ? Object.entries(each) : [['', each]], path, found, 0)
  }
  return found
}

interface Placed {
  readonly value: unknown
  readonly path: DocumentPath
}

/** The value, or all items of an array or a List, of lists in it too. Items of a typed list may lack their kind. */
function* topLevel(value: unknown, path: DocumentPath): Iterable<Placed> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* topLevel(item, [...path, index])
    return
  }
  const [kind, items] = isObject(value) ? [field(value, 'kind'), field(value, 'items')] : []
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) {
    yield { value, path }
    return
  }
  const inherited =
    kind === 'List' || !isObject(value)
      ? {}
      : { apiVersion: field(value, 'apiVersion'), kind: kind.slice(0, -'List'.length) }
  for (const [index, item] of items.entries()) {
    yield* topLevel(isObject(item) ? { ...inherited, ...item } : item, [...path, 'items', index])
  }
}

/** Adds the Secrets and SealedSecrets below, which must say their apiVersion: without it, the words are often only an example or a reference. */
async function addCarried(
  entries: Iterable<readonly [string | number, unknown]>,
  path: DocumentPath,
  found: FoundObject[],
  texts: number,
): Promise<void> {
  for (const [step, value] of entries) {
    const here = step === '' ? path : [...path, step]
    if (Array.isArray(value)) await addCarried(value.entries(), here, found, texts)
    else if (isObject(value)) {
      if (isWhole(value)) found.push({ object: value, path: here, isCarried: true })
      else await addCarried(Object.entries(value), here, found, texts)
    } else if (typeof value === 'string' && texts < MAX_TEXTS && mentionsSecret(value)) {
      for (const each of await objectsInText(value, texts + 1)) found.push({ ...each, path: here })
    }
  }
}

function isWhole(object: JsonObject): boolean {
  const [kind, apiVersion] = [field(object, 'kind'), field(object, 'apiVersion')]
  return (kind === 'Secret' && apiVersion === 'v1') || (kind === 'SealedSecret' && isSealedSecret(object))
}

async function objectsInText(text: string, texts: number): Promise<readonly FoundObject[]> {
  const found: FoundObject[] = []
  for (const { value, error } of await readDocuments(text)) {
    if (error === undefined) await addCarried([['', value]], [], found, texts)
  }
  return found
}
