/** Reads what a decision needs, and opens the SealedSecret only if there is no cheaper way to know. */
import { encodeBase64, type KeyRing, type OpenedSecret, unsealSecret, WaxsealError } from '@waxseal/core'
import { isPatched, ownership, wantsNoOwner } from './decide/content.ts'
import type { Observation, Opening } from './decide/decide.ts'
import { contentDigest } from './decide/digest.ts'
import { type KeyAge, likelyKeys } from './keys/likely.ts'
import { type InSync, isVersion, type Memo } from './memo.ts'
import type { Store } from './ports.ts'
import { metaOf } from './secret-meta.ts'
import type { OwnerReference, SealedSecretEntry, SecretMeta, SecretObject } from './state.ts'
import type { Templates } from './templates/templates.ts'

const SEALED_API = 'bitnami.com/v1alpha1'

export interface Ring {
  readonly ring: KeyRing
  readonly ages: readonly KeyAge[]
  /** Grows with every change of the keys. */
  readonly version: number
}

export interface GatherOptions {
  readonly store: Store
  readonly keys: Ring
  readonly acceptDeprecatedData: boolean
  readonly templates: Templates
  /** The store does not follow Secrets: each is read. */
  readonly blind: boolean
}

export interface Known {
  /** `inputDigest` of the entry. */
  readonly digest: string
  readonly inSync: InSync | undefined
  readonly memo: Memo
}

/** @throws StoreError when the Secret cannot be read, or everything stops */
export async function gather(
  entry: SealedSecretEntry,
  known: Known,
  options: GatherOptions,
): Promise<Observation & { readonly meta: SecretMeta | undefined }> {
  const cached = options.store.secretMeta(entry)
  const failed = failure(entry, known, options.keys)
  if (failed !== undefined) return { entry, secret: undefined, opening: failed, meta: cached }
  const right = known.inSync?.digest === known.digest ? known.inSync : undefined
  if (right !== undefined && isVersion(cached, right.secret))
    return { entry, secret: undefined, opening: { kind: 'unchanged' }, meta: cached }
  // What nobody has ever seen is not looked up: creating fails if it is there after all.
  const borrowed = right?.secret.patched === true
  const look =
    options.blind || borrowed || cached !== undefined || right?.content !== undefined || known.memo.doubtful === true
  const secret = look ? await options.store.readSecret(entry) : undefined
  const meta = secret && metaOf(secret)
  if (secret === undefined && borrowed) return { entry, secret, opening: { kind: 'lost' }, meta }
  if (right !== undefined && isVersion(meta, right.secret))
    return { entry, secret, opening: { kind: 'unchanged' }, meta }
  if (secret !== undefined && right !== undefined && isAsWritten(secret, right, entry))
    return { entry, secret, opening: { kind: 'unchanged' }, meta }
  if (meta !== undefined && isForeign(meta, entry)) return { entry, secret, opening: { kind: 'skipped' }, meta }
  return { entry, secret, opening: await open(entry, known, options), meta }
}

/** By content; of a patched Secret only what was merged into it counts, as long as it may be patched in the same way. */
function isAsWritten(secret: SecretObject, { content, part }: InSync, entry: SealedSecretEntry): boolean {
  if (content === undefined || content !== contentDigest(secret, part)) return false
  const meta = metaOf(secret)
  return part === undefined || (isPatched(meta) && part.owners === (ownership(meta, entry) === 'managed'))
}

const isForeign = (meta: SecretMeta, entry: SealedSecretEntry): boolean =>
  ownership(meta, entry) === 'foreign' && !isPatched(meta) && !wantsNoOwner(meta, entry)

function failure(entry: SealedSecretEntry, { digest, memo }: Known, keys: Ring): Opening | undefined {
  if (entry.sealed === undefined) return { kind: 'failed', message: entry.invalid ?? 'not a SealedSecret' }
  const { failed } = memo
  if (failed?.digest !== digest || failed.ringVersion !== keys.version) return undefined
  return { kind: 'failed', message: failed.message }
}

async function open(entry: SealedSecretEntry, known: Known, options: GatherOptions): Promise<Opening> {
  const { sealed, uid, name, namespace } = entry
  if (sealed === undefined) return { kind: 'failed', message: entry.invalid ?? 'not a SealedSecret' }
  const { acceptDeprecatedData } = options
  const rendering = options.templates.begin()
  try {
    const opened = await unsealSecret(
      { ...sealed, metadata: { ...sealed.metadata, name, namespace, uid } },
      { ring: options.keys.ring, guess: guess(entry, known, options), acceptDeprecatedData, render: rendering.render },
    )
    return { kind: 'opened', secret: toWrite(opened, entry), sealedWith: opened.sealedWith }
  } catch (error) {
    if (!(error instanceof WaxsealError)) throw error
    return { kind: 'failed', message: error.message.replaceAll('\n', '; '), mayPass: rendering.interrupted }
  } finally {
    rendering.end()
  }
}

function guess({ writtenAt, status }: SealedSecretEntry, { inSync, digest }: Known, { keys }: GatherOptions): string[] {
  if (keys.ages.length < 2) return []
  const before = inSync?.sealedWith ?? status?.sealedWith ?? []
  return likelyKeys(keys.ages, { writtenAt, before, unchanged: inSync?.digest === digest })
}

/** Of the template's metadata only what a controller may set: a template may carry a uid or a resourceVersion. */
function toWrite(opened: OpenedSecret, { name, namespace, uid }: SealedSecretEntry): SecretObject {
  const { labels, annotations, finalizers, ownerReferences } = opened.metadata
  const owner: OwnerReference = { apiVersion: SEALED_API, kind: 'SealedSecret', name, uid, controller: true }
  const data: [string, string][] = [...opened.data].map(([key, value]) => [key, encodeBase64(value.reveal())])
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(ownerReferences === undefined ? {} : { ownerReferences: [owner] }),
      ...(finalizers === undefined ? {} : { finalizers }),
    },
    ...(opened.type === undefined ? {} : { type: opened.type }),
    ...(opened.immutable === undefined ? {} : { immutable: opened.immutable }),
    data: Object.fromEntries(data),
  }
}
