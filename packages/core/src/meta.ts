import { asList, asNumber, asObject, asString, asStringMap, emptyRecord, isObject, type JsonObject } from './parse.ts'

/** The metadata of a Kubernetes object. Fields not listed are kept as they are. */
export interface ObjectMeta {
  readonly name?: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string | null
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly JsonObject[]
  readonly finalizers?: readonly string[]
  readonly managedFields?: readonly JsonObject[]
  readonly [other: string]: unknown
}

type Reader = (value: unknown, path: string) => unknown

const asObjects: Reader = (value, path) => asList(value, path).map((item, i) => asObject(item, `${path}[${i}]`))
const asManagers: Reader = (value, path) =>
  asList(value, path).map((item, i) => inOrder(asObject(item, `${path}[${i}]`), MANAGER_FIELDS))
const asStrings: Reader = (value, path) => asList(value, path).map((item, i) => asString(item, `${path}[${i}]`))

/** Order of a managedFields entry in JSON. */
const MANAGER_FIELDS = ['manager', 'operation', 'apiVersion', 'time', 'fieldsType', 'fieldsV1', 'subresource']

/** The same object with these fields first. */
function inOrder(object: JsonObject, first: readonly string[]): JsonObject {
  const ordered = first.filter((key) => Object.hasOwn(object, key)).map((key) => [key, object[key]] as const)
  return { ...Object.fromEntries(ordered), ...object }
}

/** Known fields in the order in which Kubernetes writes them as JSON. */
const FIELDS: readonly (readonly [string, Reader])[] = [
  ['name', asString],
  ['generateName', asString],
  ['namespace', asString],
  ['selfLink', asString],
  ['uid', asString],
  ['resourceVersion', asString],
  ['generation', asNumber],
  ['creationTimestamp', asString],
  ['deletionTimestamp', asString],
  ['deletionGracePeriodSeconds', asNumber],
  ['labels', asStringMap],
  ['annotations', asStringMap],
  ['ownerReferences', asObjects],
  ['finalizers', asStrings],
  ['managedFields', asManagers],
]
const KNOWN = new Map(FIELDS)

/**
 * Reads metadata: known fields are checked, null counts as missing except for `creationTimestamp`, which older
 * versions wrote as null, and unknown fields are kept.
 * @throws WaxsealError `bad-manifest` that names the path
 */
export function parseMeta(value: unknown, path: string): ObjectMeta {
  const from = asObject(value, path)
  const meta = emptyRecord<unknown>()
  for (const [key, item] of Object.entries(from)) {
    const read = KNOWN.get(key)
    if (read === undefined || (item === null && key === 'creationTimestamp')) meta[key] = item
    else if (item !== null) meta[key] = read(item, `${path}.${key}`)
  }
  return meta
}

/**
 * Copies the named fields in Kubernetes' order, mappings with sorted keys, without what is empty: as a Go program
 * writes them.
 */
export function pickMeta(meta: ObjectMeta, names: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {}
  for (const [key] of FIELDS) {
    const value = names.includes(key) ? meta[key] : undefined
    if (value !== undefined && value !== null && !isEmpty(value)) picked[key] = sorted(key, value)
  }
  return picked
}

/** All known fields in Kubernetes' order. */
export const META_FIELDS: readonly string[] = FIELDS.map(([name]) => name)

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0
  return value === '' || value === 0
}

function sorted(key: string, value: unknown): unknown {
  return isObject(value) && (key === 'labels' || key === 'annotations') ? sortKeys(value) : value
}

/** The same entries in the order of their keys' bytes, as Go sorts map keys. */
function sortKeys<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  const copy = emptyRecord<T>()
  for (const [key, value] of Object.entries(record).sort(([a], [b]) => byBytes(a, b))) copy[key] = value
  return copy
}

/** Orders texts by code points, which is the order of their UTF-8 bytes. */
export function byBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    // Surrogates stand for code points above all others.
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}
