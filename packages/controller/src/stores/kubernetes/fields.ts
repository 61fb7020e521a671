/** Reading JSON of unknown shape: what is not of the asked type is absent. */

export type Fields = Readonly<Record<string, unknown>>

const NONE: Fields = Object.freeze({})

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as an object, or an empty one. */
export const fields = (value: unknown): Fields => (isFields(value) ? value : NONE)

export const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const text = (value: unknown): string => (typeof value === 'string' ? value : '')

export const optionalText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** The string members of a map such as labels or annotations. */
export function textMap(value: unknown): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [key, member] of Object.entries(fields(value))) if (typeof member === 'string') out[key] = member
  return out
}

/** Freezes plain data through and through. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const member of Object.values(value)) deepFreeze(member)
  return value
}
