import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EventRecord } from '../../../src/state.ts'
import { EventWriter } from '../../../src/stores/kubernetes/events.ts'
import { type Fields, fields } from '../../../src/stores/kubernetes/fields.ts'
import { FakeApi, json, refuse } from './fake-api.ts'
import { memoryLog } from './log.ts'

let api: FakeApi
let now: number
/** Resolves what the writer waits for, and for how long it asked to. */
let passed: PromiseWithResolvers<void>
let asked: number[]
let writer: EventWriter
let lines: ReturnType<typeof memoryLog>['lines']

const record = (message: string, name = 'db'): EventRecord => ({
  type: 'Warning',
  reason: 'ErrUnsealFailed',
  message,
  regarding: { namespace: 'app', name, uid: `uid-${name}`, version: '7' },
})
const methods = (): string[] => api.requests.map(({ method }) => method)
const bodyOf = (index: number): Fields => fields(api.requests[index]?.body)
const write = async (...records: EventRecord[]): Promise<void> => {
  for (const one of records) writer.record(one)
  await writer.flushed()
}

beforeEach(async () => {
  api = await FakeApi.start(({ body }, response) => json(response, 201, { metadata: fields(body).metadata ?? {} }))
  now = 0
  const memory = memoryLog()
  lines = memory.lines
  passed = Promise.withResolvers()
  const after = (ms: number, run: () => void): (() => void) => {
    asked.push(ms)
    void passed.promise.then(() => setImmediate(run))
    return () => undefined
  }
  asked = []
  const clock = { now: () => now, monotonic: () => now, after }
  writer = new EventWriter({ transport: api.transport(), clock, log: memory.log })
})
afterEach(() => api.close())

test('an event names the SealedSecret as Bitnami’s controller does', async () => {
  now = Date.parse('2026-01-02T03:04:05.678Z')
  await write(record('no key'))
  expect(api.requests[0]).toMatchObject({ method: 'POST', path: '/api/v1/namespaces/app/events' })
  expect(fields(bodyOf(0).metadata).name).toMatch(/^db\.[0-9a-f]{16}$/)
  expect(bodyOf(0)).toMatchObject({
    kind: 'Event',
    metadata: { namespace: 'app' },
    involvedObject: {
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      namespace: 'app',
      name: 'db',
      uid: 'uid-db',
      resourceVersion: '7',
    },
    ...{ type: 'Warning', reason: 'ErrUnsealFailed', message: 'no key', count: 1 },
    ...{ source: { component: 'sealed-secrets' }, reportingComponent: 'sealed-secrets' },
    ...{ firstTimestamp: '2026-01-02T03:04:05Z', lastTimestamp: '2026-01-02T03:04:05Z' },
  })
})

test('the same again within ten minutes is counted', async () => {
  await write(record('x'))
  now = 599_000
  await write(record('x'))
  now = 1_190_000
  await write(record('x'))
  expect(methods()).toEqual(['POST', 'PATCH', 'PATCH'])
  const { name } = fields(bodyOf(0).metadata)
  expect(api.requests[2]).toMatchObject({
    path: `/api/v1/namespaces/app/events/${String(name)}`,
    body: { count: 3, lastTimestamp: '1970-01-01T00:19:50Z' },
  })
  now = 1_900_000
  await write(record('x'), record('y'), record('x', 'other'))
  expect(methods().slice(3)).toEqual(['POST', 'POST', 'POST'])
})

test('what repeats before it was written is written once', async () => {
  const hundred = Array.from({ length: 100 }, () => record('x'))
  await write(...hundred)
  expect(methods().length).toBeLessThan(3)
  expect(bodyOf(api.requests.length - 1)).toMatchObject({ count: 100 })
})

test('an event that has expired is made again', async () => {
  await write(record('x'))
  const { handler } = api
  api.handler = (request, response) =>
    request.method === 'PATCH' ? refuse(response, 404, 'NotFound') : handler(request, response)
  await write(record('x'))
  expect(methods()).toEqual(['POST', 'PATCH', 'POST'])
  expect(bodyOf(2)).toMatchObject({ count: 2 })
})

test('a failure is logged, and the next event is written', async () => {
  const { handler } = api
  api.handler = (_, response) => refuse(response, 403, 'Forbidden')
  await write(record('x'))
  expect(lines).toMatchObject([{ level: 'warn', fields: { object: 'app/db' } }])
  api.handler = handler
  await write(record('x'))
  expect(methods()).toEqual(['POST', 'POST'])
})

test('too many at once are dropped, and that is said once', async () => {
  await write(...Array.from({ length: 3000 }, (_, i) => record('x', `db${i}`)))
  expect(api.requests.length).toBeGreaterThan(1999)
  expect(api.requests.length).toBeLessThan(2010)
  expect(lines.map(({ level, fields }) => [level, fields?.count])).toEqual([['warn', 3000 - api.requests.length]])
  await write(record('later'))
  expect(lines.length).toBe(1)
})

test('long names and messages fit', async () => {
  await write(record('ä'.repeat(2000), 'n'.repeat(253)))
  const { message, metadata } = bodyOf(0)
  expect(Buffer.byteLength(String(message))).toBeLessThan(1025)
  expect(message).toMatch(/^ä+\.\.\.$/)
  expect(String(fields(metadata).name).length).toBe(253)
})

test('events give way to what is being written', async () => {
  writer.giveWay()
  writer.record(record('x'))
  await new Promise(setImmediate)
  expect([asked, methods()]).toEqual([[200], []])
  now = 200
  passed.resolve()
  await vi.waitFor(() => expect(methods()).toEqual(['POST']))
})

test('an event gives way for five seconds at most', async () => {
  writer.giveWay()
  writer.record(record('x'))
  now = 5000
  writer.giveWay()
  passed.resolve()
  await vi.waitFor(() => expect(methods()).toEqual(['POST']))
})

test('many events do not give way', async () => {
  writer.giveWay()
  for (let index = 0; index < 500; index++) writer.record(record('x', `db${index}`))
  now = 100
  passed.resolve()
  await vi.waitFor(() => expect(methods()).toContain('POST'))
  now = 200
  await vi.waitFor(() => expect(methods().length).toBe(500))
})

test('at the end nothing gives way', async () => {
  writer.giveWay()
  writer.record(record('x'))
  passed.resolve()
  await writer.flushed()
  expect(methods()).toEqual(['POST'])
})
