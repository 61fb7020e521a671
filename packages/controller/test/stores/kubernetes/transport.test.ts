import { getEventListeners } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StoreError } from '../../../src/ports.ts'
import { ApiError, TooLarge } from '../../../src/stores/kubernetes/api-error.ts'
import { type Call, Transport } from '../../../src/stores/kubernetes/transport.ts'
import { FakeApi, json, refuse } from './fake-api.ts'

let api: FakeApi
const get: Call = { method: 'GET', path: '/x', what: 'get x' }
const create: Call = { method: 'POST', path: '/x', what: 'create x', body: { a: 'hunter2' }, confidential: true }

const failure = async (call: Promise<unknown>): Promise<ApiError> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof ApiError) return error
  throw new Error('expected an ApiError', { cause: error })
}

beforeEach(async () => {
  api = await FakeApi.start((_, response) => json(response, 200, { fine: true }))
})
afterEach(() => api.close())

describe('calls', () => {
  test('share connections, of which there are no more than allowed', async () => {
    const transport = api.transport({ connections: 3 })
    for (let i = 0; i < 20; i++) expect(await transport.call(get)).toEqual({ fine: true })
    // A call may start before the connection of the one before is free again.
    expect(api.connections).toBeLessThan(3)
    await Promise.all(Array.from({ length: 50 }, () => transport.call(get)))
    expect(api.connections).toBe(3)
  })

  test('carry identity, user agent, types and the query', async () => {
    await api.transport().call({ ...get, query: { limit: 5, continue: undefined, watch: 'a&b' }, accept: 'text/x' })
    expect(api.requests[0]?.query.toString()).toBe('limit=5&watch=a%26b')
    expect(api.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer abc',
      'user-agent': 'waxseal-controller/test',
      accept: 'text/x',
    })
    await api.transport().call({ ...create, method: 'PATCH' })
    expect(api.requests[1]).toMatchObject({
      body: { a: 'hunter2' },
      headers: { 'content-type': 'application/merge-patch+json', accept: 'application/json' },
    })
  })

  test('say when to come back', async () => {
    api.handler = (_, response) => refuse(response, 429, 'TooManyRequests', { headers: { 'retry-after': '7' } })
    expect(await failure(api.transport().call(get))).toMatchObject({
      code: 'unavailable',
      status: 429,
      retryAfterMs: 7000,
    })
  })

  test('fail in time when no answer comes, or never ends', async () => {
    api.handler = () => undefined
    expect((await failure(api.transport().call({ ...get, timeoutMs: 50 }))).message).toMatch(
      /^get x: no answer from .* in time$/,
    )
    api.handler = (_, response) => response.writeHead(200).write('{')
    expect((await failure(api.transport().call({ ...get, timeoutMs: 50 }))).code).toBe('unavailable')
  })

  test('use new connections once one was found dead', async () => {
    const transport = api.transport({ connections: 1 })
    await transport.call(get)
    const { handler } = api
    api.handler = () => undefined
    await failure(transport.call({ ...get, timeoutMs: 50 }))
    await failure(transport.call({ ...get, timeoutMs: 50 }))
    api.handler = handler
    await transport.call(get)
    expect(api.connections).toBe(3)
  })

  test('bound what they read', async () => {
    api.handler = (_, response) => json(response, 200, 'x'.repeat(2000))
    expect(await failure(api.transport().call({ ...get, maxBytes: 1000 }))).toBeInstanceOf(TooLarge)
    api.handler = (_, response) => json(response, 500, 'x'.repeat(1 << 20))
    expect(await failure(api.transport().call(get))).toMatchObject({ status: 500, code: 'unavailable' })
  })

  test('are refused as unavailable when nobody listens', async () => {
    const address = api.server
    const transport = new Transport({ credentials: api.credentials(), connections: 1, userAgent: 'x' })
    await api.close()
    expect((await failure(transport.call(get))).message).toBe(`get x: cannot reach ${address} (ECONNREFUSED)`)
    await transport.close()
    api = await FakeApi.start()
  })

  test('never show what was sent', async () => {
    const answers = [
      (_: unknown, response: Parameters<typeof json>[0]) => response.socket?.resetAndDestroy(),
      (_: unknown, response: Parameters<typeof json>[0]) =>
        refuse(response, 403, 'Forbidden', { message: 'no: hunter2' }),
      (_: unknown, response: Parameters<typeof json>[0]) => response.end('hunter2'),
    ]
    for (const answer of answers) {
      api.handler = answer
      const error = await failure(api.transport().call(create))
      expect(error).toBeInstanceOf(StoreError)
      expect(`${error.message} ${String(error.stack)} ${String(error.cause)}`).not.toMatch(/hunter2|Bearer|abc/)
    }
  })

  test('read again over a connection that was lost, and do not write again', async () => {
    const transport = api.transport()
    let lost = 0
    api.handler = (_, response) => {
      lost += 1
      if (lost % 2 === 1) response.socket?.resetAndDestroy()
      else json(response, 200, {})
    }
    expect(await transport.call(get)).toEqual({})
    expect((await failure(transport.call(create))).message).toMatch(
      /^create x: cannot reach http:.*\((ECONNRESET|UND_ERR_SOCKET)\)$/,
    )
    expect(lost).toBe(3)
  })

  test('end when the transport or the caller ends', async () => {
    api.handler = () => undefined
    const transport = api.transport()
    const caller = new AbortController()
    const calls = [failure(transport.call(get, caller.signal)), failure(transport.call(get))]
    await sleep(20)
    caller.abort()
    expect((await calls[0])?.code).toBe('unavailable')
    await transport.close()
    expect((await calls[1])?.message).toBe('the connection is closed')
    expect((await failure(transport.call(get))).message).toBe('the connection is closed')
  })
})

