/** The physical limit: nothing but RSA-OAEP operations through the platform's WebCrypto, on all cores. */
import { availableParallelism } from 'node:os'

const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256' }
const { subtle } = globalThis.crypto

export interface BareRsa {
  /** Wraps `count` session keys; ms. */
  encrypt(count: number): Promise<number>
  /** Unwraps `count` session keys; ms. */
  decrypt(count: number): Promise<number>
}

/** RSA with several copies of one key, since Node uses one core for one key object. */
export async function bareRsa(bits: number): Promise<BareRsa> {
  const pair = await subtle.generateKey(
    { ...algorithm, modulusLength: bits, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['encrypt', 'decrypt'],
  )
  const [spki, pkcs8] = [
    await subtle.exportKey('spki', pair.publicKey),
    await subtle.exportKey('pkcs8', pair.privateKey),
  ]
  const copies = Array.from({ length: 2 * availableParallelism() })
  const wrapping = await Promise.all(copies.map(() => subtle.importKey('spki', spki, algorithm, false, ['encrypt'])))
  const opening = await Promise.all(copies.map(() => subtle.importKey('pkcs8', pkcs8, algorithm, false, ['decrypt'])))
  const oaep = { name: 'RSA-OAEP', label: new TextEncoder().encode('payments/db') }
  const sample = await subtle.encrypt(oaep, pair.publicKey, new Uint8Array(32))

  const times = async (count: number, keys: readonly CryptoKey[], one: (key: CryptoKey) => Promise<unknown>) => {
    const start = performance.now()
    await Promise.all(Array.from({ length: count }, (_, index) => one(keys[index % keys.length] ?? pair.publicKey)))
    return performance.now() - start
  }
  return {
    encrypt: (count) => times(count, wrapping, (key) => subtle.encrypt(oaep, key, new Uint8Array(32))),
    decrypt: (count) => times(count, opening, (key) => subtle.decrypt(oaep, key, sample)),
  }
}
