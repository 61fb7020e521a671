/**
 * Leaves the sealed text of values that did not change as it is, so that a change in git shows what changed.
 *
 * Whether a value changed is known by opening the old one, and so only to somebody with the private key. A digest of the value noted
 * beside it would serve those without, and is not offered: whoever has what computes it can try guesses against it, offline and without
 * end, and of most passwords a few billion guesses find one. That holds for a keyed digest as well, whose key everybody who seals would
 * need; the point of sealing with a certificate is that those who seal cannot find out what others sealed.
 */
import {
  field,
  isObject,
  isSealedSecret,
  type KeyRing,
  type Plaintext,
  parseSealedSecret,
  type SealedSecret,
  scopeOf,
  tryItems,
  WaxsealError,
} from '@waxseal/core'
import type { Document } from '@waxseal/core/documents'

export interface Keeper {
  /**
   * The same SealedSecret with the old texts of values that are the same, are sealed for the same key, and are bound to the same name,
   * namespace and scope. `data`: the values it was sealed from; `fingerprint`: of the key that sealed it.
   */
  keep(sealed: SealedSecret, data: ReadonlyMap<string, Plaintext>, fingerprint: string): Promise<SealedSecret>
}

export function keeperFor(ring: KeyRing, existing: readonly SealedSecret[]): Keeper {
  return {
    async keep(sealed, data, fingerprint) {
      const old = existing.find((each) => isSame(each, sealed))
      if (old === undefined) return sealed
      const { found } = await tryItems(old, ring)
      const items = Object.entries(sealed.spec.encryptedData).map(([key, fresh]): [string, string] => {
        const [before, now] = [found.get(key), data.get(key)]
        const same = before?.fingerprint === fingerprint && now !== undefined && before.plaintext.equals(now)
        return [key, (same ? old.spec.encryptedData[key] : undefined) ?? fresh]
      })
      return { ...sealed, spec: { ...sealed.spec, encryptedData: Object.fromEntries(items) } }
    },
  }
}

/** Of another scope, name or namespace, a value would not open. */
function isSame(old: SealedSecret, { metadata }: SealedSecret): boolean {
  const { name, namespace = '', annotations } = old.metadata
  const isBound = name === metadata.name && namespace === (metadata.namespace ?? '')
  return isBound && scopeOf(annotations) === scopeOf(metadata.annotations)
}

/** The SealedSecrets of documents, also those in Lists; what cannot be read as one is passed over, to be replaced. */
export function sealedSecretsIn(documents: readonly Document[]): readonly SealedSecret[] {
  return documents.flatMap(({ value }) => {
    const items = isObject(value) ? field(value, 'items') : undefined
    const values: readonly unknown[] = Array.isArray(items) ? items : [value]
    return values.flatMap((each) => (isSealedSecret(each) ? read(each) : []))
  })
}

function read(value: unknown): readonly SealedSecret[] {
  try {
    return [parseSealedSecret(value)]
  } catch (error) {
    if (error instanceof WaxsealError) return []
    throw error
  }
}
