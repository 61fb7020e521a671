/** A replica that stops leading and leads again, while another one has worked. */
import { expect, test } from 'vitest'
import type { Leadership } from '../src/leadership/leadership.ts'
import { MemoryStore } from '../src/stores/memory/index.ts'
import { eventually } from './helpers/eventually.ts'
import { base64, keyPem, sealedManifest } from './helpers/material.ts'
import { runController } from './helpers/run-controller.ts'

const REF = { namespace: 'team', name: 'shop' }

/** Leads when it is told to. */
class Turns implements Leadership {
  remainingMs = 0
  #term: AbortController | undefined
  #lead: ((term: AbortSignal) => Promise<void>) | undefined

  async run(signal: AbortSignal, lead: (term: AbortSignal) => Promise<void>): Promise<void> {
    this.#lead = lead
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    this.lose()
  }

  win(): void {
    this.remainingMs = Number.POSITIVE_INFINITY
    this.#term = new AbortController()
    void this.#lead?.(this.#term.signal)
  }

  lose(): void {
    this.remainingMs = 0
    this.#term?.abort()
  }
}

test('what is stored counts, not what it remembers; meanwhile it does not say how objects stand', async () => {
  const store = new MemoryStore()
  store.putKey('key-alpha', await keyPem('alpha'))
  store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
  const leadership = new Turns()
  const controller = await runController(store, { leadership }, { wait: false })
  const shown = async (): Promise<string[]> =>
    (await controller.metrics.registry.metrics()).split('\n').filter((line) => /condition_info{/.test(line))
  const condition = () => store.sealedSecret(REF)?.status?.conditions[0]
  await eventually(() => controller.controller.certificatePem)
  leadership.win()
  await eventually(() => (condition()?.status === 'True' ? true : undefined))
  expect(await shown()).toHaveLength(1)
  leadership.lose()
  expect(await eventually(async () => ((await shown()).length === 0 ? 'none' : undefined))).toBe('none')

  // The other leader found the Secret taken, and said so; then its owner gave it back.
  const entry = store.sealedSecret(REF)
  const [before, secret] = [condition(), store.peek(REF)]
  if (entry?.status === undefined || before === undefined || secret === undefined) throw new Error('not synced')
  await store.updateStatus(entry, { ...entry.status, conditions: [{ ...before, status: 'False', message: 'taken' }] })
  const events = store.events.length
  leadership.win()
  await eventually(() => (condition()?.status === 'True' ? true : undefined))
  await eventually(() => (store.events.length > events ? true : undefined))
  expect(store.peek(REF)?.data).toEqual({ a: base64('1') })
  expect(await shown()).toHaveLength(1)
  await controller.stop()
})
