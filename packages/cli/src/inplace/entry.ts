/** Changes of one entry of a mapping, as replacements in the text around it. */
import type { EntrySpan, ValueSpan } from '@waxseal/core/documents'
import { endsLine, indentation, lineBreak, lineEnd, lineStart, nextLine, type Splice } from './lines.ts'

/** A mapping and the text it stands in. */
export interface Place {
  readonly raw: string
  /** The entry whose value the mapping is. */
  readonly owner: EntrySpan
  readonly mapping: ValueSpan
}

/** Puts another text in the place of a value. Undefined where that cannot be done. */
export function replaceValue(raw: string, entry: EntrySpan, text: string): Splice[] | undefined {
  const { value, after } = entry
  if (value.form === 'empty') return after === undefined ? undefined : [{ start: after, end: after, text: ` ${text}` }]
  if (value.form === 'block' || value.form === 'flow' || value.form === 'list') return undefined
  const ended = value.form === 'literal' && raw[value.end - 1] === '\n'
  return [{ start: value.start, end: value.end, text: ended ? text + lineBreak(raw, value.start) : text }]
}

/** Adds a line with a new entry to a block mapping, after the entry with this index (-1: as the first). */
export function insertLine({ raw, owner, mapping }: Place, after: number, text: string): Splice[] | undefined {
  const first = mapping.entries[0]
  const indent = first === undefined ? undefined : indentation(raw, first.start)
  if (indent === undefined || owner.after === undefined) return undefined
  const previous = mapping.entries[after]
  const at = previous === undefined ? nextLine(raw, owner.after) : lineAfter(raw, previous)
  return [newLine(raw, at, indent + text)]
}

/** Takes the lines of an entry out of a block mapping. An emptied mapping becomes `{}`: nothing at all would be null. */
export function removeLines({ raw, owner, mapping }: Place, entry: EntrySpan): Splice[] | undefined {
  if (indentation(raw, entry.start) === undefined || owner.after === undefined) return undefined
  const lines = { start: lineStart(raw, entry.start), end: lineAfter(raw, entry), text: '' }
  if (mapping.entries.length > 1) return [lines]
  return [{ start: owner.after, end: owner.after, text: ' {}' }, lines]
}

/** Where the line after an entry begins. */
function lineAfter(raw: string, { value, after, keySpan }: EntrySpan): number {
  const end = value.form === 'empty' ? (after ?? keySpan.end) : value.end
  return raw[end - 1] === '\n' ? end : nextLine(raw, end)
}

/** A line of its own at the beginning of a line, or at the end of a text that may lack its last line end. */
function newLine(raw: string, at: number, line: string): Splice {
  const end = lineBreak(raw, Math.max(at - 1, 0))
  const isOpen = at > 0 && raw[at - 1] !== '\n'
  return { start: at, end: at, text: isOpen ? end + line : line + end }
}

/** Adds an entry to a flow mapping that has some, after the one with this index (-1: as the first). */
export function insertInFlow({ raw, mapping }: Place, after: number, text: string): Splice[] | undefined {
  const { entries, start } = mapping
  const [first, previous] = [entries[0], entries[after]]
  if (first === undefined) return undefined
  if (!hasLines(raw, mapping)) {
    const gap = gapOf(raw, entries)
    if (previous === undefined) return [{ start: first.start, end: first.start, text: `${text},${gap}` }]
    return [{ start: previous.value.end, end: previous.value.end, text: `,${gap}${text}` }]
  }
  const indent = indentation(raw, first.start) ?? ''
  if (previous === undefined) return [newLine(raw, nextLine(raw, start), `${indent}${text},`)]
  const { comma } = previous
  if (comma !== undefined && endsLine(raw, comma + 1)) {
    return [newLine(raw, nextLine(raw, comma), `${indent}${text},`)]
  }
  // The last one: it gets a comma, and the new line comes after the comment that may follow.
  const { end } = previous.value
  const at = endsLine(raw, end) ? lineEnd(raw, end) : end
  return [
    { start: end, end, text: ',' },
    { start: at, end: at, text: lineBreak(raw, start) + indent + text },
  ]
}

