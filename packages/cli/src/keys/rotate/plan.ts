/** Where a rotation stands, from the keys alone: nothing else has to be remembered to go on with one that was interrupted. */
import { type KeyRing, keyRing, type OpeningKey, readPrivateKeys } from '@waxseal/core'
import { CliError } from '../../messages.ts'
import type { KeyInfo } from '../key-info.ts'
import { KEY_PREFIX, type KeyStore, ROTATION_ANNOTATION } from '../store/store.ts'

export interface Plan {
  /** The key that seals. */
  readonly newest: KeyInfo
  /** That key, where a rotation made it and is not finished. */
  readonly next: KeyInfo | undefined
  /** The other active keys. */
  readonly old: readonly KeyInfo[]
}

export function planOf(keys: readonly KeyInfo[], { title }: KeyStore): Plan {
  const newest = keys.find(({ isNewest }) => isNewest)
  if (newest === undefined) {
    throw new CliError(`no active key in ${title} that can be used`, { hint: 'waxseal keys generate adds a first one' })
  }
  const next = newest.stored.annotations[ROTATION_ANNOTATION] === 'unfinished' ? newest : undefined
  const old = keys.filter((key) => key !== next && key.stored.state === 'active' && key.fingerprint !== undefined)
  return { newest, next, old }
}

/**
 * Of the key that follows. Two people who rotate at once come to the same name, so that the store refuses the second one, who then goes on
 * with the key of the first.
 */
export const nameAfter = ({ fingerprint }: KeyInfo): string => `${KEY_PREFIX}-after-${fingerprint?.slice(0, 12) ?? ''}`

/** All private keys, whatever their state: retired ones, too, tell what they once sealed. */
export async function ringOf(keys: readonly KeyInfo[]): Promise<KeyRing> {
  const opening: OpeningKey[] = []
  for (const { stored } of keys) {
    if (stored.privateKeyPem !== undefined) opening.push(...(await readPrivateKeys(stored.privateKeyPem)).keys)
  }
  return keyRing(opening)
}
