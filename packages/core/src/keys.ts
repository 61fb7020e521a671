import { type Bytes, unshared } from './bytes.ts'
import { bitLength, type RsaPublicNumbers, readPkcs1, readSpki, unwrapPkcs8, wrapPkcs8, writeSpki } from './der.ts'
import { WaxsealError } from './errors.ts'
import { fingerprint } from './fingerprint.ts'
import { type PemBlock, parsePem } from './pem.ts'

/** RSA-OAEP with SHA-256, also for its mask (RFC 8017 7.1): what Bitnami's controller uses. */
const ALGORITHM = { name: 'RSA-OAEP', hash: 'SHA-256' } as const

/**
 * Node holds a mutex per key object, so one CryptoKey keeps one core busy: measured, 300 RSA-4096 operations take 6.1 ms
 * each with one copy, 3.9 with two, 3.1 with four on two cores.
 */
const DEFAULT_COPIES = 4

/** What may seal. Below 2048 bits RSA is no longer safe (NIST SP 800-131A); above 8192 browsers refuse it. */
const SEALING_BITS = { least: 2048, most: 8192 } as const

/** What may open: 1024 as well, because Bitnami's controller opens it and old repositories must not be locked out. */
const OPENING_BITS = { least: 1024, most: 8192 } as const

/** Several CryptoKeys of one key, taken in turn. */
class Copies {
  readonly #keys: readonly CryptoKey[]
  readonly #first: CryptoKey
  #turn = 0

  private constructor(first: CryptoKey, others: readonly CryptoKey[]) {
    this.#first = first
    this.#keys = [first, ...others]
  }

  static async make(count: number, importOne: () => Promise<CryptoKey>): Promise<Copies> {
    const first = await importOne()
    return new Copies(first, await Promise.all(Array.from({ length: Math.max(count, 1) - 1 }, importOne)))
  }

  next(): CryptoKey {
    this.#turn = (this.#turn + 1) % this.#keys.length
    return this.#keys[this.#turn] ?? this.#first
  }
}

/** A public RSA key that seals, 2048 to 8192 bits. */
export class SealingKey {
  /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hexadecimal. */
  readonly fingerprint: string
  readonly bits: number
  readonly #copies: Copies

  private constructor(fingerprint: string, bits: number, copies: Copies) {
    this.fingerprint = fingerprint
    this.bits = bits
    this.#copies = copies
  }

  /**
   * @param spki DER SubjectPublicKeyInfo
   * @throws WaxsealError `unsupported-key` when it is no RSA key or of another size
   */
  static async import(spki: Uint8Array, copies: number = DEFAULT_COPIES): Promise<SealingKey> {
    const bits = sizeOf(readRsa(spki), SEALING_BITS)
    const der = unshared(spki)
    const name = await fingerprint(der)
    try {
      const keys = await Copies.make(copies, () => crypto.subtle.importKey('spki', der, ALGORITHM, false, ['encrypt']))
      return new SealingKey(name, bits, keys)
    } catch (cause) {
      throw new WaxsealError('unsupported-key', 'the public key cannot be used', { cause })
    }
  }

  /** Encrypts with RSA-OAEP under the label. */
  encrypt(label: Bytes, bytes: Bytes): Promise<ArrayBuffer> {
    return crypto.subtle.encrypt({ name: ALGORITHM.name, label }, this.#copies.next(), bytes)
  }
}

export interface ImportOptions {
  /** How many CryptoKeys to hold; more than the cores bring nothing. */
  readonly copies?: number
}

/** A private RSA key that opens, 1024 to 8192 bits. It cannot be exported again. */
export class OpeningKey {
  /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hexadecimal. */
  readonly fingerprint: string
  readonly bits: number
  readonly #copies: Copies

  private constructor(fingerprint: string, bits: number, copies: Copies) {
    this.fingerprint = fingerprint
    this.bits = bits
    this.#copies = copies
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

  static async #fromPkcs1(pkcs1: Uint8Array, { copies = DEFAULT_COPIES }: ImportOptions): Promise<OpeningKey> {
    const numbers = readPkcs1(pkcs1)
    const bits = sizeOf(numbers, OPENING_BITS)
    const name = await fingerprint(writeSpki(numbers))
    const pkcs8 = wrapPkcs8(pkcs1)
    try {
      const keys = await Copies.make(copies, () =>
        crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['decrypt']),
      )
      return new OpeningKey(name, bits, keys)
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
      const parameters = { name: ALGORITHM.name, label }
      return new Uint8Array(await crypto.subtle.decrypt(parameters, this.#copies.next(), wrapped))
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
