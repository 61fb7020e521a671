import type { Conversion } from '../../../src/git/filter/conversion.ts'

export interface Converted {
  readonly bytes: Buffer
  readonly warning: string | undefined
}

/** Runs a conversion over input cut into pieces of one size, in a buffer that is reused as the filters reuse theirs. */
export function convert(conversion: Conversion, input: Uint8Array, piece = 65_516): Converted {
  try {
    const buffer = Buffer.alloc(Math.max(1, Math.min(piece, input.length)))
    for (let at = 0; at < input.length; at += piece) {
      const part = input.subarray(at, at + piece)
      buffer.set(part)
      conversion.write(buffer.subarray(0, part.length))
    }
    const { output, warning } = conversion.finish()
    return { bytes: Buffer.concat([...output].map((each) => Uint8Array.from(each))), warning }
  } finally {
    conversion.close()
  }
}
