import { type ByteString, runeAt } from '../text/bytestring.ts'
import { isDigit, isLetter } from '../text/unicode.ts'

export function isAlphaNumeric(rune: number): boolean {
  return rune === 0x5f || isLetter(rune) || isDigit(rune)
}

/**
 * Finds where a number ends, generously: what is no number after all is found when its value is read.
 * `fits` is false where a letter or digit follows, which is then counted in.
 */
export function scanNumber(source: ByteString, from: number): { readonly end: number; readonly fits: boolean } {
  let at = from
  const accept = (letters: string): boolean => {
    const letter = source.charAt(at)
    const found = letter !== '' && letters.includes(letter)
    if (found) at += 1
    return found
  }
  const run = (letters: string): void => {
    while (accept(letters));
  }
  accept('+-')
  let digits = '0123456789_'
  if (accept('0')) {
    if (accept('xX')) digits = '0123456789abcdefABCDEF_'
    else if (accept('oO')) digits = '01234567_'
    else if (accept('bB')) digits = '01_'
  }
  run(digits)
  if (accept('.')) run(digits)
  const exponent = digits.length === 11 ? 'eE' : digits.length === 23 ? 'pP' : ''
  if (exponent !== '' && accept(exponent)) {
    accept('+-')
    run('0123456789_')
  }
  accept('i')
  const { code, width } = runeAt(source, at)
  const fits = width === 0 || !isAlphaNumeric(code)
  return { end: fits ? at : at + width, fits }
}
