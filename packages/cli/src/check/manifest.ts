/** The rules for manifests, and where in the text is what they find. */
import { field, type JsonObject } from '@waxseal/core'
import { type Document, readDocuments } from '@waxseal/core/documents'
import { type Draft, type Problem, positionAt } from './finding.ts'
import { mentionsSecret } from './kinds.ts'
import { locate } from './locate.ts'
import { objectsOf } from './objects.ts'
import { blankActions } from './rules/actions.ts'
import { ObjectNames } from './rules/duplicates.ts'
import type { KeyFacts } from './rules/key-facts.ts'
import { checkGenerators } from './rules/kustomize.ts'
import { checkSealedSecret } from './rules/sealed-secret.ts'
import { checkSecret, isMeantAsSecret } from './rules/secret.ts'
import { scanSecret } from './scan.ts'

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
    const found =
      readable === undefined ? scanned(document) : await placed(readable, await checkValue(readable, keys, names))
    for (const { rule, message, group, index } of found) {
      const of = group === undefined ? {} : { group: `${document.index} ${group}` }
      problems.push({ rule, message, ...of, ...positionAt(text, offset + index) })
    }
    const isBroken = readable === undefined && mentionsSecret(document.raw) && !document.raw.includes('{{')
    if (isBroken) problems.push(unreadable(document))
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

/** A draft with its index in the document. */
interface Placed extends Pick<Problem, 'rule' | 'message' | 'group'> {
  readonly index: number
}

async function placed(readable: Readable, drafts: readonly Draft[]): Promise<readonly Placed[]> {
  if (drafts.length === 0) return []
  const paths = drafts.map(({ path }) => path)
  const offsets = await locate(readable, paths)
  return drafts.map((draft, at) => ({ ...draft, index: offsets[at] ?? 0 }))
}

/** What can be said of a document that no parser reads. */
function scanned({ raw }: Document): readonly Placed[] {
  return scanSecret(raw).map(({ key, index }) => {
    const message = `a Secret is not sealed: ${key} can be read by anybody: seal it with waxseal seal`
    return { rule: 'plaintext-secret', message, group: 'values', index }
  })
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

async function checkValue(
  readable: Readable,
  keys: readonly KeyFacts[],
  names: ObjectNames,
): Promise<readonly Draft[]> {
  return (await objectsOf(readable.value)).flatMap(({ object, path, isCarried }) => {
    // What is carried may be filled in by whoever carries it, as in a template.
    const isTemplate = isCarried || readable.isTemplate
    const drafts = [...checkObject(object, isTemplate, keys)]
    const duplicate = isTemplate ? undefined : names.duplicate(object)
    if (duplicate !== undefined) {
      const message = `${duplicate} is in this file already: only the last one would stay`
      drafts.push({ rule: 'duplicate-document', message, path: ['metadata', 'name'] })
    }
    return drafts.map((draft) => {
      const group = draft.group === undefined ? {} : { group: [...path, draft.group].join(' ') }
      return { ...draft, ...group, path: [...path, ...draft.path] }
    })
  })
}

function checkObject(object: JsonObject, isTemplate: boolean, keys: readonly KeyFacts[]): readonly Draft[] {
  const kind = field(object, 'kind')
  if (typeof kind === 'string' && kind.toLowerCase() === 'sealedsecret')
    return checkSealedSecret(object, keys, isTemplate)
  return isMeantAsSecret(object) ? checkSecret(object) : checkGenerators(object)
}
