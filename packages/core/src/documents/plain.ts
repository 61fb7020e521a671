import { plainScalar } from './scalar.ts'

/**
 * Reads the YAML that most manifests are made of: block mappings whose values are mappings, unquoted or quoted texts on
 * one line, or literal blocks. Anything else, or anything odd, gives undefined and is left to the real parser; what is
 * read here, the real parser reads alike. Ten times as fast, and the parser need not be loaded.
 */
export function readPlainYaml(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!SIMPLE.test(text)) return undefined
  const reader = new PlainReader(text.split('\n'))
  try {
    return reader.document()
  } catch (error) {
    if (error === BEYOND) return undefined
    throw error
  }
}

/** Printable ASCII and line feeds: no tabs, no other line ends, nothing that versions of YAML treat differently. */
const SIMPLE = /^[\n\x20-\x7e]*$/
/** Indentation, a plain or quoted key, and what follows the colon. */
const ENTRY = /^( *)(?:([A-Za-z0-9_.][-A-Za-z0-9_./]*)|"([-A-Za-z0-9_./]+)"|'([-A-Za-z0-9_./]+)'):(?: +(.*))?$/
const PLAIN = /^(?:[A-Za-z0-9_./+=]|-[A-Za-z0-9])/
const SINGLE = /^'((?:[^']|'')*)'(?: *| +#.*)$/
const DOUBLE = /^"([^"\\]*)"(?: *| +#.*)$/
const LITERAL = /^\|([-+]?) *$/
const BLANK_OR_COMMENT = /^ *(?:#.*)?$/
const MAX_DEPTH = 20

/** Thrown when the text is beyond this reader. */
const BEYOND = new Error('beyond the plain subset')

class PlainReader {
  readonly #lines: readonly string[]
  #at = 0

  constructor(lines: readonly string[]) {
    this.#lines = lines
  }

  document(): Record<string, unknown> {
    if (this.#skip() !== 0) throw BEYOND
    const mapping = this.#mapping(0, 0)
    if (this.#at < this.#lines.length) throw BEYOND
    return mapping
  }

  /** Moves to the next line with content and returns its indentation; -1 at the end. */
  #skip(): number {
    for (; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at] ?? ''
      if (line !== '' && !BLANK_OR_COMMENT.test(line)) return indentation(line)
    }
    return -1
  }

  /** The entries that stand at this indentation, from the current line on. */
  #mapping(indent: number, depth: number): Record<string, unknown> {
    if (depth > MAX_DEPTH) throw BEYOND
    const mapping: Record<string, unknown> = {}
    for (;;) {
      const [, spaces, plain, double, single, rest = ''] = ENTRY.exec(this.#lines[this.#at] ?? '') ?? []
      const key = plain ?? double ?? single
      if (spaces === undefined || key === undefined || key === '__proto__' || Object.hasOwn(mapping, key)) throw BEYOND
      if (plain !== undefined && typeof plainScalar(plain) !== 'string') throw BEYOND
      this.#at += 1
      mapping[key] = this.#value(rest, indent, depth)
      const next = this.#skip()
      if (next < indent) return mapping
      // Deeper lines would continue the value, which is then no single line.
      if (next > indent) throw BEYOND
    }
  }

  /** The value whose first line's text is given; the current line is the one after it. */
  #value(text: string, indent: number, depth: number): unknown {
    if (text === '' || text.startsWith('#')) {
      const next = this.#skip()
      return next > indent ? this.#mapping(next, depth + 1) : null
    }
    if (text.startsWith("'")) return matched(SINGLE, text).replaceAll("''", "'")
    if (text.startsWith('"')) return matched(DOUBLE, text)
    if (text.startsWith('|')) return this.#literal(matched(LITERAL, text), indent)
    if (!PLAIN.test(text) || text.includes(': ') || text.includes(' #') || text.endsWith(':')) throw BEYOND
    return plainScalar(text.trimEnd())
  }

  /** A literal block scalar (YAML 1.2, 8.1.2) whose indentation its first line shows. */
  #literal(chomp: string, parent: number): string {
    const first = this.#lines[this.#at] ?? ''
    const indent = indentation(first)
    if (indent <= parent || indent === first.length) throw BEYOND
    const lines: string[] = []
    for (; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at] ?? ''
      const own = indentation(line)
      if (own < indent && own < line.length) {
        if (own > parent) throw BEYOND
        break
      }
      // Too few spaces for a blank line are no content; the reader of the stream's last line sees none either.
      lines.push(line.slice(indent))
    }
    return chomped(lines, chomp, this.#at === this.#lines.length)
  }
}

function indentation(line: string): number {
  let count = 0
  while (line.charCodeAt(count) === 0x20) count += 1
  return count
}

function matched(pattern: RegExp, text: string): string {
  const found = pattern.exec(text)?.[1]
  if (found === undefined) throw BEYOND
  return found
}

/** Joins the lines and cuts their end as the header says. At the end of the text the last line is only what its newline left. */
function chomped(lines: readonly string[], chomp: string, atEnd: boolean): string {
  if (atEnd && lines.at(-1) !== '') throw BEYOND
  const text = (atEnd ? lines.slice(0, -1) : lines).map((line) => `${line}\n`).join('')
  if (chomp === '+') return text
  const stripped = text.replace(/\n+$/, '')
  return chomp === '-' || stripped === '' ? stripped : `${stripped}\n`
}
