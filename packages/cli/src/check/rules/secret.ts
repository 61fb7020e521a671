import { asString, field, isObject, type JsonObject } from '@waxseal/core'
import type { Draft } from '../finding.ts'
import type { DocumentPath } from '../locate.ts'
import { holdsPassword, isKnown } from './placeholder.ts'

/** Whether an object is a Secret, or is meant to be one: in another case a cluster refuses it, and its values are there to read all the same. */
export function isMeantAsSecret(object: JsonObject): boolean {
  const [apiVersion, kind] = [field(object, 'apiVersion'), field(object, 'kind')]
  const isOther = typeof apiVersion === 'string' && apiVersion.includes('/')
  return typeof kind === 'string' && kind.toLowerCase() === 'secret' && !isOther
}

/** A Secret's values that anybody who reads the file knows: a draft for each, in one group. */
export function checkSecret(secret: JsonObject): readonly Draft[] {
  return knownValues(secret, []).map((path) =>
    plaintext(`Secret ${nameOf(secret)} is not sealed: ${path.join('.')} can be read by anybody`, path),
  )
}

/** Values that stand in a SealedSecret beside the sealed ones, where no controller looks and everybody else can. */
export function checkBesideSealed(sealed: JsonObject): readonly Draft[] {
  const spec = field(sealed, 'spec')
  const template = isObject(spec) ? field(spec, 'template') : undefined
  const found = [
    ...knownValues(sealed, []),
    ...(isObject(spec) ? knownValues(spec, ['spec']) : []),
    ...(isObject(template) ? [...inTemplate(template)].map((path) => ['spec', 'template', ...path]) : []),
  ]
  return found.map((path) =>
    plaintext(`SealedSecret ${nameOf(sealed)} has ${path.join('.')} in plain text, beside what is sealed`, path),
  )
}

/** The data of a template is text that is meant to be read, as far as there is no password in it. */
function* inTemplate(template: JsonObject): Iterable<DocumentPath> {
  const data = field(template, 'data')
  yield* knownValues(template, []).filter(([part]) => part !== 'data')
  if (!isObject(data)) return
  for (const [key, value] of Object.entries(data)) if (holdsPassword(key, value)) yield ['data', key]
}

function plaintext(message: string, path: DocumentPath): Draft {
  return { rule: 'plaintext-secret', message: `${message}: seal it with waxseal seal`, path, group: 'values' }
}

/** They are told as one, so that there is no need to look at thousands; enough not to be hidden behind excused ones. */
const MOST = 200

/** Paths of the values under `data` and `stringData`, in any case: a Secret with a misspelled field is written by people, too. */
function knownValues(object: JsonObject, path: DocumentPath): readonly DocumentPath[] {
  return Object.keys(object)
    .filter((part) => /^(?:string)?data$/i.test(part))
    .flatMap((part) => {
      const values = field(object, part)
      if (!isObject(values)) return []
      return Object.keys(values)
        .filter((key) => isKnown(values[key], key))
        .slice(0, MOST)
        .map((key) => [...path, part, key])
    })
}

/** `namespace/name`, as far as the object says. */
function nameOf(object: JsonObject): string {
  const metadata = field(object, 'metadata')
  if (!isObject(metadata)) return 'without a name'
  const parts = ['namespace', 'name'].map((key) => field(metadata, key)).filter((part) => typeof part === 'string')
  return parts.length === 0 ? 'without a name' : parts.map((part) => asString(part, 'metadata')).join('/')
}
