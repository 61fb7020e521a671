/** The faults of an API server and of the way to it, one after the other. */
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { describeError } from '../../../src/log/describe.ts'
import type { Fields } from '../../../src/stores/kubernetes/fields.ts'
import { fields } from '../../../src/stores/kubernetes/fields.ts'
import { Informer } from '../../../src/stores/kubernetes/informer.ts'
import { DEFAULT_TIMING, type InformerTiming, type Resource } from '../../../src/stores/kubernetes/resource.ts'
import type { Receiver } from '../../../src/stores/kubernetes/table.ts'
import { eventually } from '../../helpers/eventually.ts'
import {
  event,
  FakeApi,
  type FakeHandler,
  type FakeRequest,
  json,
  list,
  object,
  openWatch,
  refuse,
} from './fake-api.ts'
import { memoryLog } from './log.ts'

/** Writes down what it is told. */
class Recorder implements Receiver {
  readonly told: string[] = []
  listing(version: string, rewound: boolean): void {
    this.told.push(`listing ${version}${rewound ? ' rewound' : ''}`)
  }
  upsert(about: Fields): void {
    this.told.push(`+${nameOf(about)}`)
  }
  remove(about: Fields): void {
    this.told.push(`-${nameOf(about)}`)
  }
  listed(): void {
    this.told.push('listed')
  }
}

const nameOf = ({ metadata }: Fields): string =>
  `${String(fields(metadata).name)}@${String(fields(metadata).resourceVersion)}`

const FAST: InformerTiming = { ...DEFAULT_TIMING, backoffFirstMs: 5, backoffMaxMs: 40, shortMs: 20 }

let api: FakeApi
let stop: AbortController
let recorder: Recorder
let running: Promise<void>
let { log, lines } = memoryLog()

function follow(timing: Partial<InformerTiming> = {}, resource: Partial<Resource> = {}): Informer {
  const informer = new Informer({
    transport: api.transport(),
    resource: { name: 'things in app', path: '/things', ...resource },
    receiver: recorder,
    ...{ log, clock: systemClock, timing: { ...FAST, ...timing }, random: () => 0.5 },
  })
  running = informer.run(stop.signal)
  return informer
}

/** Answers lists with the n-th of `lists`, watches with the n-th of `watches`; further watches stay open. */
function script(lists: FakeHandler[], watches: FakeHandler[] = []): FakeHandler {
  return (request, response) => {
    const isWatch = request.query.has('watch')
    const answer = isWatch ? watches[countOf('watch') - 1] : lists[Math.min(countOf('list'), lists.length) - 1]
    return answer === undefined ? openWatch(response) : answer(request, response)
  }
}

const countOf = (kind: 'list' | 'watch'): number => api.requestsOf(kind).length
const watchedFrom = (): (string | null)[] => api.requestsOf('watch').map(({ query }) => query.get('resourceVersion'))
const one: FakeHandler = (_, response) => json(response, 200, list(10, [object('a', 5)]))
const told = (...expected: string[]): Promise<true> =>
  eventually(() => (expected.every((line) => recorder.told.includes(line)) ? true : undefined)).catch(() => {
    throw new Error(`expected ${expected.join(', ')}; told ${recorder.told.join(', ')}`)
  })
const watches = (count: number): Promise<true> => eventually(() => (countOf('watch') >= count ? true : undefined))
const say = (response: ServerResponse, ...text: string[]): void => {
  openWatch(response)
  response.write(text.join(''))
}

beforeEach(async () => {
  api = await FakeApi.start()
  stop = new AbortController()
  recorder = new Recorder()
  ;({ log, lines } = memoryLog())
  running = Promise.resolve()
})
afterEach(async () => {
  stop.abort()
  await running
  await api.close()
})

