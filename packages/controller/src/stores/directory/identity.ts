/** Identities that a folder does not give: derived from the name, so that they stay the same over restarts. */
import { createHash } from 'node:crypto'
import type { ObjectRef } from '../../state.ts'

export const sealedSecretUid = (ref: ObjectRef): string => derived('SealedSecret', ref)

export const secretUid = (ref: ObjectRef): string => derived('Secret', ref)

/** A UUID of version 8 (RFC 9562 5.8): its bits come from a hash. */
function derived(kind: string, { namespace, name }: ObjectRef): string {
  const hash = createHash('sha256').update(`waxseal ${kind} ${namespace}/${name}`).digest('hex')
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 3) | 8).toString(16)
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    variant + hash.slice(17, 20),
    hash.slice(20, 32),
  ].join('-')
}
