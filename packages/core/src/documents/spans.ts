import type { Document } from './read.ts'
import type { Pair } from './yaml-package.ts'

type Package = typeof import('./yaml-package.ts')

/** Indices into a document's `raw`; `end` is after the last character. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Where a value is written, and how. Anchors and tags stand before it. */
export interface ValueSpan extends Span {
  /** `block`, `flow`: mappings. `literal`: a block scalar, its last line end included. `empty`: nothing is written. */
  readonly form: 'block' | 'flow' | 'list' | 'plain' | 'single' | 'double' | 'literal' | 'alias' | 'empty'
  /** Of a mapping, in the order of the text. */
  readonly entries: readonly EntrySpan[]
  /** Of a list. */
  readonly items: readonly ValueSpan[]
}

/** An entry of a mapping. */
export interface EntrySpan {
  readonly key: string
  readonly keySpan: Span
  /** Where the entry begins: at its `?`, anchor, tag or key. */
  readonly start: number
  /** After the colon and an anchor or tag: where a value may be put. Undefined without a colon. */
  readonly after: number | undefined
  readonly value: ValueSpan
  /** In flow style: the index of the comma that follows. */
  readonly comma: number | undefined
}

/**
 * Says where everything stands in the text of a document that was read without an error, so that a part can be replaced and the rest
 * left byte for byte. Keys are as written, without the readings of YAML 1.1. Undefined for an empty document.
 */
export async function readSpans({ raw, format }: Pick<Document, 'raw' | 'format'>): Promise<ValueSpan | undefined> {
  const yaml = await import('./yaml-package.ts')
  const unix = raw.replaceAll('\r\n', '\n')
  // JSON is YAML but for the white space that it allows.
  const text = format === 'json' ? unix.replace(/[\t\r]/g, ' ') : unix
  const document = yaml.parseDocument(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    keepSourceTokens: true,
    logLevel: 'error',
  })
  const { contents } = document
  return contents === null ? undefined : new SpanReader(yaml, indexInto(raw)).value(contents, 0)
}

/** Turns an index into the text without carriage returns into one into the text with them; a line end's is that of its CR. */
function indexInto(raw: string): (index: number) => number {
  const removed: number[] = []
  for (let at = raw.indexOf('\r\n'); at !== -1; at = raw.indexOf('\r\n', at + 2)) removed.push(at - removed.length)
  return (index) => {
    let [low, high] = [0, removed.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((removed[middle] ?? 0) < index) low = middle + 1
      else high = middle
    }
    return index + low
  }
}

interface Token {
  readonly type: string
  readonly offset: number
  readonly source: string
}

const PROPERTIES = ['anchor', 'tag']

class SpanReader {
  readonly #yaml: Package
  readonly #index: (index: number) => number

  constructor(yaml: Package, index: (index: number) => number) {
    this.#yaml = yaml
    this.#index = index
  }

  /** @param fallback where an empty value is when the parser does not say */
  value(node: unknown, fallback: number): ValueSpan {
    const { isAlias, isMap, isScalar, isSeq } = this.#yaml
    const span = this.#span(node, fallback)
    const bare = { ...span, entries: [], items: [] }
    if (isMap(node)) {
      const form = node.flow === true ? 'flow' : 'block'
      return { ...bare, form, entries: this.#entries(node.items, commasOf(node.srcToken)) }
    }
    if (isSeq(node)) return { ...bare, form: 'list', items: node.items.map((item) => this.value(item, span.start)) }
    if (isAlias(node)) return { ...bare, form: 'alias' }
    return { ...bare, form: isScalar(node) ? formOf(node.type, span) : 'empty' }
  }

  #entries(pairs: readonly Pair[], commas: readonly (number | undefined)[]): EntrySpan[] {
    return pairs.map((pair, i) => {
      const { key, value, srcToken } = pair
      const keySpan = this.#span(key, 0)
      const before: readonly Token[] = srcToken?.start ?? []
      const between: readonly Token[] = srcToken?.sep ?? []
      const first = before.find(({ type }) => type === 'explicit-key-ind' || PROPERTIES.includes(type))
      const colon = between.find(({ type }) => type === 'map-value-ind')
      const last = between.findLast(({ type }) => PROPERTIES.includes(type)) ?? colon
      const comma = commas[i]
      const after = colon === undefined || last === undefined ? undefined : last.offset + last.source.length
      return {
        key: this.#yaml.isScalar(key) ? String(key.value) : '',
        keySpan,
        start: first === undefined ? keySpan.start : this.#index(first.offset),
        after: after === undefined ? undefined : this.#index(after),
        value: this.value(value, after ?? keySpan.end),
        comma: comma === undefined ? undefined : this.#index(comma),
      }
    })
  }

  #span(node: unknown, fallback: number): Span {
    const range: unknown = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined
    const numbers: readonly unknown[] = Array.isArray(range) ? range : []
    const [start, end] = numbers
    const isKnown = typeof start === 'number' && typeof end === 'number'
    return { start: this.#index(isKnown ? start : fallback), end: this.#index(isKnown ? end : fallback) }
  }
}

function formOf(type: string | undefined, { start, end }: Span): ValueSpan['form'] {
  if (type === 'QUOTE_SINGLE') return 'single'
  if (type === 'QUOTE_DOUBLE') return 'double'
  if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') return 'literal'
  return start === end ? 'empty' : 'plain'
}

/** The commas after the entries of a flow mapping: each is the first thing of the next entry. */
function commasOf(token: unknown): (number | undefined)[] {
  const items = typeof token === 'object' && token !== null && 'items' in token ? token.items : undefined
  if (!Array.isArray(items)) return []
  return items.slice(1).map((item: { readonly start: readonly Token[] }) => {
    return item.start.find(({ type }) => type === 'comma')?.offset
  })
}
