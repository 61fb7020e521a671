import { toHex, unshared } from './bytes.ts'
import { nodeCrypto } from './platform.ts'

/** SHA-256 of a DER SubjectPublicKeyInfo, lower-case hexadecimal: names a key pair whatever its certificate. */
export async function fingerprint(spki: Uint8Array): Promise<string> {
  const node = nodeCrypto()
  if (node !== undefined) return toHex(node.createHash('sha256').update(spki).digest())
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', unshared(spki))))
}
