import type { Budget } from '../budget.ts'
import { CallFault } from '../fault.ts'
import { type ByteString, bytes, characters, encode, runeAt, runesOf } from '../text/bytestring.ts'
import { quote } from '../text/quote.ts'
import { isSpace } from '../text/unicode.ts'
import { compareBytes, Dict, List, strings } from '../value/values.ts'
import { textsOf, toText, toTexts } from './convert.ts'
import { type FunctionTable, go } from './go.ts'

/** Refuses a count that Go refuses, and one that makes too much. */
function repeated(text: ByteString, count: bigint, budget: Budget): ByteString {
  if (count < 0n) throw new CallFault('strings: negative Repeat count')
  budget.text(text.length === 0 ? 0 : Number(count) * text.length)
  return text === '' ? text : bytes(text.repeat(Number(count)))
}

function replaceAll(text: ByteString, from: ByteString, to: ByteString, budget: Budget): ByteString {
  if (from === '') budget.slow(text)
  budget.search(text, from)
  const pieces = from === '' ? ['', ...characters(text), ''] : text.split(from)
  budget.elements(pieces.length)
  budget.text(text.length + (pieces.length - 1) * to.length)
  // An empty text stands before every character and at the end.
  if (from === '')
    return bytes(
      text === ''
        ? to
        : to +
            characters(text)
              .map((letter) => letter + to)
              .join(''),
    )
  return bytes(pieces.join(to))
}

function indented(text: ByteString, spaces: bigint, budget: Budget): ByteString {
  const pad = repeated(bytes(' '), spaces, budget)
  return bytes(pad + replaceAll(text, bytes('\n'), bytes(`\n${pad}`), budget))
}

function split(text: ByteString, separator: ByteString, budget: Budget, limit = -1): ByteString[] {
  if (limit === 0) return []
  if (separator === '') budget.slow(text)
  budget.search(text, separator)
  const pieces = separator === '' ? characters(text) : text.split(separator).map(bytes)
  budget.elements(pieces.length)
  if (limit < 0 || pieces.length <= limit) return pieces
  return [...pieces.slice(0, limit - 1), bytes(pieces.slice(limit - 1).join(separator))]
}

/** Sprig's split: a map of `_0`, `_1` and so on. */
function numbered(pieces: readonly ByteString[]): Dict {
  return new Dict('map[string]string', new Map(pieces.map((piece, index) => [bytes(`_${index}`), piece] as const)))
}

function trimmedBy(text: ByteString, drops: (rune: number) => boolean): ByteString {
  let start = 0
  let end = 0
  // The end is behind the last character that stays.
  for (let at = 0; at < text.length; ) {
    const { code, width } = runeAt(text, at)
    at += width
    if (!drops(code)) end = at
    else if (end === 0) start = at
  }
  return bytes(text.slice(start, Math.max(start, end)))
}

function trimSet(set: ByteString, text: ByteString): ByteString {
  const runes = new Set(runesOf(set))
  return trimmedBy(text, (rune) => runes.has(rune))
}

function slice(text: ByteString, from: number, to: number): ByteString {
  if (from < 0 || to < from || to > text.length) throw new CallFault('runtime error: slice bounds out of range')
  return bytes(text.slice(from, to))
}

function substring(start: number, end: number, text: ByteString): ByteString {
  if (start < 0) return slice(text, 0, end)
  return slice(text, start, end < 0 || end > text.length ? text.length : end)
}

/** Bytes that are no white space of Latin-1, which is what the others become when one is dropped. */
function withoutSpace(text: ByteString): ByteString {
  const kept = text.replace(/[\t-\r \x85\xa0]/g, '')
  return kept.length === text.length ? text : encode(kept)
}

const trimAll = go('func(string, string) string', ({ budget }, set, text) =>
  trimSet(budget.slow(set), budget.slow(text)),
)

