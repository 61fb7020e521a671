/** What re2js reads otherwise than Go does, written so that it means the same to both. */

const GROUP_NAME = /\(\?P?<([A-Za-z0-9_]+)>/g

/** Go lets a name stand for several groups: all but the first get names of their own here. */
export function withUniqueNames(text: string): { text: string; originals: ReadonlyMap<string, string> } {
  const seen = new Set<string>()
  const originals = new Map<string, string>()
  const unique = text.replace(GROUP_NAME, (whole, name: string) => {
    if (!seen.has(name)) {
      seen.add(name)
      return whole
    }
    const other = `${name}__${originals.size}`
    originals.set(other, name)
    return `(?P<${other}>`
  })
  return { text: unique, originals }
}

/** An escaped character, a quotation, a name in a class, the beginning of a class, or anything else. */
const PIECES = /\\Q.*?(?:\\E|$)|\\.|\[:.*?:\]|\[\^?\]?|./gsu

/** In a class, `[:` begins a name only where a `:]` follows; else it is two characters. */
export function withPlainBrackets(text: string): string {
  if (!text.includes('[:')) return text
  let out = ''
  let inClass = false
  const pieces = new RegExp(PIECES)
  for (let match = pieces.exec(text); match !== null; match = pieces.exec(text)) {
    let [piece] = match
    const isName = piece.startsWith('[:')
    if (inClass && piece.startsWith('[') && !isName) {
      piece = '['
      pieces.lastIndex = match.index + 1
      out += text.startsWith('[:', match.index) ? '\\[' : piece
      continue
    }
    if (!inClass && isName) {
      // Not inside of a class this is the beginning of one.
      piece = '['
      pieces.lastIndex = match.index + 1
    }
    if (!inClass && piece.startsWith('[')) inClass = true
    else if (piece === ']') inClass = false
    out += piece
  }
  return out
}
