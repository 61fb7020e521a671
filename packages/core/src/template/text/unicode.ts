/** Classes and simple case mappings of code points, as Go's package unicode has them: one code point to one. */

const LETTER = /^\p{L}$/u
const DIGIT = /^\p{Nd}$/u
const UPPER = /^\p{Lu}$/u
const LOWER = /^\p{Ll}$/u
const TITLE = /^\p{Lt}$/u
const GRAPHIC = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u
const DOTTED_CAPITAL_I = 0x130

function is(pattern: RegExp, rune: number): boolean {
  return pattern.test(String.fromCodePoint(rune))
}

export function isLetter(rune: number): boolean {
  if (rune < 0x80) return (rune >= 0x61 && rune <= 0x7a) || (rune >= 0x41 && rune <= 0x5a)
  return is(LETTER, rune)
}

export function isDigit(rune: number): boolean {
  return rune < 0x80 ? rune >= 0x30 && rune <= 0x39 : is(DIGIT, rune)
}

export function isUpper(rune: number): boolean {
  return is(UPPER, rune)
}

export function isLower(rune: number): boolean {
  return is(LOWER, rune)
}

export function isTitle(rune: number): boolean {
  return is(TITLE, rune)
}

/** White_Space of Unicode. */
export function isSpace(rune: number): boolean {
  if (rune < 0x100) return (rune >= 9 && rune <= 13) || rune === 0x20 || rune === 0x85 || rune === 0xa0
  if (rune === 0x1680 || rune === 0x2028 || rune === 0x2029 || rune === 0x202f) return true
  return (rune >= 0x2000 && rune <= 0x200a) || rune === 0x205f || rune === 0x3000
}

/** What a quoted text may hold as it is: graphic characters, and of the spaces only U+0020. */
export function isPrintable(rune: number): boolean {
  return rune < 0x7f ? rune >= 0x20 : is(GRAPHIC, rune)
}

export function toUpper(rune: number): number {
  if (rune < 0x80) return rune >= 0x61 && rune <= 0x7a ? rune - 32 : rune
  return single(String.fromCodePoint(rune).toUpperCase()) ?? greekCapital(rune)
}

export function toLower(rune: number): number {
  if (rune < 0x80) return rune >= 0x41 && rune <= 0x5a ? rune + 32 : rune
  if (rune === DOTTED_CAPITAL_I) return 0x69
  return single(String.fromCodePoint(rune).toLowerCase()) ?? rune
}

export function toTitle(rune: number): number {
  // Digraphs have a form for titles of their own, and Georgian letters have none.
  if (rune >= 0x1c4 && rune <= 0x1cc) return rune <= 0x1c6 ? 0x1c5 : rune <= 0x1c9 ? 0x1c8 : 0x1cb
  if (rune >= 0x1f1 && rune <= 0x1f3) return 0x1f2
  if (rune >= 0x10d0 && rune <= 0x10ff) return rune
  return toUpper(rune)
}

function single(text: string): number | undefined {
  const rune = text.codePointAt(0) ?? 0
  return text.length === (rune > 0xffff ? 2 : 1) ? rune : undefined
}

/** Letters whose full mapping is two letters, but whose simple one is the letter with prosgegrammeni. */
function greekCapital(rune: number): number {
  if (rune >= 0x1f80 && rune <= 0x1faf) return rune | 8
  return rune === 0x1fb3 || rune === 0x1fc3 || rune === 0x1ff3 ? rune + 9 : rune
}
