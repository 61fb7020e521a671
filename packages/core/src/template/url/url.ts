import { CallFault } from '../fault.ts'
import { type ByteString, bytes, EMPTY } from '../text/bytestring.ts'
import { escapeUrl, unescapeUrl } from './escape.ts'
import { isIpv6 } from './ip.ts'

/** The parts of Go's url.URL that sprig shows, unescaped but for the query and the user. */
export interface Url {
  readonly scheme: ByteString
  readonly opaque: ByteString
  /** Name, and password behind a colon, each escaped; undefined where there is no user. */
  readonly userinfo: ByteString | undefined
  readonly host: ByteString
  readonly path: ByteString
  readonly query: ByteString
  readonly fragment: ByteString
}

function fault(message: string): never {
  throw new CallFault(message)
}

function unescaped(text: string, part: 'path' | 'userinfo' | 'host' | 'zone' | 'fragment'): ByteString {
  return (
    unescapeUrl(bytes(text), part) ?? fault(part === 'host' ? 'invalid character in host name' : 'invalid URL escape')
  )
}

function cut(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)]
}

/** Reads a URL as Go's url.Parse. Throws CallFault, which holds no piece of it. */
export function parseUrl(source: ByteString): Url {
  const [text, anchor] = cut(source, '#')
  if (/\p{Cc}/u.test(text.replace(/[\x80-\xff]/g, ''))) fault('net/url: invalid control character in URL')
  const fragment = unescaped(anchor, 'fragment')
  const none = { scheme: EMPTY, opaque: EMPTY, userinfo: undefined, host: EMPTY, query: EMPTY, path: EMPTY, fragment }
  if (text === '*') return { ...none, path: bytes('*') }
  if (text.startsWith(':')) fault('missing protocol scheme')
  const given = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1] ?? ''
  const scheme = bytes(given.toLowerCase())
  const [rest, query] = cut(given === '' ? text : text.slice(given.length + 1), '?')
  const base = { ...none, scheme, query: bytes(query) }
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...base, opaque: bytes(rest) }
    if (cut(rest, '/')[0].includes(':')) fault('first path segment in URL cannot contain colon')
  }
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))
  if (!hasAuthority) return { ...base, path: unescaped(rest, 'path') }
  const slash = rest.indexOf('/', 2)
  const authority = rest.slice(2, slash < 0 ? undefined : slash)
  const path = unescaped(slash < 0 ? '' : rest.slice(slash), 'path')
  return { ...base, ...parseAuthority(authority, scheme), path }
}

function parseAuthority(authority: string, scheme: string): Pick<Url, 'userinfo' | 'host'> {
  const at = authority.lastIndexOf('@')
  const host = parseHost(authority.slice(at + 1), scheme)
  if (at < 0) return { userinfo: undefined, host }
  const userinfo = authority.slice(0, at)
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(userinfo)) fault('net/url: invalid userinfo')
  return { userinfo: normalUserinfo(userinfo), host }
}

function normalUserinfo(userinfo: string): ByteString {
  const [name, password] = cut(userinfo, ':')
  const part = (text: string): string => escapeUrl(unescaped(text, 'userinfo'), 'userinfo')
  return bytes(userinfo.includes(':') ? `${part(name)}:${part(password)}` : part(name))
}

const PORT = /^(?::[0-9]*)?$/

function parseHost(host: string, scheme: string): ByteString {
  const bracket = host.lastIndexOf('[')
  if (bracket > 0) fault('invalid IP-literal')
  if (bracket === 0) return parseLiteral(host)
  const first = host.indexOf(':')
  const colon = scheme === 'http' || scheme === 'https' ? first : host.lastIndexOf(':')
  if (colon >= 0 && !PORT.test(host.slice(colon))) fault('invalid port after host')
  return unescaped(host, 'host')
}

function parseLiteral(host: string): ByteString {
  const close = host.lastIndexOf(']')
  if (close < 0) fault("missing ']' in host")
  const port = host.slice(close + 1)
  if (!PORT.test(port)) fault('invalid port after host')
  const inside = host.slice(1, close)
  const zone = inside.indexOf('%25')
  const address = zone < 0 ? unescaped(inside, 'host') : unescaped(inside.slice(0, zone), 'host')
  const zoneText = zone < 0 ? '' : unescaped(inside.slice(zone), 'zone')
  if (!isIpv6(address + zoneText)) fault('invalid host')
  return bytes(`[${address}${zoneText}]${port}`)
}

/** The host without its port and brackets. */
export function hostname({ host }: Url): ByteString {
  const colon = host.lastIndexOf(':')
  const name = colon >= 0 && PORT.test(host.slice(colon)) ? host.slice(0, colon) : host
  return bytes(name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name)
}

/** Writes a URL as Go's URL.String, from parts that say nothing of how they were escaped. */
export function formatUrl(url: Url): ByteString {
  const scheme = url.scheme === '' ? '' : `${url.scheme}:`
  const query = url.query === '' ? '' : `?${url.query}`
  const fragment = url.fragment === '' ? '' : `#${escapeUrl(url.fragment, 'fragment')}`
  return bytes(`${scheme}${url.opaque === '' ? hierarchy(url, scheme) : url.opaque}${query}${fragment}`)
}

function hierarchy({ host, userinfo, path }: Url, scheme: string): string {
  const hasAuthority = (scheme !== '' && path !== '') || host !== '' || userinfo !== undefined
  const user = userinfo === undefined ? '' : `${userinfo}@`
  const authority = hasAuthority ? `//${user}${escapeUrl(host, 'host')}` : ''
  const escaped = path === '*' ? '*' : escapeUrl(path, 'path')
  const slash = escaped !== '' && !escaped.startsWith('/') && host !== '' ? '/' : ''
  const isBare = scheme === '' && authority === '' && slash === ''
  const dot = isBare && cut(escaped, '/')[0].includes(':') ? './' : ''
  return `${authority}${slash}${dot}${escaped}`
}
