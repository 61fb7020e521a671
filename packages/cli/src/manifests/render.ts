/** Puts converted documents together as one text. */
import { writeJson, writeYaml } from '@waxseal/core/documents'
import type { Format } from '../commands/options.ts'
import type { Converted } from './convert.ts'

/**
 * `source`: untouched documents, separators and comments between documents stay byte for byte, and each document keeps its format
 * unless another is asked for. `kubeseal`: every document is written anew, YAML with `---` before each, as kubeseal does.
 */
export interface Layout {
  readonly style: 'source' | 'kubeseal'
  /** Undefined: each document's own (`source`), JSON (`kubeseal`). */
  readonly format: Format | undefined
}

export async function render(converted: readonly Converted[], { style, format }: Layout): Promise<string> {
  const keeps = format === undefined || converted.every(({ document }) => document.format === format)
  if (style === 'kubeseal' || !keeps) return writeAnew(converted, format ?? 'json', style === 'kubeseal')
  const sources = Map.groupBy(converted, ({ source }) => source)
  const texts = await Promise.all(
    [...sources.values()].map(async (each) => (await Promise.all(each.map(splice))).join('')),
  )
  return joinTexts(texts)
}

/** One document of the source's text: what stands around it, and itself or what it became. */
async function splice({ document, values }: Converted): Promise<string> {
  const { prefix, raw, suffix, format } = document
  if (values === undefined) return prefix + raw + suffix
  const text = await writeAll(values, format, format === 'yaml' ? '---\n' : '')
  // A document may begin on the line of its mark; what replaces it never does.
  const before = prefix === '' || prefix.endsWith('\n') ? prefix : `${prefix.trimEnd()}\n`
  return before + (raw.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text) + suffix
}

/** Several inputs become one stream: YAML needs a mark between documents, JSON texts simply follow each other. */
function joinTexts(texts: readonly string[]): string {
  return texts.reduce((joined, text) => {
    const before = joined.endsWith('\n') ? joined : `${joined}\n`
    const isJson = [joined, text].every((each) => /^\s*[{[]/.test(each))
    return before + (isJson || /^(---|%)/.test(text) ? text : `---\n${text}`)
  })
}

/** All documents in one format; `marked`: also a single YAML document has its mark. */
async function writeAnew(converted: readonly Converted[], format: Format, marked: boolean): Promise<string> {
  const values = converted.flatMap(({ document, values }) => values ?? [document.value])
  if (format === 'json') return writeAll(values, format, '')
  return (marked || values.length > 1 ? '---\n' : '') + (await writeAll(values, format, '---\n'))
}

async function writeAll(values: readonly unknown[], format: Format, between: string): Promise<string> {
  const texts =
    format === 'json'
      ? values.map((value) => writeJson(value))
      : await Promise.all(values.map((value) => writeYaml(value)))
  return texts.join(between)
}
