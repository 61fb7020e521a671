import { HEADER_LENGTH } from '@waxseal/core/git-crypt'

/** Collects the first bytes of a stream, and hands on what follows once they are whole. */
export interface Head {
  /** The bytes of this chunk that come after the head. */
  push(chunk: Uint8Array): Uint8Array
  /** Whole when it has HEADER_LENGTH bytes; shorter while, or because, no more came. */
  bytes(): Uint8Array
  readonly isWhole: boolean
}

export function readHead(): Head {
  const head = new Uint8Array(HEADER_LENGTH)
  let length = 0
  return {
    push(chunk) {
      const count = Math.min(HEADER_LENGTH - length, chunk.length)
      head.set(chunk.subarray(0, count), length)
      length += count
      return chunk.subarray(count)
    },
    bytes: () => head.subarray(0, length),
    get isWhole() {
      return length === HEADER_LENGTH
    },
  }
}