describe('tokens', () => {
  test('in a file are read again when the server refuses the old one', async () => {
    const tokenFile = join(await mkdtemp(join(tmpdir(), 'waxseal-token-')), 'token')
    await writeFile(tokenFile, 'one\n')
    api.handler = (request, response) =>
      request.headers.authorization === 'Bearer two' ? json(response, 200, {}) : refuse(response, 401, 'Unauthorized')
    const transport = api.transport({ user: { authProvider: { name: 'tokenFile', config: { tokenFile } } } })
    expect(await failure(transport.call(get))).toMatchObject({ code: 'unavailable', status: 401 })
    await writeFile(tokenFile, 'two\n')
    expect(await transport.call(get)).toEqual({})
    expect(new Set(api.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer one', 'Bearer two']),
    )
  })

  test('that cannot be read are said to be the reason', async () => {
    const user = { authProvider: { name: 'tokenFile', config: { tokenFile: '/does/not/exist' } } }
    const { message } = await failure(api.transport({ user }).call(get))
    expect(message).toBe(`cannot read the credentials for ${api.server} (ENOENT)`)
    expect(api.requests).toEqual([])
  })
})

describe('streams', () => {
  const timeouts = { headersMs: 5000, idleMs: 5000, totalMs: 5000 }
  const read = async (limits = timeouts, signal = new AbortController().signal): Promise<string> => {
    let text = ''
    for await (const chunk of api.transport().stream(get, limits, signal)) text += chunk.toString()
    return text
  }

  test('end with the answer', async () => {
    api.handler = (_, response) => void response.write('a', () => setTimeout(() => response.end('b'), 10))
    expect(await read()).toBe('ab')
  })

  test('end when nothing comes, and at their time', async () => {
    api.handler = (_, response) => response.writeHead(200).write('a')
    expect((await failure(read({ ...timeouts, idleMs: 100 }))).message).toMatch(/UND_ERR_BODY_TIMEOUT/)
    expect((await failure(read({ ...timeouts, totalMs: 100 }))).message).toMatch(/in time$/)
    api.handler = () => undefined
    expect((await failure(read({ ...timeouts, headersMs: 100 }))).message).toMatch(/UND_ERR_HEADERS_TIMEOUT/)
  })

  test('that the reader leaves close their connection', async () => {
    api.handler = (_, response) => response.writeHead(200).write('a')
    for await (const _ of api.transport().stream(get, timeouts, new AbortController().signal)) break
    for (let i = 0; i < 100 && api.sockets.size > 0; i++) await sleep(10)
    expect(api.sockets.size).toBe(0)
  })

  test('leave no listener on the signal', async () => {
    const { signal } = new AbortController()
    await read(timeouts, signal)
    await api.transport().call(get, signal)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
