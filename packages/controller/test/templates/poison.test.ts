/** Templates in the controller: what they do to others, and what is said of them. */
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { MemoryStore } from '../../src/stores/memory/index.ts'
import { ThreadTemplates } from '../../src/templates/thread-templates.ts'
import { eventually } from '../helpers/eventually.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { base64, keyPem, type SealedManifest, sealedManifest } from '../helpers/material.ts'
import { type RunningController, runController } from '../helpers/run-controller.ts'
import { LOOP, MEMORY_BOMB, MEMORY_MB, THREAD } from '../helpers/templates.ts'

const MARKER = 'PLAINTEXT-MARKER-0451'
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function start(
  store: MemoryStore,
  { limitMs, ...overrides }: Parameters<typeof runController>[1] & { limitMs?: number } = {},
): Promise<RunningController> {
  const templates = new ThreadTemplates({
    entry: THREAD,
    clock: systemClock,
    memoryMb: MEMORY_MB,
    ...(limitMs === undefined ? {} : { limitMs }),
  })
  const controller = await runController(store, { templates, ...overrides }, { wait: false })
  closing.push(
    () => controller.stop(),
    () => templates.close(),
  )
  return controller
}

const sealed = (name: string, data?: Readonly<Record<string, string | null>>): Promise<SealedManifest> =>
  sealedManifest({ namespace: 'team', name }, { password: MARKER }, data === undefined ? {} : { template: { data } })
const conditionOf = (store: MemoryStore, name: string) =>
  store.sealedSecret({ namespace: 'team', name })?.status?.conditions[0]
const dataOf = (store: MemoryStore, name: string) => store.peek({ namespace: 'team', name })?.data

async function storeWithKey(): Promise<MemoryStore> {
  const store = new MemoryStore()
  store.putKey('key-alpha', await keyPem('alpha'))
  return store
}

test('objects without templates do not wait for templates without end, however many there are', async () => {
  const store = await storeWithKey()
  const hungry = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`v${index}`, `${LOOP}{{ .password }}`]))
  const poison = Array.from({ length: 6 }, (_, index) => `poison-${index}`)
  for (const [index, name] of poison.entries())
    store.putSealedSecret(await sealed(name, index % 2 === 0 ? hungry : { v: `${MEMORY_BOMB}{{ .password }}` }))
  for (let index = 0; index < 50; index++) store.putSealedSecret(await sealed(`plain-${index}`))
  const controller = await start(store, { workers: 4, templateWorkers: 2, limitMs: 1500 })
  await eventually(() => (conditionOf(store, 'plain-49')?.status === 'True' ? true : undefined))
  for (let index = 0; index < 50; index++) expect(dataOf(store, `plain-${index}`)).toEqual({ password: base64(MARKER) })
  // All workers for plain objects were free for them, whatever the templates did.
  expect(poison.filter((name) => conditionOf(store, name) !== undefined).length).toBeLessThan(2)

  // One that comes while all that goes on.
  store.putSealedSecret(await sealed('late'))
  await eventually(() => (conditionOf(store, 'late')?.status === 'True' ? true : undefined), 1000)

  await eventually(() => (poison.every((name) => conditionOf(store, name) !== undefined) ? true : undefined), 60_000)
  const messages = poison.map((name) => conditionOf(store, name)?.message ?? '')
  for (const message of messages) expect(message).toMatch(/took too long|needs too much memory/)
  for (const end of ['too long', 'too much memory'])
    expect(messages.some((message) => message.includes(end))).toBe(true)
  const seen = JSON.stringify([controller.log.lines, store.events, poison.map((name) => conditionOf(store, name))])
  expect(seen).not.toContain(MARKER)
  expect(seen).not.toContain(base64(MARKER).slice(0, 20))
}, 90_000)

test('objects with few values do not wait for those with hundreds that nothing opens', async () => {
  const store = await storeWithKey()
  const wrong = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`v${index}`, 'x']))
  const poison = Array.from({ length: 6 }, (_, index) => `poison-${index}`)
  const { spec } = await sealedManifest({ namespace: 'team', name: 'elsewhere' }, wrong)
  for (const name of poison) store.putSealedSecret({ ...(await sealed(name)), spec })
  store.putSealedSecret(await sealed('plain'))
  await start(store, { workers: 4, templateWorkers: 2 })
  await eventually(() => (conditionOf(store, 'plain')?.status === 'True' ? true : undefined))
  expect(poison.filter((name) => conditionOf(store, name) !== undefined)).toEqual([])
  await eventually(
    () => (poison.every((name) => conditionOf(store, name)?.status === 'False') ? true : undefined),
    60_000,
  )
}, 90_000)

test('a template that fails is told with its place and without the values; mended, it opens', async () => {
  const store = await storeWithKey()
  store.putSealedSecret(await sealed('conf', { 'app.ini': 'a\nb {{ fail (printf "%s" .password) }}' }))
  const controller = await start(store)
  const message = await eventually(() => conditionOf(store, 'conf')?.message)
  expect(message).toMatch(
    /^template: app\.ini:2:5: executing "app\.ini" at <fail \(printf "%s" \.password\)>: error calling fail/,
  )
  await controller.settled()
  expect(store.events.map(({ reason, message: text }) => [reason, text])).toEqual([
    ['ErrUnsealFailed', `Failed to unseal: ${message}`],
  ])
  expect(JSON.stringify([store.events, controller.log.lines])).not.toContain(MARKER)
  store.putSealedSecret(await sealed('conf', { 'app.ini': 'p={{ .password }}', password: null }))
  await eventually(() => (conditionOf(store, 'conf')?.status === 'True' ? true : undefined))
  expect(dataOf(store, 'conf')).toEqual({ 'app.ini': base64(`p=${MARKER}`) })
})

test('what was given up is tried again after five minutes, what failed is not', async () => {
  const store = await storeWithKey()
  store.putSealedSecret(await sealed('slow', { v: LOOP }))
  store.putSealedSecret(await sealed('failed', { v: '{{ fail "x" }}' }))
  const clock = new FakeClock()
  const controller = await start(store, { clock, random: () => 0, limitMs: 200 })
  await eventually(() => (conditionOf(store, 'slow') && conditionOf(store, 'failed') ? true : undefined))
  await controller.settled()
  expect(conditionOf(store, 'slow')?.message).toBe('template: v: took too long (v)')
  clock.idle = () => controller.settled()
  const before = controller.rsaOperations()
  await clock.advance(299_000)
  expect(controller.rsaOperations()).toBe(before)
  await clock.advance(2000)
  expect(controller.rsaOperations()).toBe(before + 1)
  expect(store.events).toHaveLength(2)
})

test('a cluster without templates has no thread', async () => {
  const store = await storeWithKey()
  store.putSealedSecret(await sealed('plain'))
  store.putSealedSecret(await sealed('without', { password: null }))
  const templates = new ThreadTemplates({ entry: THREAD, clock: systemClock })
  const controller = await runController(store, { templates })
  expect(dataOf(store, 'without')).toEqual({})
  expect(templates.running).toBe(false)
  await controller.stop()
})
