/** A thread that seals, started by `threads.ts`: the bundle's `lazy/thread.js`. A failure ends it, which fails the whole run. */
import { parentPort } from 'node:worker_threads'
import { Plaintext, SealingKey, sealValues } from '@waxseal/core'
import type { SealingOrder, SealingReply, SealingRequest } from './messages.ts'

let keys: Promise<readonly SealingKey[]> = Promise.resolve([])

parentPort?.on('message', (request: SealingRequest) => {
  if (request.kind === 'seal') void answer(request)
  else keys = Promise.all(request.spkis.map((spki) => SealingKey.import(spki, { blocking: true })))
})

async function answer({ id, key: index, label, lengths, bytes }: SealingOrder): Promise<void> {
  const key = (await keys)[index]
  if (key === undefined) throw new RangeError(`no key ${index}`)
  let end = 0
  const values = lengths.map((length) => {
    end += length
    return Plaintext.of(bytes.subarray(end - length, end))
  })
  const texts = await sealValues(key, label, values)
  bytes.fill(0)
  parentPort?.postMessage({ id, texts } satisfies SealingReply)
}