describe('list', () => {
  test('comes in pages, and the watch begins at its version', async () => {
    const page = ({ query }: FakeRequest, response: ServerResponse): void => {
      const from = Number(query.get('continue') ?? 0)
      json(response, 200, list(10, [object(`a${from}`, 5)], from < 2 ? String(from + 1) : undefined))
    }
    api.handler = script([page])
    const informer = follow({ pageSize: 1 }, { labelSelector: 'key' })
    expect(informer.synced).toBe(false)
    await informer.ready
    expect(informer.synced).toBe(true)
    expect(recorder.told).toEqual(['listing 10', '+a0@5', '+a1@5', '+a2@5', 'listed'])
    await watches(1)
    expect(api.requestsOf('list').map(({ query }) => query.get('limit'))).toEqual(['1', '1', '1'])
    const { query } = api.requestsOf('watch')[0] ?? {}
    expect(Object.fromEntries(query ?? [])).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '10',
      timeoutSeconds: '450',
      labelSelector: 'key',
    })
  })

  test('that expires between two pages begins anew', async () => {
    const first: FakeHandler = (_, response) => json(response, 200, list(10, [object('a', 5)], 'next'))
    const gone: FakeHandler = (_, response) => refuse(response, 410, 'Expired')
    api.handler = script([first, gone, (_, response) => json(response, 200, list(20, [object('b', 15)]))])
    await follow().ready
    expect(recorder.told).toEqual(['listing 10', '+a@5', 'listing 20', '+b@15', 'listed'])
    expect(api.requestsOf('list').map(({ query }) => query.get('continue'))).toEqual([null, 'next', null])
  })

  test('asks for smaller pages when one is too large', async () => {
    const large = 'x'.repeat(1 << 20)
    api.handler = script([
      ({ query }, response) => {
        const items = Array.from({ length: Number(query.get('limit')) }, (_, i) => object(`a${i}`, 5, { large }))
        json(response, 200, list(10, items))
      },
    ])
    await follow({ pageSize: 40 }).ready
    expect(recorder.told.length).toBe(5 + 2)
  }, 20_000)

  test.each<[string, FakeHandler]>([
    ['500', (_, response) => refuse(response, 500, 'InternalError')],
    ['a web page', (_, response) => response.end('<html>')],
    ['another object', (_, response) => json(response, 200, { items: [] })],
    ['a reset', (_, response) => response.socket?.resetAndDestroy()],
    [
      'half an answer',
      (_, response) => response.writeHead(200).write('{"it', () => response.socket?.resetAndDestroy()),
    ],
    ['403', (_, response) => refuse(response, 403, 'Forbidden')],
  ])('survives %s', async (_, fault) => {
    api.handler = script([fault, fault, fault, fault, one])
    await follow().ready
    expect(recorder.told).toEqual(['listing 10', '+a@5', 'listed'])
    expect(lines.filter(({ level }) => level === 'warn').length).toBe(1)
    expect(lines.filter(({ level }) => level === 'info').length).toBe(1)
  })

  test('says what a missing definition looks like', async () => {
    api.handler = script([(_, response) => response.writeHead(404).end('404 page not found\n'), one])
    await follow().ready
    const { error } = lines[0]?.fields ?? {}
    expect(describeError(error)).toMatch(/^list things in app: the API server does not serve them; is the custom/)
  })

  test('waits as long as the server asks', async () => {
    const busy: FakeHandler = (_, response) =>
      refuse(response, 429, 'TooManyRequests', { headers: { 'retry-after': '1' } })
    api.handler = script([busy, one])
    const started = performance.now()
    await follow().ready
    expect(performance.now() - started).toBeGreaterThan(950)
  })
})

