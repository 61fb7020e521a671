import { plainScalar } from './scalar.ts'

/** JSON with two spaces and a newline at the end. Go escapes these letters, so the text is the same as kubeseal's. */
export function writeJson(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2)
  return `${text.replace(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}

/**
 * YAML that YAML 1.1 and 1.2 read alike: keys in Go's order, lists not indented, lines not folded, texts quoted where
 * any reader could take them for something else. Begins without `---`.
 * @param value JSON-like; undefined fields are left out
 */
export function writeYaml(value: unknown): Promise<string> {
  return Promise.resolve(writeNode(value, 0).replace(/^\n| /, ''))
}

/** A node as it follows `key:` or `-`: either ` scalar` and a newline, or a newline and lines of its own. */
function writeNode(value: unknown, indent: number): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []\n'
    return `\n${value.map((item) => `${' '.repeat(indent)}-${writeItem(item, indent + 2)}`).join('')}`
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    return entries.length === 0 ? ' {}\n' : `\n${writeEntries(entries, indent)}`
  }
  if (typeof value === 'string') return writeText(value, indent)
  return ` ${value === undefined ? 'null' : JSON.stringify(value)}\n`
}

/** A list's item: a mapping or list begins on the line of its dash. */
function writeItem(item: unknown, indent: number): string {
  const text = writeNode(item, indent)
  return text.startsWith('\n') ? ` ${text.slice(1 + indent)}` : text
}

function writeEntries(entries: readonly [string, unknown][], indent: number): string {
  const margin = ' '.repeat(indent)
  const sorted = entries.toSorted(([a], [b]) => byNature(a, b))
  return sorted.map(([key, item]) => `${margin}${writeKey(key)}:${writeNode(item, below(item, indent))}`).join('')
}

/** Lists stand at the indentation of their key, as Go writes them. */
function below(item: unknown, indent: number): number {
  return Array.isArray(item) ? indent : indent + 2
}

function writeKey(key: string): string {
  return isPlain(key) ? key : quote(key)
}

function writeText(text: string, indent: number): string {
  if (isPlain(text)) return ` ${text}\n`
  if (!LITERAL.test(text)) return ` ${quote(text)}\n`
  const margin = ' '.repeat(indent === 0 ? 2 : indent)
  const body = text.replace(/\n+$/, '')
  const trailing = text.length - body.length
  const lines = body.split('\n').map((line) => (line === '' ? '\n' : `${margin}${line}\n`))
  const header = trailing === 0 ? '|-' : trailing === 1 ? '|' : '|+'
  return ` ${header}\n${lines.join('')}${'\n'.repeat(Math.max(trailing - 1, 0))}`
}

/** Letters that need no escape anywhere; others are escaped. */
const VISIBLE =
  '\\x20-\\x7e\\u00a1-\\u00ac\\u00ae-\\u02ff\\u0370-\\u1fff\\u2010-\\u2027\\u2030-\\u205e\\u2190-\\ud7ff\\u{1f300}-\\u{1faff}'
/** Unquoted: no indicator in front, nothing that ends a plain scalar inside. */
const PLAIN = new RegExp(
  `^(?![-?:,[\\]{}#&*!|>'"%@\` ])(?:(?!: | #)[${VISIBLE}])*(?<![ :])$|^-[A-Za-z][-A-Za-z0-9_.]*$`,
  'u',
)
/** Several lines, the first not empty nor indented. */
const LITERAL = new RegExp(`^(?=[^\\n]*\\n)(?! )[${VISIBLE}][${VISIBLE}\\n]*$`, 'u')
/** Dates, times and sexagesimal numbers of YAML 1.1: no text to every reader. */
const OLD_TYPES =
  /^[-+]?[0-9][-0-9_:.]*(?:[ Tt].*)?$|^(?!\.{1,2}$)[-+.]?[0-9_,.]+$|^[-+]?[0-9_.]*[eE][-+]?[0-9]+$|^(?:=|<<)$/

/** Long base64, most of what is ever written: no word or number of any type is so long and begins with a letter. */
const LONG_WORD = /^[A-Za-z][A-Za-z0-9+/]{30,}={0,2}$/

function isPlain(text: string): boolean {
  if (LONG_WORD.test(text)) return true
  if (text === '' || text.startsWith('---') || text.startsWith('...')) return false
  return PLAIN.test(text) && typeof plainScalar(text) === 'string' && !OLD_TYPES.test(text)
}

/** Single quotes where nothing must be escaped and the text is no other type, else double ones, as Go does. */
function quote(text: string): string {
  const ordinary = new RegExp(`^[${VISIBLE}]+$`, 'u').test(text)
  if (ordinary && typeof plainScalar(text) === 'string' && !OLD_TYPES.test(text))
    return `'${text.replaceAll("'", "''")}'`
  return ordinary ? `"${text.replace(/["\\]/g, '\\$&')}"` : JSON.stringify(text).replace(/[^\x20-\x7e]/g, escapeUnit)
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Go's order of keys: letters after all else, runs of digits by their number, the rest by code point. */
export function byNature(a: string, b: string): number {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1
  const [x, y] = [a[at], b[at]]
  if (x === undefined || y === undefined) return a.length - b.length
  const [letterX, letterY] = [isLetter(x), isLetter(y)]
  if (letterX !== letterY) return letterX ? 1 : -1
  const [digitsX, digitsY] = [digitsAt(a, at), digitsAt(b, at)]
  if (!letterX && digitsX !== '' && digitsY !== '') {
    const difference = Number(digitsX) - Number(digitsY)
    return difference === 0 ? digitsX.length - digitsY.length : difference
  }
  return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0)
}

function isLetter(letter: string): boolean {
  return letter < '\u0080' ? /[A-Za-z]/.test(letter) : /\p{L}/u.test(letter)
}

function digitsAt(text: string, at: number): string {
  return /^[0-9]{0,15}/.exec(text.slice(at))?.[0] ?? ''
}
