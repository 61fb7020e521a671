/** A field of an answer whose shape nobody vouches for. */
export function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

/** The items of a list of such shape; none where it is no list. */
export const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The texts of such a list that are not empty. */
export const textsIn = (value: unknown): string[] =>
  listed(value).flatMap((each) => (typeof each === 'string' && each !== '' ? [each] : []))
