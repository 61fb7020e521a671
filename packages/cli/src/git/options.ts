/** Flags that several commands share. */
import { checkKeyName, DEFAULT_KEY } from '@waxseal/core/git-crypt'
import type { Flags, FlagTable } from '../flags.ts'
import { UsageError } from '../messages.ts'
import type { KeyChoice } from './filter/keys.ts'

/** `-k default` is the default key, which git-crypt makes an unusable key of. */
const checkChoice = (name: string): void => void (name === DEFAULT_KEY || checkKeyName(name))

export const KEY_FLAG: FlagTable = { 'key-name': { type: 'string', letter: 'k', check: checkChoice } }

/** Of the filters, as git-crypt's have them. */
export const DIFF_FLAGS: FlagTable = {
  'key-name': { type: 'string', check: checkChoice },
  'key-file': { type: 'string' },
}

export const FILTER_FLAGS: FlagTable = {
  ...DIFF_FLAGS,
  /** What `lock` configures: with no key, ciphertext passes and plaintext is refused. */
  locked: { type: 'bool' },
}

/** The named key, or undefined for the default one. */
export function keyName(flags: Flags): string | undefined {
  const name = flags.string('key-name')
  return name === DEFAULT_KEY ? undefined : name
}

export const keyChoice = (flags: Flags): KeyChoice => ({ name: keyName(flags), file: flags.string('key-file') })

/** Exactly so many arguments. Throws UsageError naming what is missing or too much. */
export function expectArguments(flags: Flags, ...names: readonly string[]): readonly string[] {
  const missing = names[flags.positional.length]
  if (missing !== undefined) throw new UsageError(`missing argument: ${missing}`)
  const extra = flags.positional[names.length]
  if (extra !== undefined) throw new UsageError(`unexpected argument: ${extra}`)
  return flags.positional
}
