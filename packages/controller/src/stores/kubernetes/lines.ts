/** API servers send nothing but UTF-8; a replacement character would hide that an answer was damaged on its way. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @throws TypeError for bytes that are no UTF-8 */
export const strictText = (bytes: Uint8Array): string => UTF_8.decode(bytes)

/**
 * Splits a byte stream into lines, however the chunks are cut (through a line, through a UTF-8 sequence). Throws
 * `RangeError` once a line is longer than `maxBytes`, so that a server that sends no newline cannot fill the memory, or when
 * it is not UTF-8.
 */
export class LineSplitter {
  readonly #maxBytes: number
  #parts: Buffer[] = []
  #length = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The lines that `chunk` completes, without their newline; empty lines are left out. */
  *push(chunk: Buffer): Generator<string> {
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      this.#keep(chunk.subarray(start, end))
      start = end + 1
      const line = this.#take()
      if (line !== '') yield line
    }
    this.#keep(chunk.subarray(start))
  }

  /** True when the stream so far ends inside a line. */
  get partial(): boolean {
    return this.#length > 0
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return
    this.#length += part.length
    if (this.#length > this.#maxBytes) throw new RangeError(`a line exceeds ${this.#maxBytes} bytes`)
    this.#parts.push(part)
  }

  #take(): string {
    const [first] = this.#parts
    const line = this.#parts.length === 1 && first ? first : Buffer.concat(this.#parts)
    this.#parts = []
    this.#length = 0
    try {
      return strictText(line)
    } catch {
      throw new RangeError('it sent something that is no UTF-8')
    }
  }
}
