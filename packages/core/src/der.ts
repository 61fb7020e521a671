import { type Bytes, concat } from './bytes.ts'

/** The few ASN.1 types that keys are made of (X.690). */
const INTEGER = 0x02
const BIT_STRING = 0x03
const OCTET_STRING = 0x04
const SEQUENCE = 0x30

/** AlgorithmIdentifier of rsaEncryption with its NULL parameters (RFC 8017 appendix C). */
const RSA_ENCRYPTION = Uint8Array.of(
  0x30,
  0x0d,
  0x06,
  0x09,
  0x2a,
  0x86,
  0x48,
  0x86,
  0xf7,
  0x0d,
  0x01,
  0x01,
  0x01,
  0x05,
  0x00,
)
const VERSION_0 = Uint8Array.of(INTEGER, 1, 0)

/** The public half of an RSA key: big-endian integers without leading zeros. */
export interface RsaPublicNumbers {
  readonly modulus: Uint8Array
  readonly exponent: Uint8Array
}

/** Reads definite, minimal lengths only, as DER demands (X.690 10.1). Throws RangeError on anything else. */
class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at === this.#bytes.length
  }

  /** The content of the next value, which must have the tag. */
  take(tag: number): Uint8Array {
    if (this.#byte() !== tag) throw new RangeError('unexpected DER tag')
    const length = this.#length()
    const end = this.#at + length
    if (end > this.#bytes.length) throw new RangeError('DER value is cut off')
    const content = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return content
  }

  /** A positive INTEGER without its sign byte. */
  positive(): Uint8Array {
    const content = this.take(INTEGER)
    const [first = 0x80, second = 0] = content
    if (first >= 0x80 || (first === 0 && second < 0x80)) throw new RangeError('not a positive DER integer')
    return first === 0 ? content.subarray(1) : content
  }

  #length(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    const count = first & 0x7f
    if (count === 0 || count > 3) throw new RangeError('unsupported DER length')
    let length = 0
    for (let i = 0; i < count; i++) length = length * 256 + this.#byte()
    if (length < 0x80 || length < 256 ** (count - 1)) throw new RangeError('DER length is not minimal')
    return length
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new RangeError('DER value is cut off')
    this.#at += 1
    return byte
  }
}

/** The numbers of a SubjectPublicKeyInfo (RFC 5280 4.1.2.7) if it holds an RSA key; throws RangeError if it does not. */
export function readSpki(spki: Uint8Array): RsaPublicNumbers {
  const outer = whole(spki)
  requireBytes(outer, RSA_ENCRYPTION)
  const key = outer.take(BIT_STRING)
  if (key[0] !== 0) throw new RangeError('unexpected unused bits')
  const numbers = whole(key.subarray(1))
  return { modulus: numbers.positive(), exponent: numbers.positive() }
}

/** The public numbers of an RSAPrivateKey (RFC 8017 A.1.2); throws RangeError if it is none. */
export function readPkcs1(der: Uint8Array): RsaPublicNumbers {
  const key = whole(der)
  requireBytes(key, VERSION_0)
  const modulus = key.positive()
  const exponent = key.positive()
  // d, p, q, dP, dQ, qInv: their values are checked by the engine that imports the key.
  for (let i = 0; i < 6; i++) key.positive()
  if (!key.done) throw new RangeError('unexpected data after the key')
  return { modulus, exponent }
}

/** The RSAPrivateKey inside a PrivateKeyInfo (RFC 5958 section 2); throws RangeError if it is no RSA key. */
export function unwrapPkcs8(der: Uint8Array): Uint8Array {
  const info = whole(der)
  requireBytes(info, VERSION_0)
  requireBytes(info, RSA_ENCRYPTION)
  return info.take(OCTET_STRING)
}

/** Wraps an RSAPrivateKey into a PrivateKeyInfo (RFC 5958 section 2), the one form that WebCrypto imports. */
export function wrapPkcs8(pkcs1: Uint8Array): Bytes {
  return sequence(VERSION_0, RSA_ENCRYPTION, value(OCTET_STRING, pkcs1))
}

/** A SubjectPublicKeyInfo for RSA numbers. */
export function writeSpki(numbers: RsaPublicNumbers): Bytes {
  const key = sequence(integer(numbers.modulus), integer(numbers.exponent))
  return sequence(RSA_ENCRYPTION, value(BIT_STRING, concat(Uint8Array.of(0), key)))
}

/** Size of the modulus in bits. */
export function bitLength({ modulus }: RsaPublicNumbers): number {
  const [first = 0] = modulus
  return modulus.length * 8 - (Math.clz32(first) - 24)
}

/** A reader of the content of the one SEQUENCE that the bytes must be. */
function whole(bytes: Uint8Array): Reader {
  const outer = new Reader(bytes)
  const content = outer.take(SEQUENCE)
  if (!outer.done) throw new RangeError('unexpected data after the DER value')
  return new Reader(content)
}

function requireBytes(reader: Reader, expected: Uint8Array): void {
  const [tag = 0] = expected
  const content = reader.take(tag)
  if (content.length !== expected.length - 2 || content.some((byte, i) => byte !== expected[i + 2])) {
    throw new RangeError('unexpected DER value')
  }
}

function sequence(...parts: readonly Uint8Array[]): Bytes {
  return value(SEQUENCE, concat(...parts))
}

function integer(positive: Uint8Array): Bytes {
  const [first = 0] = positive
  return value(INTEGER, first >= 0x80 ? concat(Uint8Array.of(0), positive) : positive)
}

function value(tag: number, content: Uint8Array): Bytes {
  const { length } = content
  const digits =
    length < 0x100 ? [length] : length < 0x10000 ? [length >> 8, length] : [length >> 16, length >> 8, length]
  const header = length < 0x80 ? [tag, length] : [tag, 0x80 + digits.length, ...digits]
  return concat(Uint8Array.from(header), content)
}
