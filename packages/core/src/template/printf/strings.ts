import { type ByteString, bytes, characters } from '../text/bytestring.ts'
import { canBackquote, quote } from '../text/quote.ts'
import { type Flags, pad } from './flags.ts'

/** Undefined for a verb that strings do not have. */
export function formatString(value: ByteString, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case 'v':
      return flags.sharpV ? quoted(value, flags) : pad(truncated(value, flags), flags)
    case 's':
      return pad(truncated(value, flags), flags)
    case 'q':
      return quoted(value, flags)
    case 'x':
    case 'X':
      return hexadecimal(value, verb, flags)
    default:
      return undefined
  }
}

/** The precision counts characters. */
function truncated(value: ByteString, { precision }: Flags): ByteString {
  if (precision === undefined || value.length <= precision) return value
  return bytes(characters(value).slice(0, precision).join(''))
}

function quoted(value: ByteString, flags: Flags): string {
  const kept = truncated(value, flags)
  return pad(flags.sharp && canBackquote(kept) ? `\`${kept}\`` : quote(kept, flags.plus), flags)
}

function hexadecimal(value: ByteString, verb: 'x' | 'X', flags: Flags): string {
  const pairs = Array.from(value.slice(0, flags.precision), (byte) => {
    const digits = byte.charCodeAt(0).toString(16).padStart(2, '0')
    return verb === 'X' ? digits.toUpperCase() : digits
  })
  const mark = flags.sharp ? `0${verb}` : ''
  if (pairs.length === 0) return pad('', flags)
  return pad(flags.space ? pairs.map((pair) => mark + pair).join(' ') : mark + pairs.join(''), flags)
}
