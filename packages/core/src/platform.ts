import type { Bytes } from './bytes.ts'

/**
 * What Node does at once and WebCrypto only by way of a thread: AES of a short value takes 20 us of one core instead of 50, an RSA public
 * operation 30 us less. Asked for by name at run time, so that browsers load the same files.
 */
export interface NodeCrypto {
  readonly constants: { readonly RSA_PKCS1_OAEP_PADDING: number }
  createCipheriv(name: 'aes-256-gcm', key: Uint8Array, nonce: Uint8Array): Cipher
  createDecipheriv(name: 'aes-256-gcm', key: Uint8Array, nonce: Uint8Array, options: { authTagLength: 16 }): Decipher
  createPublicKey(key: { key: Uint8Array; format: 'der'; type: 'spki' }): object
  createPrivateKey(key: { key: Uint8Array; format: 'der'; type: 'pkcs8' }): object
  createHash(name: 'sha256'): Hash
  randomFillSync(bytes: Uint8Array): unknown
  publicEncrypt(key: OaepKey, bytes: Uint8Array): Uint8Array<ArrayBuffer>
  privateDecrypt(key: OaepKey, bytes: Uint8Array): Uint8Array<ArrayBuffer>
}

interface Hash {
  update(bytes: Uint8Array): Hash
  digest(): Uint8Array
}

interface Cipher {
  update(bytes: Uint8Array): Uint8Array
  final(): Uint8Array
  getAuthTag(): Uint8Array
}

interface Decipher {
  setAuthTag(tag: Uint8Array): unknown
  update(bytes: Uint8Array): Uint8Array<ArrayBuffer>
  /** Throws where the tag does not fit. */
  final(): Uint8Array
}

interface OaepKey {
  readonly key: object
  readonly padding: number
  readonly oaepHash: 'sha256'
  readonly oaepLabel: Uint8Array
}

/** Node's Buffer, as far as it is used. */
interface NodeBuffer {
  from(memory: ArrayBufferLike, offset: number, length: number): Base64Bytes
  allocUnsafeSlow(length: number): Base64Bytes & { write(text: string, encoding: 'base64'): number }
}

interface Base64Bytes extends Uint8Array<ArrayBuffer> {
  toString(encoding?: 'base64'): string
}

/** Buffer; undefined where this is not Node. */
export function nodeBuffer(): NodeBuffer | undefined {
  return buffer
}

const buffer = (globalThis as { Buffer?: NodeBuffer }).Buffer

let found: { readonly crypto: NodeCrypto | undefined } | undefined

/** node:crypto; undefined where this is not Node. */
export function nodeCrypto(): NodeCrypto | undefined {
  found ??= { crypto: builtin() }
  return found.crypto
}

function builtin(): NodeCrypto | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  const module = process?.getBuiltinModule?.('node:crypto')
  return isNodeCrypto(module) ? module : undefined
}

const NAMES: readonly (keyof NodeCrypto)[] = [
  'createCipheriv',
  'createDecipheriv',
  'createPublicKey',
  'createPrivateKey',
  'createHash',
  'randomFillSync',
  'publicEncrypt',
  'privateDecrypt',
]

/** Other runtimes have the module without all of it. */
function isNodeCrypto(module: unknown): module is NodeCrypto {
  return (
    typeof module === 'object' &&
    module !== null &&
    NAMES.every((name) => typeof Reflect.get(module, name) === 'function')
  )
}

/** Random bytes from the platform's generator, for keys. */
export function randomBytes(length: number): Bytes {
  const bytes = new Uint8Array(length)
  const node = nodeCrypto()
  if (node === undefined) crypto.getRandomValues(bytes)
  else node.randomFillSync(bytes)
  return bytes
}
