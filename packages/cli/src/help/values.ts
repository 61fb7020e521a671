/** What a flag's value on a help page stands for: completion offers it, and a test gives it to the command. */

import { RULE_NAMES } from '../check/rules.ts'

const VALUES: Readonly<Record<string, readonly string[]>> = {
  RULE: RULE_NAMES,
  SCOPE: ['strict', 'namespace-wide', 'cluster-wide'],
}

/** All values there are, or none where any text may be one. */
export function valuesOf(value: string | undefined): readonly string[] {
  if (value === undefined || isFile(value)) return []
  return VALUES[value] ?? (value.includes('|') ? value.split('|') : [])
}

/** Whether the value is the name of a file, or of a folder. */
export function isFile(value: string | undefined): boolean {
  return value !== undefined && /(?:^|\])(?:FILE|PATH|DIR)\b/.test(value)
}
