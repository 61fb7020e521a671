/** Request bodies, bounded. */
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../clock.ts'

/** `too large`: more than the limit. `cut off`: the client went away or took too long. */
type Body =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'too large' }
  | { readonly kind: 'cut off' }

/** What is read and thrown away of a body that is not wanted, so that its sender gets to read the answer. */
const DISCARD = { bytes: 4 * 1024 * 1024, ms: 1000 }

/**
 * Reads a body up to `limit` bytes, whether or not its length was announced. Of a larger one no more is kept, but some
 * more is read: to close a connection on a client that is still sending makes many lose the answer (RFC 9112 9.6).
 * How long a client may take is the server's request timeout.
 */
export function readBody(request: IncomingMessage, limit: number, clock: Clock): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let total = 0
    let cancel: (() => void) | undefined
    const finish = (body: Body): void => {
      cancel?.()
      request.off('data', take)
      resolve(body)
    }
    const discard = (): void => {
      chunks.length = 0
      cancel ??= clock.after(DISCARD.ms, () => finish({ kind: 'too large' }))
    }
    const take = (chunk: Uint8Array): void => {
      total += chunk.length
      if (total <= limit) chunks.push(chunk)
      else if (total <= limit + DISCARD.bytes) discard()
      else finish({ kind: 'too large' })
    }
    request.on('data', take)
    request.once('end', () =>
      finish(total > limit ? { kind: 'too large' } : { kind: 'whole', bytes: Buffer.concat(chunks, total) }),
    )
    request.once('error', () => finish({ kind: 'cut off' }))
    request.once('close', () => finish({ kind: 'cut off' }))
    if (Number(request.headers['content-length'] ?? 0) > limit) discard()
  })
}
