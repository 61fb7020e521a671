/** The names under which git knows the filter of a key: `git-crypt`, or `git-crypt-NAME`. */
import { checkKeyName } from '@waxseal/core/git-crypt'

const DRIVER = 'git-crypt'

export const driverOf = (name: string | undefined): string => (name === undefined ? DRIVER : `${DRIVER}-${name}`)

/** The key that a `filter` attribute asks for; undefined when it is another filter or none. */
export function keyOfFilter(filter: string): { readonly name: string | undefined } | undefined {
  if (filter === DRIVER) return { name: undefined }
  if (!filter.startsWith(`${DRIVER}-`)) return undefined
  try {
    return { name: checkKeyName(filter.slice(DRIVER.length + 1)) }
  } catch {
    return undefined
  }
}
