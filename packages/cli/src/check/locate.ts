import { type Document, readSpans, type ValueSpan } from '@waxseal/core/documents'

/** A path into a document: keys of mappings, indexes of lists. */
export type DocumentPath = readonly (string | number)[]

/**
 * Where in a document's `raw` the last step of each path stands: a key, or an item of a list. A path that leads nowhere, or through an
 * alias, ends where it last was.
 */
export async function locate(
  document: Pick<Document, 'raw' | 'format'>,
  paths: readonly DocumentPath[],
): Promise<readonly number[]> {
  const root = await readSpans(document)
  return paths.map((path) => offsetOf(root, path))
}

function offsetOf(root: ValueSpan | undefined, path: DocumentPath): number {
  let [value, at] = [root, root?.start ?? 0]
  for (const step of path) {
    const entry = value?.entries.find(({ key }) => key === step)
    const item = typeof step === 'number' ? value?.items[step] : undefined
    if (entry === undefined && item === undefined) return at
    at = entry?.keySpan.start ?? item?.start ?? at
    value = entry?.value ?? item
  }
  return at
}
