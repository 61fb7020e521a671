import { type Bytes, equalBytes, unshared, utf8 } from './bytes.ts'

const REDACTED = '[redacted]'

/**
 * A decrypted or not yet encrypted value. Every way a program prints things by accident (template strings, JSON,
 * util.inspect, console.log, structured logs) shows `[redacted]`; only `reveal` gives the bytes.
 */
export class Plaintext {
  readonly #bytes: Bytes

  static {
    // Defined this way because a computed member cannot be part of a declaration made file by file.
    Object.defineProperty(Plaintext.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: () => REDACTED })
  }

  private constructor(bytes: Bytes) {
    this.#bytes = bytes
  }

  /** Takes the bytes over without copying; they must not be changed afterwards. */
  static of(bytes: Uint8Array): Plaintext {
    return new Plaintext(unshared(bytes))
  }

  static text(text: string): Plaintext {
    return new Plaintext(utf8(text))
  }

  /** The bytes themselves, not a copy: to be read, not changed. */
  reveal(): Bytes {
    return this.#bytes
  }

  get length(): number {
    return this.#bytes.length
  }

  equals(other: Plaintext): boolean {
    return equalBytes(this.#bytes, other.#bytes)
  }

  toJSON(): string {
    return REDACTED
  }

  toString(): string {
    return REDACTED
  }
}
