import { decodeBase64, fromUtf8 } from './bytes.ts'
import { WaxsealError } from './errors.ts'
import type { KeyRing } from './keyring.ts'
import { parseSecret, type SealedSecretSpec, type SecretTemplate } from './manifest.ts'
import type { Plaintext } from './plaintext.ts'

/** What `spec.data` held. */
export interface DeprecatedData {
  /** The inner Secret's own metadata, type and immutable take the template's place. */
  readonly template: SecretTemplate
  readonly data: ReadonlyMap<string, Plaintext>
  readonly fingerprint: string
}

/**
 * Opens the deprecated `spec.data`, one envelope over the JSON of a whole Secret.
 * @throws WaxsealError `bad-manifest` when `encryptedData` stands beside it or the content is no Secret, `malformed`, `no-key`
 */
export async function openDeprecatedData(
  spec: SealedSecretSpec,
  label: Uint8Array,
  ring: KeyRing,
  hint: readonly string[] = [],
): Promise<DeprecatedData> {
  if (Object.keys(spec.encryptedData).length > 0) {
    const message = "cannot use the field 'encryptedData' and the deprecated field 'data' at the same time"
    throw new WaxsealError('bad-manifest', message)
  }
  const { plaintext, fingerprint } = await ring.open(decodeBase64(spec.data ?? ''), label, hint)
  const { metadata, type, immutable, data } = readInner(plaintext)
  const template = {
    metadata,
    ...(type === undefined ? {} : { type }),
    ...(immutable === undefined ? {} : { immutable }),
  }
  return { template, data, fingerprint }
}

/** Errors of the parsers are not passed on: they may quote the plain text. */
function readInner(plaintext: Plaintext): ReturnType<typeof parseSecret> {
  try {
    return parseSecret(JSON.parse(fromUtf8(plaintext.reveal())))
  } catch {
    throw new WaxsealError('bad-manifest', 'spec.data: the sealed content is not a Secret')
  }
}
