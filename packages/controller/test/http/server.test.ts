import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { metricsRoutes, publicRoutes, type Served } from '../../src/http/routes.ts'
import { type Routes, type Serving, serve, text } from '../../src/http/server.ts'
import { Metrics } from '../../src/metrics.ts'
import { FakeClock } from '../helpers/fake-clock.ts'

const open: Serving[] = []
afterEach(() => Promise.all(open.splice(0).map((server) => server.close(100))))

async function serving(routes: Routes, metrics = new Metrics('test')): Promise<string> {
  const server = await serve({ address: { host: '127.0.0.1', port: 0 }, routes, metrics, clock: systemClock })
  open.push(server)
  return `http://127.0.0.1:${server.port}`
}

describe('public endpoints', () => {
  let served: Served | undefined
  const routes = publicRoutes(() => served)
  const answer = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${await serving(routes)}${path}`, init)
    return { status: response.status, body: await response.text(), headers: response.headers }
  }

  test('/healthz answers while everything else is still starting', async () => {
    served = undefined
    expect(await answer('/healthz')).toMatchObject({ status: 200, body: 'ok\n' })
    expect(await answer('/readyz')).toMatchObject({ status: 503, body: 'not ready: starting\n' })
    expect((await answer('/v1/cert.pem')).status).toBe(503)
  })

  test('/readyz names what is missing', async () => {
    served = { certificatePem: undefined, unready: 'no key yet' }
    expect(await answer('/readyz')).toMatchObject({ status: 503, body: 'not ready: no key yet\n' })
    expect((await answer('/v1/cert.pem')).status).toBe(503)
    served = { certificatePem: 'PEM', unready: undefined }
    expect(await answer('/readyz')).toMatchObject({ status: 200, body: 'ok\n' })
  })

  test('/v1/cert.pem gives the certificate, HEAD its size only', async () => {
    served = { certificatePem: 'PEM\n', unready: undefined }
    const got = await answer('/v1/cert.pem?x=1')
    expect(got).toMatchObject({ status: 200, body: 'PEM\n' })
    expect(got.headers.get('content-type')).toBe('application/x-pem-file')
    const head = await answer('/v1/cert.pem', { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, body: '' })
    expect(head.headers.get('content-length')).toBe('4')
  })

  test('other methods are 405 with Allow, other paths 404', async () => {
    const posted = await answer('/healthz', { method: 'POST', body: 'x'.repeat(10_000) })
    expect(posted.status).toBe(405)
    expect(posted.headers.get('allow')).toBe('GET, HEAD')
    for (const path of ['/', '/nothing', '/healthz/', '/__proto__', '/constructor'])
      expect((await answer(path)).status).toBe(404)
  })
})

test('/metrics counts requests by route, whatever clients ask for', async () => {
  const metrics = new Metrics('test')
  const base = await serving({ ...metricsRoutes(metrics), ...publicRoutes(() => undefined) }, metrics)
  await fetch(`${base}/healthz`)
  await fetch(`${base}/some/${'x'.repeat(50)}`)
  const response = await fetch(`${base}/metrics`)
  const body = await response.text()
  expect(response.headers.get('content-type')).toContain('text/plain')
  expect(body).toContain('http_requests_total{path="/healthz",code="200",method="GET"} 1')
  expect(body).toContain('http_requests_total{path="other",code="404",method="GET"} 1')
  expect(body).not.toContain('xxxx')
})

test('a route that fails answers 500 without its reason', async () => {
  const base = await serving({ '/x': () => Promise.reject(new Error('the reason')) })
  const response = await fetch(`${base}/x`)
  expect([response.status, await response.text()]).toEqual([500, 'internal error\n'])
})

test('headers that are too large and garbage are refused, and the server lives on', async () => {
  const base = await serving(publicRoutes(() => undefined))
  const said = await raw(base, `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`)
  expect(said).toMatch(/^HTTP\/1\.1 4/)
  expect(await raw(base, '\u0000\u0001garbage\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/)
  expect((await fetch(`${base}/healthz`)).status).toBe(200)
})

test('closing does not wait for a client that never finishes its request', async () => {
  const server = await serve({
    address: { host: '127.0.0.1', port: 0 },
    routes: {},
    metrics: new Metrics('test'),
    clock: systemClock,
  })
  const socket = connect(server.port, '127.0.0.1')
  await new Promise((resolve) => socket.write('GET / HTTP/1.1\r\nHost:', resolve))
  const closed = new Promise((resolve) => socket.on('close', resolve).on('error', () => {}))
  await server.close(50)
  await closed
  expect(socket.destroyed).toBe(true)
})

test('an address in use is an error of the caller', async () => {
  const base = await serving({})
  const address = { host: '127.0.0.1', port: Number(new URL(base).port) }
  const second = serve({ address, routes: {}, metrics: new Metrics('test'), clock: systemClock })
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

function raw(base: string, request: string): Promise<string> {
  return new Promise((resolve) => {
    let said = ''
    const socket = connect(Number(new URL(base).port), '127.0.0.1', () => socket.write(request))
    socket.on('data', (chunk) => {
      said += chunk.toString()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(said))
  })
}

test('--write-timeout: an answer that takes longer is cut off, one in time is not', async () => {
  const clock = new FakeClock()
  const asked = Promise.withResolvers<void>()
  const routes: Routes = {
    '/never': () => {
      asked.resolve()
      return new Promise(() => {})
    },
    '/once': () => text(200, 'ok'),
  }
  const timeouts = { readMs: 10_000, writeMs: 30_000 }
  const address = { host: '127.0.0.1', port: 0 }
  const server = await serve({ address, routes, metrics: new Metrics('test'), clock, timeouts })
  open.push(server)
  const url = `http://127.0.0.1:${server.port}`
  expect((await fetch(`${url}/once`)).status).toBe(200)
  const never = fetch(`${url}/never`).then(
    () => 'answered',
    () => 'cut off',
  )
  await asked.promise
  await clock.advance(29_999)
  expect(await Promise.race([never, Promise.resolve('waiting')])).toBe('waiting')
  await clock.advance(1)
  expect(await never).toBe('cut off')
  expect(clock.pending).toBe(0)
})

test('--read-timeout: a request that is not sent in time is cut off', async () => {
  const timeouts = { readMs: 1000, writeMs: 30_000 }
  const address = { host: '127.0.0.1', port: 0 }
  const server = await serve({ address, routes: {}, metrics: new Metrics('test'), clock: systemClock, timeouts })
  open.push(server)
  const socket = connect(server.port, '127.0.0.1')
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n')
  const answer = await new Promise<string>((resolve) => {
    let got = ''
    socket.on('data', (chunk: Buffer) => {
      got += chunk.toString()
    })
    socket.on('close', () => resolve(got))
  })
  expect(answer).toMatch(/^HTTP\/1.1 408 /)
})
