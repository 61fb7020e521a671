import { decodeBase64 } from './bytes.ts'
import { WaxsealError } from './errors.ts'
import { type ObjectMeta, parseMeta } from './meta.ts'
import {
  asBoolean,
  asObject,
  asString,
  asStringMap,
  emptyRecord,
  field,
  isObject,
  type JsonObject,
  optional,
  wrongType,
} from './parse.ts'
import { Plaintext } from './plaintext.ts'

/** A Secret to be sealed. */
export interface SecretManifest {
  readonly apiVersion: 'v1'
  readonly kind: 'Secret'
  readonly metadata: ObjectMeta
  readonly type?: string
  readonly immutable?: boolean
  /** `data` and `stringData` merged; `stringData` wins, as in the API server. */
  readonly data: ReadonlyMap<string, Plaintext>
}

export interface SecretTemplate {
  readonly metadata?: ObjectMeta
  readonly type?: string
  readonly immutable?: boolean
  /** Go templates by key; null leaves the key out. */
  readonly data?: Readonly<Record<string, string | null>>
  readonly [other: string]: unknown
}

export interface SealedSecretSpec {
  /** Base64 envelopes by key; not yet decoded, so that one bad item can be reported with all others. */
  readonly encryptedData: Readonly<Record<string, string>>
  /** Deprecated: one base64 envelope over the JSON of a whole Secret. */
  readonly data?: string
  readonly template: SecretTemplate
  readonly [other: string]: unknown
}

export interface SealedSecret {
  readonly apiVersion: 'bitnami.com/v1alpha1'
  readonly kind: 'SealedSecret'
  readonly metadata: ObjectMeta & { readonly name: string }
  readonly spec: SealedSecretSpec
  readonly status?: unknown
  readonly [other: string]: unknown
}

const SEALED_API = 'bitnami.com/v1alpha1'

/** Whether a parsed document says that it is a `v1` Secret; its fields may still be wrong. */
export function isSecret(value: unknown): boolean {
  return isObject(value) && field(value, 'kind') === 'Secret' && field(value, 'apiVersion') === 'v1'
}

/** Whether a parsed document says that it is a `bitnami.com/v1alpha1` SealedSecret; its fields may still be wrong. */
export function isSealedSecret(value: unknown): boolean {
  return isObject(value) && field(value, 'kind') === 'SealedSecret' && field(value, 'apiVersion') === SEALED_API
}

const SECRET_FIELDS = ['apiVersion', 'kind', 'metadata', 'data', 'stringData', 'type', 'immutable']

/**
 * Reads a Secret as `kubectl` users write it. A null value is an empty one. Numbers and booleans are refused, never
 * turned into text: what text they stood for is lost once the document is parsed. Unknown fields are refused, because
 * sealing would drop them without a word (`stringdata`).
 * @throws WaxsealError `not-a-secret`, `bad-manifest` that names the path, or `malformed` that names the key
 */
export function parseSecret(value: unknown): SecretManifest {
  const secret = asObject(value, 'the document')
  if (!isSecret(secret)) throw new WaxsealError('not-a-secret', `expected a v1 Secret, not ${kindOf(secret)}`)
  refuseUnknown(secret)
  const metadata = optional(secret, 'metadata', '', parseMeta)
  const type = optional(secret, 'type', '', asString)
  const immutable = optional(secret, 'immutable', '', asBoolean)
  const data = new Map<string, Plaintext>()
  for (const [key, item] of entries(secret, 'data')) data.set(key, decodeItem(key, item))
  for (const [key, item] of entries(secret, 'stringData')) {
    data.set(key, encodeItem(key, item))
  }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata ?? {},
    ...(type === undefined ? {} : { type }),
    ...(immutable === undefined ? {} : { immutable }),
    data,
  }
}

function entries(secret: JsonObject, key: string): [string, unknown][] {
  return Object.entries(optional(secret, key, '', asObject) ?? {})
}

function encodeItem(key: string, item: unknown): Plaintext {
  const text = item === null ? '' : asString(item, `stringData.${key}`)
  // Half a surrogate pair has no UTF-8 form: encoding would put U+FFFD in its place.
  if (!text.isWellFormed()) throw new WaxsealError('bad-manifest', `stringData.${key}: not valid Unicode`)
  return Plaintext.text(text)
}

