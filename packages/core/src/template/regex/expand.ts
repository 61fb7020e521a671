import { type ByteString, runeAt } from '../text/bytestring.ts'
import { isDigit, isLetter } from '../text/unicode.ts'
import type { Match } from './expression.ts'

/** Puts groups into a replacement: `$1`, `${name}`, `$$`. What names no group is empty. */
export function expand(
  template: ByteString,
  text: ByteString,
  match: Match,
  names: ReadonlyMap<string, readonly number[]>,
): string {
  let out = ''
  for (let at = 0; ; ) {
    const dollar = template.indexOf('$', at)
    if (dollar < 0) return out + template.slice(at)
    out += template.slice(at, dollar)
    at = dollar + 1
    const reference = readName(template, at)
    if (template.charAt(at) === '$') {
      out += '$'
      at += 1
    } else if (reference === undefined) {
      out += '$'
    } else {
      out += groupText(reference.name, text, match, names)
      at = reference.next
    }
  }
}

/** A name goes as far as letters, digits and underscores do, unless it stands in braces. */
function readName(template: ByteString, at: number): { name: string; next: number } | undefined {
  const braced = template.charAt(at) === '{'
  const start = braced ? at + 1 : at
  let end = start
  for (;;) {
    const { code, width } = runeAt(template, end)
    if (width === 0 || !(code === 0x5f || isLetter(code) || isDigit(code))) break
    end += width
  }
  if (end === start || (braced && template.charAt(end) !== '}')) return undefined
  return { name: template.slice(start, end), next: braced ? end + 1 : end }
}

function groupText(
  name: string,
  text: ByteString,
  { groups }: Match,
  names: ReadonlyMap<string, readonly number[]>,
): string {
  const isNumber = /^(?:0|[1-9][0-9]{0,8})$/.test(name)
  const indexes = isNumber ? [Number(name)] : (names.get(name) ?? [])
  // Of groups with the same name the first that took part counts.
  const group = indexes.map((index) => groups[index]).find((found) => found !== undefined)
  return group === undefined ? '' : text.slice(group.start, group.end)
}
