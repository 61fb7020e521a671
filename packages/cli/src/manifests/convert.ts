/** Turns the documents of one kind into another kind, leaving every other document alone. */
import { field, isObject, type JsonObject } from '@waxseal/core'
import { CliError } from '../messages.ts'
import { type Layout, rendererFor } from './render.ts'
import { located, nothingFound, type Source, whereIs } from './source.ts'

export interface Conversion {
  /** The kind that is converted, for messages. */
  readonly kind: string
  /** Whether a parsed document, or an item of a List, is of that kind. */
  is(value: unknown): boolean
  /** Refuses, by throwing, another document that must not pass through. */
  check?(value: JsonObject): void
  convert(value: unknown): Promise<unknown>
}

/** Documents in work at a time: enough to keep every core busy, few enough to bound the memory. */
const IN_FLIGHT = 32

/**
 * Converts all documents and puts the result together, or fails naming the first that cannot be converted. The items of a List or
 * SecretList become documents of their own: one object a document is what kubeseal writes and what every GitOps tool reads. An input
 * without a single document of that kind is an error: doing nothing must not look like success.
 */
export async function convertAll(sources: readonly Source[], conversion: Conversion, layout: Layout): Promise<string> {
  const renderer = rendererFor(sources, layout)
  const documents = sources.flatMap((source) => source.documents.map((document) => ({ source, document })))
  let converted = 0
  const texts = await mapInOrder(documents, async ({ source, document }) => {
    try {
      const values = await convertOne(document.value, conversion)
      if (values !== undefined) converted += 1
      return { source, text: await renderer.write(document, values) }
    } catch (error) {
      throw located(whereIs(source, document.index), error)
    }
  })
  if (converted === 0) throw nothingFound(conversion.kind, sources)
  return renderer.join(texts)
}

/** What becomes of the documents of that kind alone, in order; of the others nothing. Fails as convertAll does. */
export async function collectAll<T>(
  sources: readonly Source[],
  wanted: Pick<Conversion, 'kind' | 'is' | 'check'>,
  convert: (value: unknown, source: Source) => Promise<T>,
): Promise<readonly T[]> {
  const found = sources.flatMap((source) =>
    source.documents.flatMap(({ value, index }) => {
      const where = whereIs(source, index)
      const all = wanted.is(value) ? [value] : (listItems(value) ?? [value])
      try {
        for (const each of all) if (!wanted.is(each) && isObject(each)) wanted.check?.(each)
      } catch (error) {
        throw located(where, error)
      }
      return all.filter((each) => wanted.is(each)).map((each) => ({ value: each, source, where }))
    }),
  )
  if (found.length === 0) throw nothingFound(wanted.kind, sources)
  return mapInOrder(found, async ({ value, source, where }) => {
    try {
      return await convert(value, source)
    } catch (error) {
      throw located(where, error)
    }
  })
}

async function convertOne(value: unknown, conversion: Conversion): Promise<readonly unknown[] | undefined> {
  if (conversion.is(value)) return [await conversion.convert(value)]
  const items = listItems(value)
  if (items === undefined || !items.some((item) => conversion.is(item))) {
    for (const item of items ?? [value]) checkOther(item, conversion)
    return undefined
  }
  return mapInOrder(items, async (item, index) => {
    try {
      if (conversion.is(item)) return await conversion.convert(item)
      checkOther(item, conversion)
      return item
    } catch (error) {
      throw located(`items[${index}]`, error)
    }
  })
}

function checkOther(value: unknown, conversion: Conversion): void {
  if (!isObject(value)) throw new CliError('not a Kubernetes object: a mapping with apiVersion and kind is needed')
  conversion.check?.(value)
}

/** The items of a v1 List; those of a SecretList, as the API server sends it, may lack their kind. */
function listItems(value: unknown): readonly unknown[] | undefined {
  if (!isObject(value) || field(value, 'apiVersion') !== 'v1') return undefined
  const kind = field(value, 'kind')
  const items: unknown = field(value, 'items')
  if ((kind !== 'List' && kind !== 'SecretList') || !isList(items)) return undefined
  return kind === 'List'
    ? items
    : items.map((item) => (isObject(item) ? { apiVersion: 'v1', kind: 'Secret', ...item } : item))
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

/** Maps with at most IN_FLIGHT running; results in order. Of several failures the one of the first item is thrown. */
async function mapInOrder<T, R>(items: readonly T[], map: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: Promise<R>[] = []
  for (const [index, item] of items.entries()) {
    const result = map(item, index)
    // Awaited below, in order; this only keeps an early failure of a later item from counting as unhandled.
    result.catch(() => undefined)
    results.push(result)
    const oldest = results[index - IN_FLIGHT]
    if (oldest !== undefined) await oldest
  }
  return Promise.all(results)
}
