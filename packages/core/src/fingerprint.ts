import { toHex, unshared } from './bytes.ts'

/** SHA-256 of a DER SubjectPublicKeyInfo, lower-case hexadecimal: names a key pair whatever its certificate. */
export async function fingerprint(spki: Uint8Array): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', unshared(spki))))
}
