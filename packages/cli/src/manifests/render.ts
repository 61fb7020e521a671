/** Puts converted documents together as one text. */
import { type Document, writeJson, writeYaml } from '@waxseal/core/documents'
import type { Format } from '../output/format.ts'
import type { Source } from './source.ts'

/**
 * `source`: untouched documents, separators and comments between documents stay byte for byte, and each document keeps its format
 * unless another is asked for. `kubeseal`: every document is written anew, YAML with `---` before each, as kubeseal does.
 */
export interface Layout {
  readonly style: 'source' | 'kubeseal'
  /** Undefined: each document's own (`source`), JSON (`kubeseal`). */
  readonly format: Format | undefined
}

/** Writes documents one by one, so that writing some overlaps with converting others. */
export interface Renderer {
  /** What one document becomes; `values` undefined: it passes through. */
  write(document: Document, values: readonly unknown[] | undefined): Promise<string>
  /** The whole output of the texts written, which stand in the order of the documents. */
  join(texts: readonly { readonly source: Source; readonly text: string }[]): string
}

export function rendererFor(sources: readonly Source[], { style, format }: Layout): Renderer {
  const documents = sources.flatMap((source) => source.documents)
  const keeps = format === undefined || documents.every((document) => document.format === format)
  if (style === 'source' && keeps) return inPlace
  return anew(format ?? 'json', style === 'kubeseal' || documents.length > 1)
}

/** Each document where it stood, with what stood around it. */
const inPlace: Renderer = {
  async write({ prefix, raw, suffix, format }, values) {
    if (values === undefined) return prefix + raw + suffix
    const text = await writeAll(values, format, format === 'yaml' ? '---\n' : '')
    // A document may begin on the line of its mark; what replaces it never does.
    const before = prefix === '' || prefix.endsWith('\n') ? prefix : `${prefix.trimEnd()}\n`
    return before + (raw.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text) + suffix
  },
  join(texts) {
    const bySource = Map.groupBy(texts, ({ source }) => source)
    return joinStreams([...bySource.values()].map((each) => each.map(({ text }) => text).join('')))
  },
}

/** Several inputs become one stream: YAML needs a mark between documents, JSON texts simply follow each other. */
function joinStreams(streams: readonly string[]): string {
  return streams.reduce((joined, stream) => {
    const before = joined.endsWith('\n') ? joined : `${joined}\n`
    const isJson = [joined, stream].every((each) => /^\s*[{[]/.test(each))
    return before + (isJson || /^(---|%)/.test(stream) ? stream : `---\n${stream}`)
  })
}

/** All documents in one format; `marked`: YAML documents begin with a mark. */
function anew(format: Format, marked: boolean): Renderer {
  const mark = format === 'yaml' && marked ? '---\n' : ''
  return {
    write: async ({ value }, values) => {
      const all = values ?? [value]
      return mark + (await writeAll(all, format, format === 'yaml' ? '---\n' : ''))
    },
    join: (texts) => texts.map(({ text }) => text).join(''),
  }
}

async function writeAll(values: readonly unknown[], format: Format, between: string): Promise<string> {
  const texts = format === 'json' ? values.map((value) => writeJson(value)) : await Promise.all(values.map(writeYaml))
  return texts.join(between)
}
