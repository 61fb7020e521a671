import { emptyRecord } from '../parse.ts'

/** Where and why a text is not what it should be. */
export class SyntaxProblem extends Error {
  /** Index into the text. */
  readonly index: number

  constructor(message: string, index: number) {
    super(message)
    this.name = 'SyntaxProblem'
    this.index = index
  }
}

export interface JsonValue {
  readonly value: unknown
  readonly start: number
  readonly end: number
}

const SPACE = /[ \t\r\n]*/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y
/** From quote to quote; JSON.parse checks what is inside. */
const STRING = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y

/**
 * Reads the JSON value (RFC 8259) that begins at or after an index. Unlike JSON.parse it refuses duplicate names, says
 * where the value ends, and bounds the depth.
 * @throws SyntaxProblem
 */
export function readJson(text: string, from: number, maxDepth: number): JsonValue {
  const reader = new JsonReader(text, from, maxDepth)
  const start = reader.skipSpace()
  return { value: reader.value(0), start, end: reader.at }
}

/** The index of the first character at or after `from` that is no white space. */
export function skipJsonSpace(text: string, from: number): number {
  SPACE.lastIndex = from
  SPACE.test(text)
  return SPACE.lastIndex
}

class JsonReader {
  at: number
  readonly #text: string
  readonly #maxDepth: number

  constructor(text: string, at: number, maxDepth: number) {
    this.#text = text
    this.at = at
    this.#maxDepth = maxDepth
  }

  skipSpace(): number {
    this.at = skipJsonSpace(this.#text, this.at)
    return this.at
  }

  value(depth: number): unknown {
    if (depth > this.#maxDepth) throw new SyntaxProblem('nested too deeply', this.at)
    switch (this.#text[this.at]) {
      case '{':
        return this.#object(depth)
      case '[':
        return this.#array(depth)
      case '"':
        return this.#string()
      default:
        return this.#literal()
    }
  }

  #object(depth: number): Record<string, unknown> {
    const object = emptyRecord<unknown>()
    this.at += 1
    if (this.#next('}')) return object
    do {
      this.skipSpace()
      const at = this.at
      const name = this.#string()
      if (Object.hasOwn(object, name)) throw new SyntaxProblem(`duplicate key ${JSON.stringify(name)}`, at)
      this.#expect(':')
      this.skipSpace()
      object[name] = this.value(depth + 1)
    } while (this.#next(','))
    this.#expect('}')
    return object
  }

  #array(depth: number): unknown[] {
    const array: unknown[] = []
    this.at += 1
    if (this.#next(']')) return array
    do {
      this.skipSpace()
      array.push(this.value(depth + 1))
    } while (this.#next(','))
    this.#expect(']')
    return array
  }

  #string(): string {
    const source = this.#match(STRING)
    if (source === undefined) throw this.#unexpected()
    try {
      return String(JSON.parse(source))
    } catch {
      throw new SyntaxProblem('a string with a bad escape or a control character', this.at - source.length)
    }
  }

  #literal(): unknown {
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (this.#text.startsWith(word, this.at)) {
        this.at += word.length
        return value
      }
    }
    const number = this.#match(NUMBER)
    if (number === undefined) throw this.#unexpected()
    return Number(number)
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.#text)?.[0]
    this.at += found?.length ?? 0
    return found
  }

  #next(character: string): boolean {
    this.skipSpace()
    if (this.#text[this.at] !== character) return false
    this.at += 1
    return true
  }

  #expect(character: string): void {
    if (!this.#next(character)) throw this.#unexpected()
  }

  /** The character is named only when it is punctuation: the text may be a secret. */
  #unexpected(): SyntaxProblem {
    const found = this.#text[this.at]
    if (found === undefined) return new SyntaxProblem('unexpected end of the JSON text', this.at)
    return new SyntaxProblem(/[{}[\]:,"]/.test(found) ? `unexpected ${found}` : 'unexpected text in JSON', this.at)
  }
}
