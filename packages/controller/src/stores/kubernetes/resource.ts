/** What an informer follows, and how patiently. */

export interface Resource {
  /** Plural and scope, for messages: `secrets in app`. */
  readonly name: string
  readonly path: string
  readonly labelSelector?: string
  readonly metadataOnly?: boolean
}

export interface InformerTiming {
  readonly pageSize: number
  readonly backoffFirstMs: number
  readonly backoffMaxMs: number
  /** The server ends a watch after a random time between the two. */
  readonly watchMinMs: number
  readonly watchMaxMs: number
  /** Longest silence of a watch. Servers send a bookmark about once a minute. */
  readonly idleMs: number
  readonly headersMs: number
  /** A watch that ends sooner, without a single event, counts as a failure. */
  readonly shortMs: number
}

export const DEFAULT_TIMING: InformerTiming = {
  pageSize: 500,
  backoffFirstMs: 200,
  backoffMaxMs: 10_000,
  watchMinMs: 300_000,
  watchMaxMs: 600_000,
  idleMs: 180_000,
  headersMs: 30_000,
  shortMs: 1000,
}
