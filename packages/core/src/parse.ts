import { WaxsealError } from './errors.ts'

/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object: neither null nor a list nor an instance of a class. */
export function isObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** The value as an object. @throws WaxsealError `bad-manifest` that names the path */
export function asObject(value: unknown, path: string): JsonObject {
  if (!isObject(value)) throw wrongType(value, path, 'a mapping')
  return value
}

/** The value as text. @throws WaxsealError `bad-manifest` that names the path */
export function asString(value: unknown, path: string): string {
  if (typeof value !== 'string') throw wrongType(value, path, 'text')
  return value
}

export function asBoolean(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw wrongType(value, path, 'true or false')
  return value
}

export function asNumber(value: unknown, path: string): number {
  if (typeof value !== 'number') throw wrongType(value, path, 'a number')
  return value
}

export function asList(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrongType(value, path, 'a list')
  return value
}

/** A mapping of texts. @throws WaxsealError `bad-manifest` that names the path and key */
export function asStringMap(value: unknown, path: string): Record<string, string> {
  const map = emptyRecord<string>()
  for (const [key, item] of Object.entries(asObject(value, path))) map[key] = asString(item, `${path}.${key}`)
  return map
}

/** Reads a field that may be missing or null, which mean the same in Kubernetes. */
export function optional<T>(
  parent: JsonObject,
  key: string,
  path: string,
  read: (value: unknown, path: string) => T,
): T | undefined {
  const value = field(parent, key)
  return value === undefined || value === null ? undefined : read(value, path === '' ? key : `${path}.${key}`)
}

/** An object's own field, never one that every object inherits. */
export function field(parent: JsonObject, key: string): unknown {
  return Object.hasOwn(parent, key) ? parent[key] : undefined
}

/** A record without prototype, in which `__proto__` and `constructor` are keys like any other. */
export function emptyRecord<T>(): Record<string, T> {
  const record: Record<string, T> = {}
  Object.setPrototypeOf(record, null)
  return record
}

export function wrongType(value: unknown, path: string, wanted: string): WaxsealError {
  const details = isScalar(value) && wanted === 'text' ? { hint: 'put it in quotes' } : {}
  return new WaxsealError('bad-manifest', `${path}: must be ${wanted}, not ${describe(value)}`, details)
}

function isScalar(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
}

/** The kind of a value; never the value, which may be a secret. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'boolean') return 'true or false'
  if (typeof value === 'bigint') return 'a number'
  if (typeof value === 'string') return 'text'
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`
}
