import { decodeBase64, encodeBase64 } from '../../bytes.ts'
import { WaxsealError } from '../../errors.ts'
import { type ByteString, bytes, fromBytes, toBytes } from '../text/bytestring.ts'
import { type FunctionTable, go } from './go.ts'

/** The text of an error stands where the value would, as in sprig: it names a position only. */
function base64Decoded(text: ByteString): ByteString {
  try {
    return fromBytes(decodeBase64(text))
  } catch (error) {
    if (error instanceof WaxsealError) return bytes(error.message)
    throw error
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function base32Encoded(text: ByteString): ByteString {
  let out = ''
  for (let at = 0; at < text.length; at += 5) {
    const group = text.slice(at, at + 5)
    let bits = 0n
    for (let i = 0; i < 5; i++) bits = (bits << 8n) | BigInt(i < group.length ? group.charCodeAt(i) : 0)
    const letters = Math.ceil((group.length * 8) / 5)
    for (let i = 0; i < 8; i++) {
      out += i < letters ? ALPHABET.charAt(Number((bits >> BigInt(35 - 5 * i)) & 31n)) : '='
    }
  }
  return bytes(out)
}

const illegal = (position: number): ByteString => bytes(`illegal base32 data at input byte ${position}`)

/** Go's base32.StdEncoding: line ends are skipped, padding is required. */
function base32Decoded(source: ByteString): ByteString {
  const text = source.replace(/[\r\n]/g, '')
  let out = ''
  for (let at = 0; at < text.length; at += 8) {
    const group = text.slice(at, at + 8)
    const letters = /^[A-Z2-7]*/.exec(group)?.[0].length ?? 0
    const padding = group.slice(letters)
    if (group.length < 8 && letters === group.length) return illegal(at)
    if (letters < 8) {
      const isLast = text.length - at - letters <= 8
      if (!padding.startsWith('=') || letters < 2 || !isLast) return illegal(at + letters)
      if (group.length < 8) return illegal(text.length)
      if (!/^=+$/.test(padding)) return illegal(at + letters + padding.search(/[^=]/) - 1)
      if (letters === 3 || letters === 6) return illegal(at + letters)
    }
    out += groupBytes(group.slice(0, letters))
    if (letters < 8) break
  }
  return bytes(out)
}

function groupBytes(letters: string): string {
  let bits = 0n
  for (let i = 0; i < 8; i++) bits = (bits << 5n) | BigInt(i < letters.length ? ALPHABET.indexOf(letters.charAt(i)) : 0)
  const count = Math.floor((letters.length * 5) / 8)
  return Array.from({ length: count }, (_, i) => String.fromCharCode(Number((bits >> BigInt(32 - 8 * i)) & 255n))).join(
    '',
  )
}

export const ENCODINGS: FunctionTable = {
  b64enc: go('func(string) string', ({ budget }, text) => budget.made(bytes(encodeBase64(toBytes(text))))),
  b64dec: go('func(string) string', ({ budget }, text) => base64Decoded(budget.made(text))),
  b32enc: go('func(string) string', ({ budget }, text) => base32Encoded(budget.slow(text))),
  b32dec: go('func(string) string', ({ budget }, text) => base32Decoded(budget.slow(text))),
}
