import { type Bytes, unshared } from './bytes.ts'
import { bitLength, type RsaPublicNumbers, readPkcs1, readSpki, unwrapPkcs8, wrapPkcs8, writeSpki } from './der.ts'
import { WaxsealError } from './errors.ts'
import { fingerprint } from './fingerprint.ts'
import { type PemBlock, parsePem } from './pem.ts'
import { decryption, encryption, type ImportOptions, type RsaOperation } from './rsa.ts'

/** What may seal. Below 2048 bits RSA is no longer safe (NIST SP 800-131A); above 8192 browsers refuse it. */
const SEALING_BITS = { least: 2048, most: 8192 } as const

/** What may open: 1024 as well, because Bitnami's controller opens it and old repositories must not be locked out. */
const OPENING_BITS = { least: 1024, most: 8192 } as const

/** A public RSA key that seals, 2048 to 8192 bits. */
export class SealingKey {
  /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hexadecimal. */
  readonly fingerprint: string
  readonly bits: number
  readonly #encrypt: RsaOperation

  private constructor(fingerprint: string, bits: number, encrypt: RsaOperation) {
    this.fingerprint = fingerprint
    this.bits = bits
    this.#encrypt = encrypt
  }

  /**
   * @param spki DER SubjectPublicKeyInfo
   * @throws WaxsealError `unsupported-key` when it is no RSA key or of another size
   */
  static async import(spki: Uint8Array, options: ImportOptions = {}): Promise<SealingKey> {
    const bits = sizeOf(readRsa(spki), SEALING_BITS)
    const der = unshared(spki)
    const name = await fingerprint(der)
    try {
      return new SealingKey(name, bits, await encryption(der, options))
    } catch (cause) {
      throw new WaxsealError('unsupported-key', 'the public key cannot be used', { cause })
    }
  }

  /** Encrypts with RSA-OAEP under the label. */
  encrypt(label: Bytes, bytes: Bytes): Promise<Bytes> {
    return this.#encrypt(label, bytes)
  }
}

/** A private RSA key that opens, 1024 to 8192 bits. It cannot be exported again. */
export class OpeningKey {
  /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hexadecimal. */
  readonly fingerprint: string
  readonly bits: number
  readonly #decrypt: RsaOperation

  private constructor(fingerprint: string, bits: number, decrypt: RsaOperation) {
    this.fingerprint = fingerprint
    this.bits = bits
    this.#decrypt = decrypt
  }

  /**
   * @param key PEM text (its first RSA private key), or the DER of a PKCS#1 or PKCS#8 key
   * @throws WaxsealError `bad-key` when there is no RSA private key in it, `unsupported-key` for a size out of bounds
   */
  static async import(key: string | Uint8Array, options: ImportOptions = {}): Promise<OpeningKey> {
    if (typeof key !== 'string') return OpeningKey.#fromPkcs1(pkcs1Of(key), options)
    const { keys, skipped } = await readPrivateKeys(key, options)
    const [first] = keys
    if (first === undefined) throw new WaxsealError('bad-key', skipped[0] ?? 'no private key found')
    return first
  }

  static async #fromPkcs1(pkcs1: Uint8Array, options: ImportOptions): Promise<OpeningKey> {
    const numbers = readPkcs1(pkcs1)
    const bits = sizeOf(numbers, OPENING_BITS)
    const name = await fingerprint(writeSpki(numbers))
    try {
      return new OpeningKey(name, bits, await decryption(wrapPkcs8(pkcs1), options))
    } catch {
      // The engine's own error is not kept as cause: it may describe the key's numbers.
      throw new WaxsealError('bad-key', 'the private key is damaged')
    }
  }

  /** Length in bytes that the RSA part of an envelope for this key has. */
  get modulusLength(): number {
    return Math.ceil(this.bits / 8)
  }

  /** Decrypts with RSA-OAEP under the label; undefined when that fails, for whatever reason. */
  async decrypt(label: Bytes, wrapped: Bytes): Promise<Bytes | undefined> {
    try {
      return await this.#decrypt(label, wrapped)
    } catch {
      return undefined
    }
  }
}

/** Private keys found in a text, and why other blocks gave none. */
export interface PrivateKeys {
  readonly keys: readonly OpeningKey[]
  /** One line for each block that should hold a private key and does not hold a usable one. */
  readonly skipped: readonly string[]
}

/**
 * Every RSA private key of a PEM text in its order, PKCS#1 and PKCS#8. Certificates and public keys are passed over;
 * keys of other kinds, encrypted and damaged ones are named in `skipped`, never thrown.
 */
export async function readPrivateKeys(pem: string, options: ImportOptions = {}): Promise<PrivateKeys> {
  const keys: OpeningKey[] = []
  const skipped: string[] = []
  for (const block of parsePem(pem)) {
    if (!block.label.endsWith('PRIVATE KEY')) continue
    const der = privateKeyDer(block)
    if (typeof der === 'string') {
      skipped.push(der)
      continue
    }
    try {
      keys.push(await OpeningKey.import(der, options))
    } catch (error) {
      if (!(error instanceof WaxsealError)) throw error
      skipped.push(error.message)
    }
  }
  return { keys, skipped }
}

/** The keys of `readPrivateKeys`; empty when there is none. */
export async function parsePrivateKeys(pem: string, options: ImportOptions = {}): Promise<OpeningKey[]> {
  return [...(await readPrivateKeys(pem, options)).keys]
}

/** The DER of a block that may hold an RSA key, or why it does not. */
function privateKeyDer({ label, headers, der }: PemBlock): Uint8Array | string {
  if (headers || label === 'ENCRYPTED PRIVATE KEY') return 'the private key is encrypted: decrypt it with openssl first'
  if (label !== 'RSA PRIVATE KEY' && label !== 'PRIVATE KEY') return `${label} is not an RSA key`
  return der ?? `the ${label} block is not valid PEM`
}

/** The RSAPrivateKey in a PKCS#1 or PKCS#8 key. */
function pkcs1Of(der: Uint8Array): Uint8Array {
  for (const read of [unwrapPkcs8, (bytes: Uint8Array) => bytes]) {
    try {
      const pkcs1 = read(der)
      readPkcs1(pkcs1)
      return pkcs1
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  }
  throw new WaxsealError('bad-key', 'not an RSA private key')
}

function readRsa(spki: Uint8Array): RsaPublicNumbers {
  try {
    return readSpki(spki)
  } catch (cause) {
    throw new WaxsealError('unsupported-key', 'not an RSA public key', { cause, hint: 'only RSA keys can seal' })
  }
}

function sizeOf(numbers: RsaPublicNumbers, { least, most }: { least: number; most: number }): number {
  const bits = bitLength(numbers)
  if (bits < least || bits > most) {
    throw new WaxsealError('unsupported-key', `an RSA key of ${bits} bits: ${least} to ${most} are supported`)
  }
  return bits
}
