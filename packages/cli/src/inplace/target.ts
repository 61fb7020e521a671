/** The SealedSecret that a command changes. */
import {
  field,
  isObject,
  isSealedSecret,
  type JsonObject,
  parseSealedSecret,
  type Scope,
  type SealedSecret,
  scopeOf,
} from '@waxseal/core'
import type { Document } from '@waxseal/core/documents'
import { CliError, within } from '../messages.ts'
import type { Path } from './change.ts'
import type { ManifestFile } from './file.ts'

export interface Target {
  readonly document: Document
  /** Leads to it inside the document: empty, or an item of a List. */
  readonly path: Path
  readonly sealed: SealedSecret
  /** The keys as the text has them, also those without a value. */
  readonly written: readonly string[]
  readonly scope: Scope
  readonly namespace: string
  readonly name: string
  /** For messages: `SealedSecret shop/db`. */
  readonly title: string
}

export interface Choice {
  readonly name: string | undefined
  readonly namespace: string | undefined
}

interface Candidate {
  readonly document: Document
  readonly path: Path
  readonly value: JsonObject
  readonly name: string
  readonly namespace: string
}

/**
 * The one SealedSecret of the file that fits the name and namespace. Values that are null are taken for missing, as a person leaves them
 * to be filled in. Throws CliError that lists what is there.
 */
export function pickTarget(file: ManifestFile, choice: Choice): Target {
  const all = file.documents.flatMap(candidatesIn)
  const fitting = all.filter((each) => fits(each, choice))
  const [found] = fitting
  if (found === undefined) throw nothingFits(file, all)
  if (fitting.length > 1) {
    throw new CliError(`${file.path} holds ${fitting.length} SealedSecrets that fit: ${listed(fitting)}`, {
      hint: '--name NAME and -n NAMESPACE choose one',
    })
  }
  try {
    return targetOf(found, choice)
  } catch (error) {
    throw within(file.path, error)
  }
}

function candidatesIn(document: Document): readonly Candidate[] {
  const { value } = document
  if (!isObject(value)) return []
  if (isSealedSecret(value)) return [candidate(document, [], value)]
  const items = field(value, 'items')
  if (!Array.isArray(items)) return []
  return items.flatMap((item: unknown, i) =>
    isObject(item) && isSealedSecret(item) ? [candidate(document, ['items', i], item)] : [],
  )
}

function candidate(document: Document, path: Path, value: JsonObject): Candidate {
  const metadata = field(value, 'metadata')
  const text = (key: string): string => {
    const found = isObject(metadata) ? field(metadata, key) : undefined
    return typeof found === 'string' ? found : ''
  }
  return { document, path, value, name: text('name'), namespace: text('namespace') }
}

/** A SealedSecret without a namespace may be meant for any. */
function fits({ name, namespace }: Candidate, choice: Choice): boolean {
  if (choice.name !== undefined && choice.name !== name) return false
  return choice.namespace === undefined || namespace === '' || choice.namespace === namespace
}

function nothingFits({ path, documents }: ManifestFile, all: readonly Candidate[]): CliError {
  if (all.length > 0) {
    return new CliError(`${path} holds no SealedSecret of that name and namespace, only ${listed(all)}`)
  }
  const error = documents.find((document) => document.error !== undefined)?.error
  if (error !== undefined) return new CliError(`${path}: ${error.message}`, { hint: error.hint, cause: error })
  return new CliError(`${path} holds no SealedSecret`, {
    hint: 'a SealedSecret has apiVersion: bitnami.com/v1alpha1 and kind: SealedSecret; waxseal seal makes one of a Secret',
  })
}

function listed(candidates: readonly Candidate[]): string {
  const shown = candidates.slice(0, 10).map((each) => `${titleOf(each)} (document ${each.document.index + 1})`)
  return [...shown, ...(candidates.length > 10 ? ['...'] : [])].join(', ')
}

function titleOf({ namespace, name }: { namespace: string; name: string }): string {
  return namespace === '' ? name : `${namespace}/${name}`
}

function targetOf(found: Candidate, choice: Choice): Target {
  const { document, path } = found
  const sealed = parseSealedSecret(withoutNulls(found.value))
  if (sealed.spec.data !== undefined) {
    throw new CliError(`${titleOf(found)}: spec.data, the deprecated form, holds one sealed text with all values`, {
      hint: 'open it and seal it again: waxseal unseal, then waxseal seal',
    })
  }
  const scope = scopeOf(sealed.metadata.annotations)
  const namespace = found.namespace || (choice.namespace ?? '')
  if (namespace === '' && scope !== 'cluster-wide') {
    throw new CliError(`SealedSecret ${found.name} has no namespace, which a ${scope} value is sealed for`, {
      hint: '-n NAMESPACE says where it will be, or add metadata.namespace',
    })
  }
  const title = `SealedSecret ${titleOf({ namespace, name: found.name })}`
  const spec = field(found.value, 'spec')
  const items = isObject(spec) ? field(spec, 'encryptedData') : undefined
  const written = isObject(items) ? Object.keys(items) : []
  return { document, path, sealed, written, scope, namespace, name: found.name, title }
}

/** The same object with what is null under spec.encryptedData, or that itself, left out. */
function withoutNulls(value: JsonObject): JsonObject {
  const spec = field(value, 'spec')
  if (!isObject(spec)) return value
  const items = field(spec, 'encryptedData') ?? {}
  if (!isObject(items)) return value
  const kept = Object.fromEntries(Object.entries(items).filter(([, item]) => item !== null))
  return { ...value, spec: { ...spec, encryptedData: kept } }
}
