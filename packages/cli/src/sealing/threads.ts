/** Seals many values on all cores: each thread does nothing but that, without handing single operations to a pool. */
import type { SealValues } from '@waxseal/core'
import type { SealingReply, SealingRequest } from './messages.ts'

export interface SealingThreads {
  /** What seals for the key of that index. */
  sealValues(key: number): SealValues
  /** Ends the threads; nothing may be waiting. */
  close(): void
}

/** More would wait for the thread that reads and writes. */
const MOST = 8

type Waiting = ReturnType<typeof Promise.withResolvers<readonly string[]>>

/**
 * @param entry the bundle of `thread.ts`
 * @param spkis DER SubjectPublicKeyInfo of the keys to seal for
 */
export function sealingThreads(entry: URL, spkis: readonly Uint8Array[]): SealingThreads {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const { availableParallelism } = process.getBuiltinModule('node:os')
  const waiting = new Map<number, Waiting>()
  let [turn, failure]: [number, Error | undefined] = [0, undefined]
  const fail = (error: Error): void => {
    failure ??= error
    for (const each of waiting.values()) each.reject(error)
    waiting.clear()
  }
  const threads = Array.from({ length: Math.min(availableParallelism(), MOST) }, () => {
    const thread = new Worker(entry)
    thread.postMessage({ kind: 'keys', spkis } satisfies SealingRequest)
    thread.on('message', ({ id, texts }: SealingReply) => {
      waiting.get(id)?.resolve(texts)
      waiting.delete(id)
    })
    thread.on('error', fail)
    thread.on('exit', () => fail(new Error('a thread that seals has ended')))
    return thread
  })
  return {
    sealValues: (key) => async (label, values) => {
      if (failure !== undefined) throw failure
      const [id, reply] = [turn, Promise.withResolvers<readonly string[]>()]
      waiting.set(id, reply)
      turn += 1
      const lengths = values.map(({ length }) => length)
      const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
      let end = 0
      for (const value of values) {
        bytes.set(value.reveal(), end)
        end += value.length
      }
      const request: SealingRequest = { kind: 'seal', id, key, label: label.slice(), lengths, bytes }
      threads[id % threads.length]?.postMessage(request, [bytes.buffer])
      return reply.promise
    },
    close() {
      for (const thread of threads) {
        thread.removeAllListeners('exit')
        void thread.terminate()
      }
    },
  }
}