describe('watch', () => {
  test('tells changes whatever way they are cut', async () => {
    const text = [
      event('ADDED', object('b', 11, { note: 'ä€' })),
      event('MODIFIED', object('a', 12)),
      event('DELETED', object('b', 13)),
    ]
    const bytes = Buffer.from(text.join(''))
    const drip: FakeHandler = async (_, response) => {
      openWatch(response)
      for (const byte of bytes) await new Promise((done) => response.write(Buffer.of(byte), done))
    }
    api.handler = script([one], [drip])
    follow()
    expect(await told('+b@11', '+a@12', '-b@13')).toBe(true)
  })

  test('that ends in time resumes at the last version, bookmarks included', async () => {
    const ending =
      (...events: string[]): FakeHandler =>
      (_, response) => {
        say(response, ...events)
        response.end()
      }
    api.handler = script(
      [one],
      [ending(event('MODIFIED', object('a', 11))), ending(event('BOOKMARK', { metadata: { resourceVersion: '90' } }))],
    )
    follow()
    await watches(3)
    expect(watchedFrom()).toEqual(['10', '11', '90'])
    expect(countOf('list')).toBe(1)
    expect(lines).toEqual([])
  })

  test.each<[string, FakeHandler]>([
    [
      'a reset within a line',
      (_, response) =>
        response
          .writeHead(200)
          .write(`${event('MODIFIED', object('a', 11))}{"type":"MOD`, () =>
            setTimeout(() => response.socket?.resetAndDestroy(), 20),
          ),
    ],
    [
      'an end within a line',
      (_, response) => response.writeHead(200).end(`${event('MODIFIED', object('a', 11))}{"type":"MOD`),
    ],
    ['garbage', (_, response) => say(response, event('MODIFIED', object('a', 11)), '\u0000\u0001garbage\n')],
    ['JSON that is no event', (_, response) => say(response, event('MODIFIED', object('a', 11)), '[1,2]\n')],
    [
      'an event without an object',
      (_, response) => say(response, event('MODIFIED', object('a', 11)), '{"type":"ADDED"}\n'),
    ],
    [
      'an ERROR event',
      (_, response) =>
        say(
          response,
          event('MODIFIED', object('a', 11)),
          event('ERROR', { kind: 'Status', code: 500, reason: 'InternalError' }),
        ),
    ],
    ['silence', (_, response) => say(response, event('MODIFIED', object('a', 11)))],
  ])('resumes after %s', async (_, fault) => {
    api.handler = script([one], [fault])
    follow({ idleMs: 300 })
    await told('+a@11')
    await watches(2)
    expect(watchedFrom().slice(0, 2)).toEqual(['10', '11'])
    expect(countOf('list')).toBe(1)
  })

  test('gives up on a line without end', async () => {
    const endless: FakeHandler = (_, response) => {
      openWatch(response)
      const more = (): boolean => response.write(Buffer.alloc(1 << 20, 'x'), () => response.destroyed || more())
      more()
    }
    api.handler = script([one], [endless])
    follow()
    await watches(2)
    expect(watchedFrom()).toEqual(['10', '10'])
    expect(process.memoryUsage().rss).toBeLessThan(1 << 30)
  })

  test.each<[string, FakeHandler]>([
    ['HTTP 410', (_, response) => refuse(response, 410, 'Expired')],
    [
      'an ERROR event 410',
      (_, response) => say(response, event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' })),
    ],
  ])('lists again after %s', async (_, gone) => {
    api.handler = script([one, (_, response) => json(response, 200, list(30, [object('c', 25)]))], [gone])
    follow()
    await told('listing 30', '+c@25')
    await watches(2)
    expect(watchedFrom()).toEqual(['10', '30'])
  })

  test('resumes after a few 500 and lists again when they do not end', async () => {
    const broken: FakeHandler = (_, response) => refuse(response, 500, 'InternalError')
    api.handler = script([one], [broken, broken, broken])
    follow()
    await watches(4)
    expect(watchedFrom()).toEqual(['10', '10', '10', '10'])
    expect(countOf('list')).toBe(2)
  })

  test('notices that the server went back in time', async () => {
    const gone: FakeHandler = (_, response) =>
      refuse(response, 504, 'Timeout', { message: 'Too large resource version' })
    api.handler = script([one, (_, response) => json(response, 200, list(4, []))], [gone, gone, gone])
    follow()
    expect(await told('listing 4 rewound')).toBe(true)
  })

  test('that ends at once again and again is not asked for in a hurry', async () => {
    api.handler = script(
      [one],
      Array.from({ length: 1000 }, (): FakeHandler => (_, response) => response.writeHead(200).end()),
    )
    follow({ backoffMaxMs: 100, shortMs: 10_000 })
    await sleep(600)
    expect(countOf('watch')).toBeLessThan(20)
    expect(lines.filter(({ level }) => level === 'warn').length).toBe(1)
  })

  test('asks for metadata where that is enough', async () => {
    api.handler = script([one])
    follow({}, { metadataOnly: true })
    await watches(1)
    expect(api.requests.map(({ headers }) => headers.accept)).toEqual([
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
    ])
  })
})

describe('an API server that is away', () => {
  test('is waited for, quietly, and the watch resumes', async () => {
    api.handler = script([one])
    const informer = follow()
    await watches(1)
    const away: FakeHandler = (_, response) => response.socket?.resetAndDestroy()
    api.handler = away
    for (const socket of api.sockets) socket.resetAndDestroy()
    await sleep(400)
    const asked = countOf('watch')
    expect(asked).toBeLessThan(40)
    expect(informer.synced).toBe(true)
    api.handler = (_, response) => say(response, event('DELETED', object('a', 40)))
    await told('-a@40')
    expect(new Set(watchedFrom())).toEqual(new Set(['10']))
    expect(countOf('list')).toBe(1)
    expect(lines.filter(({ level }) => level === 'warn').length).toBe(1)
    await eventually(() => (lines.some(({ level }) => level === 'info') ? true : undefined))
  })
})

describe('stopping', () => {
  test.each<[string, FakeHandler]>([
    ['a list', () => undefined],
    ['a watch', script([one])],
    ['a pause', (_, response) => refuse(response, 503, 'x', { headers: { 'retry-after': '60' } })],
  ])('ends %s at once', async (_, handler) => {
    api.handler = handler
    follow()
    await eventually(() => (api.requests.length > 0 ? true : undefined))
    await sleep(50)
    const asked = api.requests.length
    const started = performance.now()
    stop.abort()
    await running
    expect(performance.now() - started).toBeLessThan(100)
    await sleep(100)
    expect(api.requests.length).toBe(asked)
  })
})
