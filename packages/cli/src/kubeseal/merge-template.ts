/** Labels and annotations merged into the template of a SealedSecret, in the text of its file. */
import { field, isObject } from '@waxseal/core'
import { type Document, readDocuments } from '@waxseal/core/documents'
import { changeText, type Path } from '../inplace/change.ts'
import type { ManifestFile } from '../inplace/file.ts'
import type { Target } from '../inplace/target.ts'
import { CliError, within } from '../messages.ts'

type Texts = Readonly<Record<string, string>>

export interface TemplateMeta {
  readonly labels: Texts
  readonly annotations: Texts
}

/**
 * The text of the file with the entries added or replaced; `text` is what the file holds by now.
 * @throws CliError where that cannot be done without changing something else
 */
export async function mergeTemplate(
  { path }: ManifestFile,
  target: Target,
  text: string,
  meta: TemplateMeta,
): Promise<string> {
  const before = await readDocuments(text)
  let result = text
  for (const [name, entries] of Object.entries(meta)) {
    const documents = await readDocuments(result)
    const document = documents[target.document.index]
    if (document === undefined || Object.keys(entries).length === 0) continue
    const at = [...target.path, 'spec', 'template', 'metadata', name]
    try {
      const raw = await mergeMapping(document, at, entries)
      result = documents.map((each) => each.prefix + (each === document ? raw : each.raw) + each.suffix).join('')
    } catch (error) {
      throw within(path, error)
    }
  }
  if (result !== text) await prove(before, result, target, meta)
  return result
}

async function mergeMapping(document: Document, path: Path, entries: Texts): Promise<string> {
  const depth = existingDepth(document.value, path)
  if (depth === path.length) {
    const old = at(document.value, path)
    const changes = Object.entries(entries).filter(([key, value]) => !isObject(old) || field(old, key) !== value)
    return changeText(
      document,
      changes.map(([key, value]) => ({ path, key, value })),
    )
  }
  const [key, ...deeper] = path.slice(depth)
  const value = deeper.reduceRight<unknown>((inner, step) => ({ [step]: inner }), entries)
  return insert(document, path.slice(0, depth), String(key), value)
}

/** How many steps of the path lead to mappings that are there. */
function existingDepth(value: unknown, path: Path): number {
  const missing = path.findIndex((_, i) => {
    const found = at(value, path.slice(0, i + 1))
    return !isObject(found) && !Array.isArray(found)
  })
  return missing === -1 ? path.length : missing
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((found, step) => {
    if (typeof step === 'number') return Array.isArray(found) ? found[step] : undefined
    return isObject(found) ? field(found, step) : undefined
  }, value)
}

/** Writes a new mapping as a text first, which finds its place as any text does, and then puts the mapping there. */
async function insert(document: Document, path: Path, key: string, value: unknown): Promise<string> {
  let mark = 'mapping'
  while (document.raw.includes(mark)) mark += 'x'
  const raw = await changeText(document, [{ path, key, value: mark }])
  const text = JSON.stringify(value, undefined, 1).replaceAll(/\n\s*/g, ' ')
  return raw.replace(new RegExp(`(["']?)${mark}\\1`), () => text)
}

/** Reads the text as any reader would: an anchor or a slip of ours must not change anything unasked. */
async function prove(
  before: readonly Document[],
  text: string,
  { document: { index }, path, title }: Target,
  meta: TemplateMeta,
): Promise<void> {
  const after = await readDocuments(text)
  const isRight = after.every((document, i) => {
    const old = before[i]
    if (i !== index) return document.prefix === old?.prefix && document.raw === old.raw
    return document.error === undefined && same(document.value, merged(old?.value, path, meta))
  })
  if (isRight && after.length === before.length) return
  throw new CliError(`the template of ${title} cannot be changed in place without changing something else`, {
    hint: 'an anchor, alias or merge may tie its labels or annotations to others: write them without',
  })
}

function merged(value: unknown, [step, ...rest]: Path, meta: TemplateMeta): unknown {
  if (typeof step === 'number' && Array.isArray(value)) {
    return value.map((item: unknown, i) => (i === step ? merged(item, rest, meta) : item))
  }
  if (step !== undefined) return changing(value, String(step), (inner) => merged(inner, rest, meta))
  return changing(value, 'spec', (spec) => changing(spec, 'template', (template) => withMeta(template, meta)))
}

function withMeta(template: unknown, { labels, annotations }: TemplateMeta): unknown {
  const add = (metadata: unknown, key: string, entries: Texts): unknown =>
    Object.keys(entries).length === 0
      ? metadata
      : changing(metadata, key, (old) => ({ ...(isObject(old) ? old : {}), ...entries }))
  return changing(template, 'metadata', (metadata) => add(add(metadata, 'labels', labels), 'annotations', annotations))
}

function changing(value: unknown, key: string, change: (old: unknown) => unknown): unknown {
  const object = isObject(value) ? value : {}
  return { ...object, [key]: change(field(object, key)) }
}

/** Whatever the order of keys. */
function same(a: unknown, b: unknown): boolean {
  return sortedText(a) === sortedText(b)
}

function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (!isObject(item)) return item
    return Object.keys(item)
      .toSorted()
      .map((key) => [key, item[key]])
  })
}
