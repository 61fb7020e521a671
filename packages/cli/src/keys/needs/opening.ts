/** What a SealedSecret needs, found out by opening it with the private keys at hand. */

import { type SealedSecret, WaxsealError } from '@waxseal/core'
import { describe } from '../../messages.ts'
import type { SealedFile } from '../../reseal/find.ts'
import type { Verifier } from '../../reseal/verify.ts'
import type { Need } from './need.ts'

export async function needOf(sealed: SealedSecret, where: string, verifier: Verifier): Promise<Need> {
  const { name, namespace = '' } = sealed.metadata
  const known = { namespace, name, where }
  try {
    const items = await verifier.items(sealed)
    const closed = items.filter(({ opens }) => !opens).map(({ key }) => key)
    return {
      ...known,
      items: items.map(({ key }) => key),
      keys: [...new Set(items.flatMap(({ openedBy }) => openedBy ?? []))],
      unknown: closed.length === 0 ? undefined : `no key here opens ${closed.join(', ')}`,
    }
  } catch (error) {
    if (!(error instanceof WaxsealError)) throw error
    return { ...known, items: [], keys: [], unknown: describe(error).message }
  }
}

/** Of all SealedSecrets in a file; what cannot be read as one may need any key. */
export async function needsOfFile({ found, problems }: SealedFile, where: string, verifier: Verifier): Promise<Need[]> {
  const needs = await Promise.all(found.map(({ sealed }) => needOf(sealed, where, verifier)))
  return [...problems.map((problem) => unreadable(where, problem)), ...needs]
}

export const unreadable = (where: string, unknown: string): Need => ({
  namespace: '',
  name: '',
  where,
  items: [],
  keys: [],
  unknown,
})
