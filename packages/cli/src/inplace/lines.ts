/** Lines of a text, by index. */

/** A replacement of a part of a text. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text with all replacements made; they must not overlap. Those at the same place keep their order. */
export function splice(text: string, splices: readonly Splice[]): string {
  let [result, at] = ['', 0]
  for (const each of splices.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(at, each.start) + each.text
    at = each.end
  }
  return result + text.slice(at)
}

export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1
}

/** The index of the line end (LF or CRLF), or of the text's end. */
export function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  if (newline === -1) return text.length
  return text[newline - 1] === '\r' ? newline - 1 : newline
}

/** The index after the line end. */
export function nextLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  return newline === -1 ? text.length : newline + 1
}

/** The line end that this line has, or else the text's first, or LF. */
export function lineBreak(text: string, at: number): string {
  const own = text.slice(lineEnd(text, at), nextLine(text, at))
  if (own !== '') return own
  return /\r?\n/.exec(text)?.[0] ?? '\n'
}

/** What stands before this place on its line, if that is only white space. */
export function indentation(text: string, at: number): string | undefined {
  const before = text.slice(lineStart(text, at), at)
  return /^[ \t]*$/.test(before) ? before : undefined
}

/** Whether nothing but white space and a comment follows on the line. */
export function endsLine(text: string, at: number): boolean {
  return /^(?:[ \t]*|[ \t]+#.*)$/.test(text.slice(at, lineEnd(text, at)))
}
