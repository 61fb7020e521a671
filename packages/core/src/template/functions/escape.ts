import type { Budget } from '../budget.ts'
import { sprint } from '../printf/print.ts'
import { type ByteString, bytes, runeAt } from '../text/bytestring.ts'
import { isPrintable } from '../text/unicode.ts'
import type { Value } from '../value/values.ts'

const NO_VALUE = bytes('<no value>')

/** The text of the arguments, as html, js and urlquery take it. */
export function joined(values: readonly Value[], budget: Budget): ByteString {
  const shown = values.map((value) => value ?? NO_VALUE)
  return budget.slow(sprint(shown, budget))
}

const HTML: Readonly<Record<string, string>> = {
  '\0': '\xef\xbf\xbd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
}

export function escapeHtml(text: ByteString, budget: Budget): ByteString {
  return budget.made(bytes(text.replace(/[\0"'&<>]/g, (letter) => HTML[letter] ?? letter)))
}

export function escapeQuery(text: ByteString, budget: Budget): ByteString {
  const escaped = text.replace(/[^A-Za-z0-9_.~-]/g, (letter) => {
    if (letter === ' ') return '+'
    return `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
  return budget.made(bytes(escaped))
}

const hex4 = (code: number): string => `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`

export function escapeJs(text: ByteString, budget: Budget): ByteString {
  let out = ''
  for (let at = 0; at < text.length; ) {
    const { code, width } = runeAt(text, at)
    const letter = text.slice(at, at + width)
    if (/^[\\'"]$/.test(letter)) out += `\\${letter}`
    else if (/^[<>&=]$/.test(letter) || code < 0x20) out += hex4(code)
    else out += code < 0x80 || isPrintable(code) ? letter : hex4(code)
    at += width
  }
  return budget.made(bytes(out))
}
