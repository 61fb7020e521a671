import { encodeBase64 } from './bytes.ts'
import { mapBounded } from './concurrent.ts'
import { sealEnvelope } from './envelope.ts'
import { WaxsealError } from './errors.ts'
import type { KeyRing, Opened } from './keyring.ts'
import type { SealingKey } from './keys.ts'
import type { SealedSecret } from './manifest.ts'
import { emptyRecord } from './parse.ts'
import { ANNOTATION, label, scopeOf } from './scope.ts'
import { tryItems, UnsealError } from './unseal.ts'

export interface ResealOptions {
  readonly ring: KeyRing
  /** What to seal for: a parsed certificate, or just its key. */
  readonly certificate: { readonly sealingKey: SealingKey }
  /** Whether values already sealed for that key stay as they are; default false, which seals every value anew. */
  readonly onlyOutdated?: boolean
}

/**
 * Opens every value and seals it again. Both happen under the scope of the SealedSecret's own annotations: were the
 * template's read as well, whoever may edit that could have values sealed wider than they were (CVE-2026-22728). The
 * template is neither rendered nor changed, and nothing of the result but its ciphertexts depends on the values.
 * @returns the new `encryptedData`, its keys in the order they had
 * @throws UnsealError `no-key` or `malformed`, naming every item that failed; WaxsealError `deprecated-data` where the
 *   Secret is sealed as a whole (`spec.data`): that would have to be moved, not sealed again
 */
export async function resealItems(sealed: SealedSecret, options: ResealOptions): Promise<Record<string, string>> {
  const { metadata, spec } = sealed
  if (spec.data !== undefined) {
    throw new WaxsealError('deprecated-data', "the deprecated field 'spec.data' cannot be sealed again", {
      hint: 'open it with unseal and seal the Secret, which writes encryptedData',
    })
  }
  const { sealingKey } = options.certificate
  const { found, failures } = await tryItems(sealed, options.ring)
  if (failures.size > 0) throw new UnsealError(failures)
  const bound = label(scopeOf(metadata.annotations), metadata.namespace ?? '', metadata.name)
  const isCurrent = (item: Opened): boolean =>
    options.onlyOutdated === true && item.fingerprint === sealingKey.fingerprint
  const items = await mapBounded(
    Object.entries(spec.encryptedData),
    async ([name, text]): Promise<[string, string]> => {
      const item = found.get(name)
      if (item === undefined || isCurrent(item)) return [name, text]
      return [name, encodeBase64(await sealEnvelope(sealingKey, bound, item.plaintext))]
    },
  )
  return Object.assign(emptyRecord<string>(), Object.fromEntries(items))
}

/**
 * The SealedSecret with every value sealed again, see `resealItems`. Nothing but `encryptedData` changes, and the note
 * of the key (`waxseal.dev/sealed-with`) where there is one.
 */
export async function resealSecret(sealed: SealedSecret, options: ResealOptions): Promise<SealedSecret> {
  const encryptedData = await resealItems(sealed, options)
  const { metadata, spec } = sealed
  const { annotations } = metadata
  const noted = annotations !== undefined && Object.hasOwn(annotations, ANNOTATION.sealedWith)
  const note = { ...annotations, [ANNOTATION.sealedWith]: options.certificate.sealingKey.fingerprint }
  return {
    ...sealed,
    metadata: noted ? { ...metadata, annotations: note } : metadata,
    spec: { ...spec, encryptedData },
  }
}
