import { type ByteString, bytes } from '../text/bytestring.ts'

/** The parts of a URL, by what may stand in them unescaped (RFC 3986 as Go's net/url reads it). */
export type Part = 'path' | 'userinfo' | 'host' | 'zone' | 'fragment'

const UNRESERVED = 'A-Za-z0-9\\-_.~'
const HOST = `${UNRESERVED}!$&'()*+,;=:\\[\\]<>"`
const ALLOWED: Readonly<Record<Part, string>> = {
  path: `${UNRESERVED}$&+,/:;=@`,
  userinfo: `${UNRESERVED}$&+,;=`,
  host: HOST,
  zone: HOST,
  fragment: `${UNRESERVED}$&+,/:;=?@!()*`,
}

export function escapeUrl(text: ByteString, part: Part): ByteString {
  const escaped = text.replace(new RegExp(`[^${ALLOWED[part]}]`, 'g'), (letter) => {
    return `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
  return bytes(escaped)
}

function isAllowed(letter: string, part: Part): boolean {
  return new RegExp(`^[${ALLOWED[part]}]$`).test(letter)
}

/** Undefined where an escape is wrong, or a letter may not stand in a host. */
export function unescapeUrl(text: ByteString, part: Part): ByteString | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined
  if ((part === 'host' || part === 'zone') && !isHost(text, part)) return undefined
  return bytes(text.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))))
}

/** In hosts only bytes beyond ASCII are escaped; zones may escape what may stand there, percent and space. */
function isHost(text: ByteString, part: 'host' | 'zone'): boolean {
  for (const [, digits = ''] of text.matchAll(/%(..)/g)) {
    if (digits === '25') continue
    const code = Number.parseInt(digits, 16)
    if (part === 'host' ? code < 0x80 : code !== 0x20 && !isAllowed(String.fromCharCode(code), part)) return false
  }
  return new RegExp(`^(?:[${ALLOWED[part]}]|%..|[\\x80-\\xff])*$`).test(text)
}