/** Takes an entry out of a flow mapping, with its line where it has one of its own, and with one comma. */
export function removeFromFlow({ raw, mapping }: Place, entry: EntrySpan): Splice[] {
  const index = mapping.entries.indexOf(entry)
  const [previous, next] = [mapping.entries[index - 1], mapping.entries[index + 1]]
  const end = (entry.comma ?? entry.value.end - 1) + 1
  if (previous === undefined && next === undefined) {
    const inner = { start: mapping.start + 1, end: mapping.end - 1, text: '' }
    const others = raw.slice(inner.start, entry.start) + raw.slice(end, inner.end)
    return [others.trim() === '' ? inner : { start: entry.start, end, text: '' }]
  }
  const comma = previous?.comma
  const extra = next === undefined && entry.comma === undefined && comma !== undefined
  const before = extra ? [{ start: comma, end: comma + 1, text: '' }] : []
  if (indentation(raw, entry.start) !== undefined && endsLine(raw, end)) {
    return [...before, { start: lineStart(raw, entry.start), end: nextLine(raw, end), text: '' }]
  }
  if (next !== undefined) return [{ start: entry.start, end: next.start, text: '' }]
  return [{ start: previous?.value.end ?? entry.start, end: entry.value.end, text: '' }]
}

/** Whether each entry begins on a line of its own. */
function hasLines(raw: string, { entries }: ValueSpan): boolean {
  return entries.length > 0 && entries.every(({ start }) => indentation(raw, start) !== undefined)
}

/** The white space between entries on one line. */
function gapOf(raw: string, [first, second]: readonly EntrySpan[]): string {
  if (first?.comma !== undefined && second !== undefined) {
    const between = raw.slice(first.comma + 1, second.start)
    if (/^[ \t]*$/.test(between)) return between
  }
  const isTight = first?.after !== undefined && raw[first.after] === '"'
  return isTight ? '' : ' '
}

/** Writes the first entry into an empty mapping (`{}`, `null` or nothing). `above`: the mappings around it, outermost first. */
export function insertFirst(place: Place, text: string, above: readonly ValueSpan[]): Splice[] | undefined {
  const { raw, owner, mapping } = place
  const { after } = owner
  if (after === undefined) return undefined
  const isEmpty = mapping.form === 'empty'
  const { start, end } = isEmpty ? { start: after, end: after } : mapping
  const [outer, parent] = above.slice(-2)
  const indent = indentation(raw, owner.start)
  const space = isEmpty ? ' ' : ''
  if (indent === undefined) return [{ start, end, text: `${space}{${text}}` }]
  const inner = indent + stepOf(raw, indent, outer)
  if (raw.slice(start + 1, end - 1).includes('#')) return insertAboveBrace(raw, end - 1, inner + text)
  const newline = lineBreak(raw, start)
  if (parent?.form !== 'block') {
    return [{ start, end, text: `${space}{${newline}${inner}${text}${newline}${indent}}` }]
  }
  // Block style: what stands there goes, a comment after it stays, and the entry gets the next line.
  const gone = isEmpty ? [] : [{ start: after, end, text: '' }]
  return [...gone, newLine(raw, nextLine(raw, end), inner + text)]
}

/** Between braces that hold nothing but comments. */
function insertAboveBrace(raw: string, brace: number, line: string): Splice[] | undefined {
  return indentation(raw, brace) === undefined ? undefined : [newLine(raw, lineStart(raw, brace), line)]
}

/** By how much a level is indented, judged by the owner and the mapping that holds its parent. */
function stepOf(raw: string, indent: string, outer: ValueSpan | undefined): string {
  const above = outer?.entries[0] === undefined ? undefined : indentation(raw, outer.entries[0].start)
  const step = above !== undefined && indent.startsWith(above) ? indent.slice(above.length) : ''
  return step === '' ? '  ' : step
}