export const STRINGS: FunctionTable = {
  hello: go('func() string', () => bytes('Hello!')),
  trim: go('func(string) string', ({ budget }, text) => trimmedBy(budget.slow(text), isSpace)),
  trimAll,
  trimall: trimAll,
  trimPrefix: go('func(string, string) string', (_, prefix, text) =>
    text.startsWith(prefix) ? bytes(text.slice(prefix.length)) : text,
  ),
  trimSuffix: go('func(string, string) string', (_, suffix, text) =>
    text.endsWith(suffix) ? bytes(text.slice(0, text.length - suffix.length)) : text,
  ),
  contains: go('func(string, string) bool', ({ budget }, part, text) => {
    budget.search(text, part)
    return text.includes(part)
  }),
  hasPrefix: go('func(string, string) bool', (_, prefix, text) => text.startsWith(prefix)),
  hasSuffix: go('func(string, string) bool', (_, suffix, text) => text.endsWith(suffix)),
  nospace: go('func(string) string', ({ budget }, text) => withoutSpace(budget.slow(text))),
  trunc: go('func(int, string) string', (_, size, text) => {
    const count = Number(size)
    if (count < 0) return text.length + count > 0 ? bytes(text.slice(text.length + count)) : text
    return bytes(text.slice(0, count))
  }),
  substr: go('func(int, int, string) string', (_, start, end, text) => substring(Number(start), Number(end), text)),
  repeat: go('func(int, string) string', ({ budget }, count, text) => repeated(text, count, budget)),
  replace: go('func(string, string, string) string', ({ budget }, from, to, text) =>
    replaceAll(text, from, to, budget),
  ),
  plural: go('func(string, string, int) string', (_, one, many, count) => (count === 1n ? one : many)),
  indent: go('func(int, string) string', ({ budget }, spaces, text) => indented(text, spaces, budget)),
  nindent: go('func(int, string) string', ({ budget }, spaces, text) => bytes(`\n${indented(text, spaces, budget)}`)),
  quote: go('func(...interface {}) string', ({ budget }, ...values) => {
    const present = values.filter((value) => value !== null)
    return bytes(present.map((value) => quote(budget.slow(toText(value, budget)))).join(' '))
  }),
  squote: go('func(...interface {}) string', ({ budget }, ...values) => {
    const present = values.filter((value) => value !== null)
    return bytes(present.map((value) => `'${budget.made(toText(value, budget))}'`).join(' '))
  }),
  cat: go('func(...interface {}) string', ({ budget }, ...values) => {
    const present = values.filter((value) => value !== null)
    return bytes(present.map((value) => budget.made(toText(value, budget))).join(' '))
  }),
  join: go('func(string, interface {}) string', ({ budget }, separator, value) => {
    const texts = textsOf(toTexts(value, budget))
    budget.text(texts.reduce((sum, text) => sum + text.length + separator.length, 0))
    return bytes(texts.join(separator))
  }),
  split: go('func(string, string) map[string]string', ({ budget }, separator, text) =>
    numbered(split(text, separator, budget)),
  ),
  splitn: go('func(string, int, string) map[string]string', ({ budget }, separator, limit, text) =>
    numbered(split(text, separator, budget, Number(limit))),
  ),
  splitList: go('func(string, string) []string', ({ budget }, separator, text) =>
    strings(split(text, separator, budget)),
  ),
  sortAlpha: go('func(interface {}) []string', ({ budget }, value) => {
    if (!(value instanceof List)) return strings([toText(value, budget)])
    const list = toTexts(value, budget)
    const texts = textsOf(list)
    const total = texts.reduce((sum, text) => sum + text.length, 0)
    budget.spend(texts.length + (total >> 6) * Math.ceil(Math.log2(texts.length + 1)))
    // In place: Go sorts the list of strings that it was given.
    list.items.splice(0, list.items.length, ...texts.toSorted(compareBytes))
    return list
  }),
}
