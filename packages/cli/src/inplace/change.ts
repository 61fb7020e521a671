/** Changes entries of a document in its text, so that everything else stays byte for byte. */
import { byNature, type Document, type EntrySpan, readSpans, type ValueSpan } from '@waxseal/core/documents'
import { CliError } from '../messages.ts'
import {
  insertFirst,
  insertInFlow,
  insertLine,
  type Place,
  removeFromFlow,
  removeLines,
  replaceValue,
} from './entry.ts'
import { type Splice, splice } from './lines.ts'
import { quotingAt, quotingOf, type Surroundings, writeScalar } from './scalar.ts'

export type Path = readonly (string | number)[]

export interface Change {
  /** Leads to the mapping. */
  readonly path: Path
  readonly key: string
  /** Undefined: the entry is removed. */
  readonly value: string | undefined
}

type Text = Pick<Document, 'raw' | 'format'>

/** The document's text with the changes made one after the other. Throws CliError naming the path where the text does not allow it. */
export async function changeText(document: Text, changes: readonly Change[]): Promise<string> {
  let { raw } = document
  for (const change of changes) {
    const { above, place } = await find({ raw, format: document.format }, change.path)
    const splices =
      change.value === undefined ? remove(place, change) : await set(place, above, document.format, change)
    if (splices === undefined) throw notHere([...change.path, change.key], 'it is written in an unusual way')
    raw = splice(raw, splices)
  }
  return raw
}

interface Found {
  /** The mappings on the way, outermost first; the last one holds the owner. */
  readonly above: readonly ValueSpan[]
  readonly place: Place
}

async function find(document: Text, path: Path): Promise<Found> {
  const above: ValueSpan[] = []
  let at = await readSpans(document)
  let owner: EntrySpan | undefined
  for (const step of path) {
    if (at === undefined) break
    if (typeof step === 'number') {
      at = at.items[step]
      continue
    }
    above.push(at)
    owner = at.entries.find(({ key }) => key === step)
    at = owner?.value
  }
  if (at === undefined || owner === undefined) throw notHere(path, 'it is missing, or an alias stands for it')
  if (at.form === 'alias') throw notHere(path, 'an alias stands for it')
  return { above, place: { raw: document.raw, owner, mapping: at } }
}

function notHere(path: Path, why: string): CliError {
  return new CliError(`${path.join('.')} cannot be changed in place: ${why}`, {
    hint: 'write it as a mapping of its own, one `key: value` a line',
  })
}

function remove(place: Place, { key }: Change): Splice[] | undefined {
  const entry = place.mapping.entries.find((each) => each.key === key)
  if (entry === undefined) return undefined
  return place.mapping.form === 'flow' ? removeFromFlow(place, entry) : removeLines(place, entry)
}

async function set(
  place: Place,
  above: readonly ValueSpan[],
  format: Document['format'],
  { key, value = '' }: Change,
): Promise<Splice[] | undefined> {
  const { raw, mapping } = place
  const { entries, form } = mapping
  const surroundings: Surroundings = { format, flow: form === 'flow' || above.some((each) => each.form === 'flow') }
  const old = entries.find((each) => each.key === key)
  if (old !== undefined) return replaceValue(raw, old, await writeScalar(value, quotingOf(old.value), surroundings))
  const index = placeFor(key, entries, format)
  const neighbour = entries[Math.max(index, 0)]
  const text = await writePair(key, value, raw, neighbour, surroundings)
  if (entries.length > 0) return form === 'flow' ? insertInFlow(place, index, text) : insertLine(place, index, text)
  const isEmpty = form === 'empty' || form === 'flow' || (form === 'plain' && isNull(raw, mapping))
  return isEmpty ? insertFirst(place, text, above) : undefined
}

function isNull(raw: string, { start, end }: ValueSpan): boolean {
  return /^(?:~|null|Null|NULL)$/.test(raw.slice(start, end))
}

async function writePair(
  key: string,
  value: string,
  raw: string,
  neighbour: EntrySpan | undefined,
  surroundings: Surroundings,
): Promise<string> {
  const keyQuoting = neighbour === undefined ? 'plain' : quotingAt(raw, neighbour.keySpan.start)
  const left = await writeScalar(key, keyQuoting, surroundings)
  const right = await writeScalar(value, neighbour === undefined ? 'plain' : quotingOf(neighbour.value), surroundings)
  const isTight =
    surroundings.format === 'json' && neighbour?.after === neighbour?.value.start && neighbour !== undefined
  return `${left}:${isTight ? '' : ' '}${right}`
}

/**
 * The entry after which a new key goes: where it belongs when the keys are sorted, as Go sorts them in JSON (bytes) or in YAML (numbers
 * by their value), else the last one.
 */
function placeFor(key: string, entries: readonly EntrySpan[], format: Document['format']): number {
  const keys = entries.map((entry) => entry.key)
  const orders = format === 'json' ? [byBytes] : [byNature, byBytes]
  const order = orders.find((each) => keys.every((name, i) => i === 0 || each(keys[i - 1] ?? '', name) < 0))
  return order === undefined ? keys.length - 1 : keys.findLastIndex((name) => order(name, key) < 0)
}

/** Data keys are ASCII, where the order of UTF-16 units is that of bytes. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