function decodeItem(key: string, item: unknown): Plaintext {
  const text = item === null ? '' : asString(item, `data.${key}`)
  try {
    return Plaintext.of(decodeBase64(text))
  } catch (error) {
    if (!(error instanceof WaxsealError)) throw error
    throw new WaxsealError('malformed', `data.${key}: ${error.message}`, {
      hint: 'encode the value with base64, or move it to stringData as plain text',
    })
  }
}

function refuseUnknown(secret: JsonObject): void {
  const unknown = Object.keys(secret).find((key) => !SECRET_FIELDS.includes(key))
  if (unknown === undefined) return
  const meant = SECRET_FIELDS.find((name) => name.toLowerCase() === unknown.toLowerCase())
  const details = meant === undefined ? {} : { hint: `did you mean ${meant}?` }
  throw new WaxsealError('bad-manifest', `${unknown}: a Secret has no such field`, details)
}

/**
 * Reads a SealedSecret as found in a repository or a cluster. A missing or null template, metadata or template data is
 * fine; unknown fields are kept. The values are not decoded.
 * @throws WaxsealError `not-a-secret` for another kind, `missing-name`, or `bad-manifest` that names the path
 */
export function parseSealedSecret(value: unknown): SealedSecret {
  const sealed = asObject(value, 'the document')
  if (!isSealedSecret(sealed)) {
    throw new WaxsealError('not-a-secret', `expected a ${SEALED_API} SealedSecret, not ${kindOf(sealed)}`)
  }
  const metadata = optional(sealed, 'metadata', '', parseMeta)
  const { name } = metadata ?? {}
  if (!name) throw new WaxsealError('missing-name', 'metadata.name: a SealedSecret must have a name')
  return {
    ...sealed,
    apiVersion: SEALED_API,
    kind: 'SealedSecret',
    metadata: { ...metadata, name },
    spec: parseSpec(asObject(field(sealed, 'spec'), 'spec')),
  }
}

function parseSpec(spec: JsonObject): SealedSecretSpec {
  const { data: _data, ...others } = spec
  const data = optional(spec, 'data', 'spec', asString)
  return {
    ...others,
    encryptedData: parseItems(field(spec, 'encryptedData'), data !== undefined),
    ...(data === undefined || data === '' ? {} : { data }),
    template: parseTemplate(optional(spec, 'template', 'spec', asObject) ?? {}),
  }
}

/** Null is what old versions wrote beside the deprecated `spec.data`; alone it is a mistake. A missing one is empty. */
function parseItems(items: unknown, deprecatedData: boolean): Record<string, string> {
  const path = 'spec.encryptedData'
  if (items === undefined || (items === null && deprecatedData)) return emptyRecord()
  return asStringMap(items, path)
}

function parseTemplate(template: JsonObject): SecretTemplate {
  const { metadata: _m, type: _t, immutable: _i, data: _d, ...others } = template
  const path = 'spec.template'
  const metadata = optional(template, 'metadata', path, parseMeta)
  const type = optional(template, 'type', path, asString)
  const immutable = optional(template, 'immutable', path, asBoolean)
  const data = optional(template, 'data', path, parseTemplateData)
  return {
    ...others,
    ...(metadata === undefined ? {} : { metadata }),
    ...(type === undefined ? {} : { type }),
    ...(immutable === undefined ? {} : { immutable }),
    ...(data === undefined ? {} : { data }),
  }
}

function parseTemplateData(value: unknown, path: string): Record<string, string | null> {
  const data = emptyRecord<string | null>()
  for (const [key, item] of Object.entries(asObject(value, path))) {
    if (item !== null && typeof item !== 'string') throw wrongType(item, `${path}.${key}`, 'text')
    data[key] = item
  }
  return data
}

function kindOf(value: JsonObject): string {
  const [apiVersion, kind] = [field(value, 'apiVersion'), field(value, 'kind')]
  const named = [apiVersion, kind].filter((part) => typeof part === 'string' && part !== '')
  return named.length === 2 ? named.join(' ') : 'a document without apiVersion and kind'
}
