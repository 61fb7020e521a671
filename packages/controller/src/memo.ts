/** What this process remembers of an object between two looks at it. Digests and names only, never a value. */
import type { Part } from './decide/merge.ts'
import type { Told } from './decide/report.ts'
import type { ObjectKey, SealedSecretEntry, SecretMeta, SecretVersion } from './state.ts'

/** A Secret that was found or made right. */
export interface InSync {
  /** Of the SealedSecret: `inputDigest`. */
  readonly digest: string
  readonly secret: SecretVersion
  readonly sealedWith: readonly string[]
  /** Of the Secret: `contentDigest`; unknown after a restart. */
  readonly content: string | undefined
  /** Set with `content` for a Secret that is patched: what of it that is about. */
  readonly part: Part | undefined
}

/** Opening failed, and will fail again unless the object or the keys change. */
interface Failed {
  readonly digest: string
  readonly ringVersion: number
  readonly message: string
}

export interface Memo {
  inSync?: InSync | undefined
  failed?: Failed | undefined
  told?: Told | undefined
  /** There was no key to open it with. */
  keyless?: boolean
  /** What a dry run would have written. */
  would?: 'create' | 'update' | undefined
  /** The status does not say it yet. */
  statusPending?: boolean
  /** The cache said that there is no Secret, the API that there is one: look there next time. */
  doubtful?: boolean
  /** Monotonic ms before which a Secret that somebody else keeps changing is not put right again. */
  healAfter?: number
  heals?: number
}

export class Memory {
  readonly #memos = new Map<ObjectKey, Memo>()

  of(key: ObjectKey): Memo {
    const known = this.#memos.get(key)
    if (known !== undefined) return known
    const made: Memo = {}
    this.#memos.set(key, made)
    return made
  }

  forget(key: ObjectKey): void {
    this.#memos.delete(key)
  }

  clear(): void {
    this.#memos.clear()
  }

  entries(): Iterable<[ObjectKey, Memo]> {
    return this.#memos
  }
}

/** What the status that a former process wrote says; undefined where it says nothing or a CRD pruned it. */
export function inSyncBy({ status }: SealedSecretEntry): InSync | undefined {
  const condition = status?.conditions.find(({ type }) => type === 'Synced')
  if (status?.observedDigest === undefined || status.secret === undefined) return undefined
  // That a Secret which was only patched is gone must be known after a restart, too.
  if (condition?.status !== 'True' && status.secret.patched !== true) return undefined
  return {
    digest: status.observedDigest,
    secret: status.secret,
    sealedWith: status.sealedWith ?? [],
    content: undefined,
    part: undefined,
  }
}

export const isVersion = (meta: SecretMeta | undefined, secret: InSync['secret']): boolean =>
  meta !== undefined && meta.uid === secret.uid && meta.version === secret.version
