/** What the controller and the thread that renders say to each other. */
import type { ErrorCode } from '@waxseal/core'

/** `data` is what the templates that follow see, until `end`. Only `render` is answered. */
export type Request =
  | { readonly kind: 'data'; readonly entries: readonly (readonly [string, Uint8Array])[] }
  | { readonly kind: 'render'; readonly name: string; readonly text: string }
  | { readonly kind: 'end' }

/** To `render`. A message of `failed` holds nothing of the data. */
export type Answer =
  | { readonly kind: 'rendered'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }

/** `ready` comes once, unasked. */
export type Reply = { readonly kind: 'ready' } | Answer
