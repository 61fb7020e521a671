/** Lists a resource completely, in pages. */
import { ApiError, TooLarge } from './api-error.ts'
import { type Fields, fields, isFields, items, text } from './fields.ts'
import type { Resource } from './resource.ts'
import { METADATA_LIST_TYPE, type Transport } from './transport.ts'

export interface ListOptions {
  readonly transport: Transport
  readonly resource: Resource
  readonly pageSize: number
  readonly signal: AbortSignal
}

/** A page above this is asked for again in smaller pieces. */
const MAX_PAGE_BYTES = 32 << 20
const LIST_TIMEOUT_MS = 60_000

/**
 * Hands every page to `page` as it comes and returns the list's version, which all pages share: the list is one
 * snapshot. Throws ApiError; one that is `expired` means that the snapshot was compacted away between two pages.
 */
export async function listAll(
  { transport, resource, pageSize, signal }: ListOptions,
  page: (version: string, objects: readonly Fields[], first: boolean) => void,
): Promise<string> {
  const { path, labelSelector, metadataOnly = false, name } = resource
  const accept = metadataOnly ? METADATA_LIST_TYPE : undefined
  let limit = pageSize
  let next: string | undefined
  for (let first = true; ; ) {
    const query = { limit, continue: next, labelSelector }
    const call = {
      method: 'GET',
      path,
      query,
      what: `list ${name}`,
      timeoutMs: LIST_TIMEOUT_MS,
      maxBytes: MAX_PAGE_BYTES,
    } as const
    try {
      const { version, objects, rest } = readPage(
        await transport.call(accept === undefined ? call : { ...call, accept }, signal),
        name,
      )
      page(version, objects, first)
      if (rest === '') return version
      next = rest
      first = false
    } catch (error) {
      if (!(error instanceof TooLarge) || limit === 1) throw unserved(error, name)
      limit = Math.ceil(limit / 8)
    }
  }
}

/** A collection is never "not found"; the API server then answers with a page of text that helps nobody. */
function unserved(error: unknown, name: string): unknown {
  if (!(error instanceof ApiError) || error.status !== 404) return error
  const message = `list ${name}: the API server does not serve them; is the custom resource definition applied?`
  return new ApiError('unavailable', message, { status: 404, cause: error })
}

function readPage(body: unknown, name: string): { version: string; objects: readonly Fields[]; rest: string } {
  const { metadata, items: objects } = fields(body)
  const { resourceVersion, continue: rest } = fields(metadata)
  if (typeof resourceVersion !== 'string' || resourceVersion === '') {
    throw new ApiError('unavailable', `list ${name}: the answer is no list`, { status: 0 })
  }
  return { version: resourceVersion, objects: items(objects).filter(isFields), rest: text(rest) }
}
