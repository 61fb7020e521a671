import { createHash } from 'node:crypto'
import { type SealedSecret, scopeOf } from '@waxseal/core'
import type { SecretObject } from '../state.ts'
import { type Part, partOf } from './merge.ts'

/** JSON with sorted keys: equal text for equal content. Members that are undefined are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isPlainObject(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : member,
  )
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * SHA-256 (hex) over all that opening depends on: name, namespace and uid (label, owner), the scope its annotations give
 * and the whole spec (which includes the template). Public text only. Other labels and annotations of the SealedSecret,
 * such as the hint which key sealed it, do not change the result and do not count.
 */
export function inputDigest(sealed: SealedSecret, uid: string): string {
  const { name, namespace, annotations } = sealed.metadata
  return sha256(canonicalJson({ v: 1, name, namespace, uid, scope: scopeOf(annotations), spec: sealed.spec }))
}

/**
 * SHA-256 (hex) over the parts of a Secret that the controller sets: all, or of a patched one `part`. Tells without the values whether a Secret still is
 * what it was. Kept in memory only, never stored: of a short value it would allow guessing.
 */
export function contentDigest(whole: SecretObject, part?: Part): string {
  const secret = part === undefined ? whole : partOf(whole, part)
  const { labels, annotations, ownerReferences } = secret.metadata
  return sha256(
    canonicalJson({
      type: secret.type ?? 'Opaque',
      immutable: secret.immutable ?? false,
      data: secret.data,
      labels: labels ?? {},
      annotations: annotations ?? {},
      owners: (ownerReferences ?? []).map(({ uid, controller }) => ({ uid, controller: controller ?? false })),
    }),
  )
}
