/** IP addresses as Go's netip reads them. */

const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`)

/** The 4 bytes of `10.0.0.1`. Undefined where it is none. */
export function parseIpv4(text: string): number[] | undefined {
  return IPV4.test(text) ? text.split('.').map(Number) : undefined
}

/** The 16 bytes of an IPv6 address without a zone. */
export function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map((half) => (half === '' ? [] : readGroups(half)))
  const [head, tail] = groups
  if (head === undefined) return undefined
  if (halves.length === 1) return head.length === 16 ? head : undefined
  if (tail === undefined || head.length + tail.length > 14) return undefined
  return [...head, ...Array.from({ length: 16 - head.length - tail.length }, () => 0), ...tail]
}

function readGroups(text: string): number[] | undefined {
  const parts = text.split(':')
  const out: number[] = []
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1 ? parseIpv4(part) : undefined
    if (last !== undefined) out.push(...last)
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      const value = Number.parseInt(part, 16)
      out.push(value >> 8, value & 255)
    } else return undefined
  }
  return out
}

/** With an optional zone behind a percent sign. */
export function isIpv6(text: string): boolean {
  const [address = '', ...zone] = text.split('%')
  if (text.includes('%') && zone.join('%') === '') return false
  return parseIpv6(address) !== undefined
}
