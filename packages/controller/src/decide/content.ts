/** What an existing Secret has to become. Pure. */
import { ANNOTATION } from '@waxseal/core'
import type { OwnerReference, SealedSecretEntry, SecretMeta, SecretObject } from '../state.ts'
import { canonicalJson } from './digest.ts'

/**
 * Whose an existing Secret is. `controlled`: an owner reference with `controller: true` carries this SealedSecret's uid.
 * `managed`: the existing Secret itself (never the template, bitnami/sealed-secrets#331) is annotated to be taken over.
 */
export type Ownership = 'controlled' | 'managed' | 'foreign'

/** Whether the existing Secret itself asks for the opened values to be merged into it. */
export const isPatched = ({ annotations }: Pick<SecretMeta, 'annotations'>): boolean =>
  annotations[ANNOTATION.patch] === 'true'

type Owned = Pick<SecretMeta, 'annotations' | 'ownerReferences'>

export function ownership(existing: Owned, entry: SealedSecretEntry): Ownership {
  if (existing.annotations[ANNOTATION.managed] === 'true') return 'managed'
  return existing.ownerReferences.some((owner) => isOurs(owner, entry.uid)) ? 'controlled' : 'foreign'
}

const isOurs = (owner: OwnerReference, uid: string): boolean => owner.uid === uid && owner.controller === true

/** True when the template asks for a Secret without owner and the existing one was made from such a template. */
export function wantsNoOwner(existing: Owned, entry: SealedSecretEntry): boolean {
  const wanted = entry.sealed?.spec.template.metadata?.annotations?.[ANNOTATION.skipOwner]
  return wanted === 'true' && existing.annotations[ANNOTATION.skipOwner] === 'true'
}

/**
 * The existing Secret with the content of the opened one: data, immutable, labels, annotations. The owners are replaced
 * where the Secret is taken over; of one that is controlled already, only the own reference may go. All else stays:
 * finalizers, managed fields, uid, and the resource version, which guards the write.
 */
export function replaced(
  existing: SecretObject,
  opened: SecretObject,
  owned: Exclude<Ownership, 'foreign'>,
  uid: string,
): SecretObject {
  const { labels: _l, annotations: _a, ownerReferences: before = [], ...kept } = existing.metadata
  const { labels, annotations, ownerReferences: wanted = [] } = opened.metadata
  const owners =
    owned === 'managed' || before.length === 0
      ? wanted
      : wanted.length > 0
        ? before
        : before.filter((owner) => !isOurs(owner, uid))
  const { immutable: _i, data: _d, ...rest } = existing
  return {
    ...rest,
    metadata: {
      ...kept,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(owners.length === 0 ? {} : { ownerReferences: owners }),
    },
    ...(opened.immutable === undefined ? {} : { immutable: opened.immutable }),
    data: opened.data,
  }
}

export const sameData = (a: SecretObject, b: SecretObject): boolean => canonicalJson(a.data) === canonicalJson(b.data)

export const typeOf = (secret: SecretObject): string => secret.type ?? 'Opaque'
