import { type ByteString, bytes, encodeRune, mapRunes, runesOf } from '../text/bytestring.ts'
import { isDigit, isLetter, isLower, isSpace, isTitle, isUpper, toLower, toTitle, toUpper } from '../text/unicode.ts'
import { type FunctionTable, type GoFunction, go } from './go.ts'
import { toCamelCase, toDelimitedCase } from './words.ts'

/** Go's strings.Title: what follows no letter, digit or underscore begins a word. */
function titleCase(text: ByteString): ByteString {
  let begins = true
  return mapRunes(text, (rune) => {
    const changed = begins ? toTitle(rune) : rune
    begins = separates(rune)
    return changed
  })
}

function separates(rune: number): boolean {
  if (rune === 0x5f || isLetter(rune) || isDigit(rune)) return false
  return rune < 0x80 || isSpace(rune)
}

function uncapitalize(text: ByteString): ByteString {
  let begins = true
  return mapRunes(text, (rune) => {
    if (isSpace(rune)) {
      begins = true
      return rune
    }
    const changed = begins ? toLower(rune) : rune
    begins = false
    return changed
  })
}

function swapCase(text: ByteString): ByteString {
  let afterSpace = true
  return mapRunes(text, (rune) => {
    if (isUpper(rune) || isTitle(rune)) {
      afterSpace = false
      return toLower(rune)
    }
    if (!isLower(rune)) {
      afterSpace = isSpace(rune)
      return rune
    }
    const changed = afterSpace ? toTitle(rune) : toUpper(rune)
    afterSpace = false
    return changed
  })
}

/** First bytes of words, taken for Latin-1. */
function initials(text: ByteString): ByteString {
  let out = ''
  let afterSpace = true
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i)
    if (!isSpace(byte) && afterSpace) out += encodeRune(byte)
    afterSpace = isSpace(byte)
  }
  return bytes(out)
}

/** Cuts to so many bytes with an ellipsis, from an offset on. */
function abbreviate(text: ByteString, offset: number, width: number): ByteString {
  if (text.length <= width || width < 4) return text
  const room = width - 3
  const start = Math.min(Math.min(offset, text.length), text.length - room)
  if (start <= 4) return bytes(`${text.slice(0, room)}...`)
  if (width < 7) return bytes('')
  if (start + room >= text.length) return bytes(`...${text.slice(text.length - room)}`)
  return bytes(`...${room < 4 ? '' : abbreviate(bytes(text.slice(start)), 0, room)}`)
}

function delimited(connector: '_' | '-'): GoFunction {
  return go('func(string) string', ({ budget }, text) => {
    // Cutting into words takes longer than anything else that is done with letters.
    budget.spend(text.length)
    return toDelimitedCase(text, connector)
  })
}

export const LETTERS: FunctionTable = {
  upper: go('func(string) string', ({ budget }, text) => mapRunes(budget.slow(text), toUpper)),
  lower: go('func(string) string', ({ budget }, text) => mapRunes(budget.slow(text), toLower)),
  title: go('func(string) string', ({ budget }, text) => titleCase(budget.slow(text))),
  untitle: go('func(string) string', ({ budget }, text) => uncapitalize(budget.slow(text))),
  swapcase: go('func(string) string', ({ budget }, text) => swapCase(budget.slow(text))),
  snakecase: delimited('_'),
  kebabcase: delimited('-'),
  camelcase: go('func(string) string', ({ budget }, text) => toCamelCase([...runesOf(budget.slow(text))])),
  initials: go('func(string) string', ({ budget }, text) => initials(budget.slow(text))),
  abbrev: go('func(int, string) string', (_, width, text) => abbreviate(text, 0, Number(width))),
  abbrevboth: go('func(int, int, string) string', (_, left, right, text) =>
    right < 4n || (left > 0n && right < 7n) ? text : abbreviate(text, Number(left), Number(right)),
  ),
}
