/** One document's text, cut out of a stream. */
export interface Chunk {
  /** What stands before it: separators, directives, and empty documents with their comments. */
  readonly prefix: string
  readonly raw: string
  /** Line of the stream, from 1, on which `raw` begins. */
  readonly line: number
}

export interface Chunks {
  readonly chunks: readonly Chunk[]
  /** What stands after the last document. */
  readonly rest: string
}

/** A separator: at the start of a line it ends a document wherever it stands, even inside a scalar (YAML 1.2, 9.1.2). */
const MARK = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)/
const BLANK = /^[ \t]*(?:#.*)?\r?$/

/**
 * Cuts a YAML stream at its separators. Prefixes, documents and rest, put together in order, give the text again.
 */
export function splitStream(text: string): Chunks {
  const chunks: Chunk[] = []
  let prefix = ''
  let start = 0
  let startLine = 1
  let line = 1
  let empty = true
  let directives = true
  const close = (end: number): void => {
    const raw = text.slice(start, end)
    if (empty) prefix += raw
    else chunks.push({ prefix, raw, line: startLine })
    if (!empty) prefix = ''
  }
  for (let at = 0; at < text.length; line++) {
    const end = endOfLine(text, at)
    const content = text.slice(at, end)
    if (isMark(text, at) && MARK.test(content)) {
      close(at)
      const ends = content.startsWith('...')
      const rest = content.slice(3).trimStart()
      const bare = ends || rest === '' || rest.startsWith('#')
      start = bare ? end : at + content.length - rest.length
      startLine = bare ? line + 1 : line
      prefix += text.slice(at, start)
      empty = bare
      directives = ends
    } else if (directives && empty && content.startsWith('%')) {
      prefix += text.slice(start, end)
      start = end
      startLine = line + 1
    } else if (empty && !BLANK.test(content.trimEnd())) {
      empty = false
    }
    at = end
  }
  close(text.length)
  return { chunks, rest: prefix }
}

function isMark(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return (unit === 0x2d || unit === 0x2e) && text.charCodeAt(at + 1) === unit && text.charCodeAt(at + 2) === unit
}

/** The index after the line's newline. */
function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from)
  return newline === -1 ? text.length : newline + 1
}
