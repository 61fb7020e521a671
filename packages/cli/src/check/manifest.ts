/** The rules for manifests: which texts are worth parsing, and what is wrong in their documents. */
import { field, isObject, type JsonObject } from '@waxseal/core'
import { type Document, readDocuments } from '@waxseal/core/documents'
import { type Draft, type Problem, positionAt } from './finding.ts'
import { type DocumentPath, locate } from './locate.ts'
import { ObjectNames } from './rules/duplicates.ts'
import type { KeyFacts } from './rules/key-facts.ts'
import { blankActions } from './rules/placeholder.ts'
import { checkSealedSecret } from './rules/sealed-secret.ts'
import { checkSecret } from './rules/secret.ts'

/** A kind this command has rules for, however it is written: quoted, tagged, anchored, in JSON, in one line. */
const KIND = /(?:^|[\s,{"'])kind["']?\s*:\s*(?:[!&]\S+\s+)*["']?(?:SealedSecret|Secret)(?:List)?["']?\s*(?:[,}#\r\n]|$)/

/** Whether a text may have a document that the rules are for; parsing one that has not would only cost time. */
export function mentionsSecret(text: string): boolean {
  return KIND.test(text)
}

/** A document's value, its text, and whether actions of Helm were taken out of it. */
interface Readable extends Pick<Document, 'raw' | 'format'> {
  readonly value: unknown
  readonly isTemplate: boolean
}

export async function checkManifest(text: string, keys: readonly KeyFacts[]): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  const names = new ObjectNames()
  let offset = 0
  for (const document of await readDocuments(text)) {
    offset += document.prefix.length
    const readable = await readableOf(document)
    if (readable !== undefined) {
      const drafts = checkValue(readable, keys, names)
      const offsets =
        drafts.length === 0
          ? []
          : await locate(
              readable,
              drafts.map(({ path }) => path),
            )
      for (const [index, { rule, message }] of drafts.entries()) {
        problems.push({ rule, message, ...positionAt(text, offset + (offsets[index] ?? 0)) })
      }
    } else if (mentionsSecret(document.raw) && !document.raw.includes('{{')) {
      problems.push(unreadable(document))
    }
    offset += document.raw.length + document.suffix.length
  }
  return problems
}

async function readableOf({ raw, format, value, error }: Document): Promise<Readable | undefined> {
  if (error === undefined) return { raw, format, value, isTemplate: false }
  if (!raw.includes('{{')) return undefined
  const blanked = blankActions(raw)
  const [filled, ...others] = await readDocuments(blanked)
  if (filled === undefined || filled.error !== undefined || others.length > 0) return undefined
  return { raw: blanked, format, value: filled.value, isTemplate: true }
}

/** Its message, which core writes without any of the text, names document, line and reason. */
function unreadable({ error, line }: Document): Problem {
  const [, at, reason = 'not valid YAML'] = /^document \d+, line (\d+): (.*)$/s.exec(error?.message ?? '') ?? []
  const rule = reason.startsWith('duplicate key')
    ? 'duplicate-key'
    : reason.startsWith('larger than')
      ? 'too-large'
      : 'unreadable-document'
  return { rule, message: reason, line: at === undefined ? line : Number(at), column: 1 }
}

function checkValue(readable: Readable, keys: readonly KeyFacts[], names: ObjectNames): readonly Draft[] {
  return [...objectsOf(readable.value, [])].flatMap(({ object, path }) => {
    const drafts = [...checkObject(object, readable, keys)]
    const duplicate = readable.isTemplate ? undefined : names.duplicate(object)
    if (duplicate !== undefined) {
      const message = `${duplicate} is in this file already: only the last one would stay`
      drafts.push({ rule: 'duplicate-document', message, path: ['metadata', 'name'] })
    }
    return drafts.map((draft) => ({ ...draft, path: [...path, ...draft.path] }))
  })
}

function checkObject(object: JsonObject, { isTemplate }: Readable, keys: readonly KeyFacts[]): readonly Draft[] {
  const [apiVersion, kind] = [field(object, 'apiVersion'), field(object, 'kind')]
  if (kind === 'SealedSecret') return checkSealedSecret(object, keys, isTemplate)
  return kind === 'Secret' && (apiVersion === 'v1' || apiVersion === undefined) ? checkSecret(object) : []
}

/** The object of a document, or all items of a List, of lists in it too. Items of a typed list may lack their kind. */
function* objectsOf(value: unknown, path: DocumentPath): Iterable<{ object: JsonObject; path: DocumentPath }> {
  if (!isObject(value)) return
  const [kind, items] = [field(value, 'kind'), field(value, 'items')]
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) {
    yield { object: value, path }
    return
  }
  const inherited =
    kind === 'List' ? {} : { apiVersion: field(value, 'apiVersion'), kind: kind.slice(0, -'List'.length) }
  for (const [index, item] of items.entries()) {
    if (isObject(item)) yield* objectsOf({ ...inherited, ...item }, [...path, 'items', index])
  }
}
