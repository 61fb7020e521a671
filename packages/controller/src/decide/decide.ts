/** From what was observed to what is to be written: synchronous, total, without side effects. */
import type { SealedSecretEntry, SecretObject } from '../state.ts'
import { isPatched, type Ownership, ownership, replaced, sameData, typeOf, wantsNoOwner } from './content.ts'
import { contentDigest } from './digest.ts'
import { merged, type Part } from './merge.ts'

/** What became of opening. `unchanged`: known without opening that the Secret is right. `skipped`: it is not ours to write.
 * `lost`: it was only patched, and is gone.
 * `mayPass`: it may open another time, although nothing changes. */
export type Opening =
  | { readonly kind: 'opened'; readonly secret: SecretObject; readonly sealedWith: readonly string[] }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'failed'; readonly message: string; readonly mayPass?: boolean }

export interface Observation {
  readonly entry: SealedSecretEntry
  /** The existing Secret, freshly read; undefined when there is none. */
  readonly secret: SecretObject | undefined
  readonly opening: Opening
}

/** How it stands. The messages are for people, in events and conditions; they never hold a value. */
export type Outcome =
  | { readonly kind: 'synced' }
  | { readonly kind: 'unseal-failed'; readonly message: string }
  | { readonly kind: 'unmanaged'; readonly message: string }
  | { readonly kind: 'update-failed'; readonly message: string }

type Action =
  | { readonly kind: 'create'; readonly secret: SecretObject }
  | { readonly kind: 'update'; readonly secret: SecretObject }
  | { readonly kind: 'nothing' }

/** What to write, and how it stands once that has succeeded. */
export interface Decision {
  readonly action: Action
  readonly outcome: Outcome
  /** Set where the Secret is patched: what of it is ours. */
  readonly part?: Part
  /** The Secret would not be ours without what was merged into it: it is not made again. */
  readonly borrowed?: boolean
}

const nothing: Action = { kind: 'nothing' }
const synced: Outcome = { kind: 'synced' }

export function decide({ entry, secret, opening }: Observation): Decision {
  switch (opening.kind) {
    case 'unchanged':
      return { action: nothing, outcome: synced }
    case 'failed':
      return { action: nothing, outcome: { kind: 'unseal-failed', message: opening.message } }
    case 'skipped':
      return { action: nothing, outcome: unmanaged(entry) }
    case 'lost':
      return refuse(`Secret "${entry.name}", which was only patched, is gone; change the SealedSecret to have it made`)
    case 'opened':
      break
  }
  if (secret === undefined) return { action: { kind: 'create', secret: opening.secret }, outcome: synced }
  return overwrite(entry, secret, opening.secret)
}

function overwrite(entry: SealedSecretEntry, existing: SecretObject, opened: SecretObject): Decision {
  const { annotations = {}, ownerReferences = [] } = existing.metadata
  const owned = ownership({ annotations, ownerReferences }, entry)
  if (isPatched({ annotations })) return patch(existing, opened, owned)
  if (owned === 'foreign') {
    const ownerless = wantsNoOwner({ annotations, ownerReferences }, entry)
    const same = ownerless && contentDigest(existing) === contentDigest(opened)
    return { action: nothing, outcome: same ? synced : unmanaged(entry) }
  }
  if (typeOf(existing) !== typeOf(opened)) return refuse(typeChange(existing, opened))
  return update(existing, replaced(existing, opened, owned, entry.uid))
}

function patch(existing: SecretObject, opened: SecretObject, owned: Ownership): Decision {
  // A template that names no type has nothing against that of the Secret it is merged into.
  if (opened.type !== undefined && typeOf(existing) !== typeOf(opened)) return refuse(typeChange(existing, opened))
  const { secret, part } = merged(existing, opened, owned)
  return { ...update(existing, secret), part, borrowed: owned === 'foreign' }
}

function update(existing: SecretObject, target: SecretObject): Decision {
  if (contentDigest(target) === contentDigest(existing)) return { action: nothing, outcome: synced }
  if (existing.immutable === true && (target.immutable !== true || !sameData(existing, target)))
    return refuse('failed update: the target Secret is immutable; delete it to have it made again')
  return { action: { kind: 'update', secret: target }, outcome: synced }
}

const refuse = (message: string): Decision => ({ action: nothing, outcome: { kind: 'update-failed', message } })

function unmanaged({ name }: SealedSecretEntry): Outcome {
  return { kind: 'unmanaged', message: `Resource "${name}" already exists and is not managed by SealedSecret` }
}

function typeChange(existing: SecretObject, opened: SecretObject): string {
  return (
    `failed update: the type of a Secret cannot be changed: the target has ${typeOf(existing)}, ` +
    `the template ${typeOf(opened)}; delete the Secret to have it made again`
  )
}
