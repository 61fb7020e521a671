import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { base64, sealedManifest } from '../helpers/material.ts'
import { endpoints, keysOf, ringOf } from './world.ts'

const REF = { namespace: 'team', name: 'shop' }
const keys = await keysOf(['bravo', 'alpha'])
const good = await sealedManifest(REF, { a: 'one', b: 'two' })
const foreign = await sealedManifest(REF, { a: 'one' }, { key: 'charlie' })

/** Requests as bytes on a socket, for what `fetch` does not do. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let said = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk) => (said += chunk.toString()))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(said))
  })
}

describe('the answer', () => {
  test.each([
    ['that opens', good, 200],
    ['without values', { ...good, spec: { encryptedData: {} } }, 200],
    ['sealed for another key', foreign, 409],
    [
      'of which one value is sealed for another key',
      { ...good, spec: { encryptedData: { ...good.spec.encryptedData, ...foreign.spec.encryptedData } } },
      409,
    ],
    ['moved to another name', { ...good, metadata: { ...good.metadata, name: 'other' } }, 409],
    ['with a value that is no base64', { ...good, spec: { encryptedData: { a: '!' } } }, 409],
    ['with the deprecated data that does not open', { ...good, spec: { encryptedData: {}, data: 'AAAA' } }, 409],
    ['with a value that is no text', { ...good, spec: { encryptedData: { a: 1 } } }, 400],
    ['without a name', { ...good, metadata: { namespace: 'team' } }, 400],
    ['that is a Secret', { apiVersion: 'v1', kind: 'Secret', metadata: REF, data: { a: base64('geheim') } }, 400],
    ['of another version', { ...good, apiVersion: 'bitnami.com/v2' }, 400],
  ])('a SealedSecret %s', async (_, body, status) => {
    const { post } = await endpoints(keys)
    const response = await post('/v1/verify', body)
    const said = await response.text()
    expect([response.status, said]).toEqual([
      status,
      status === 200 ? 'ok\n' : status === 409 ? 'cannot be opened\n' : said,
    ])
    expect(said).not.toMatch(/geheim|Z2VoZWlt/)
  })

  test.each([
    ['nothing', ''],
    ['half of it', JSON.stringify(good).slice(0, 300)],
    ['a list', '[]'],
    ['a text', 'hello'],
    ['binary', '\u0000\u0001\u0002'],
    ['two of them', `${JSON.stringify(good)}\n---\n${JSON.stringify(good)}`],
    [
      'a bomb of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${['ab', 'bc', 'cd', 'de', 'ef'].map(([from, to]) => `${to}: &${to} [${`*${from},`.repeat(9)}]`).join('\n')}`,
    ],
    ['deep nesting', '['.repeat(10_000)],
  ])('%s is 400', async (_, body) => {
    const { post } = await endpoints(keys)
    expect((await post('/v1/verify', body)).status).toBe(400)
  })

  test('YAML that keeps the parser busy is refused, and plain manifests of that size are not', async () => {
    const { post } = await endpoints(keys)
    const refused = await post('/v1/verify', `a: [${'x,'.repeat(200_000)}]`)
    expect([refused.status, await refused.text()]).toEqual([
      400,
      'document 1, line 1: YAML of more than 32768 characters; write it as JSON\n',
    ])
    const { a } = good.spec.encryptedData
    const items = Array.from({ length: 100 }, (_, i) => `    k${i}: ${a}\n`).join('')
    const plain = `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: shop\n  namespace: team\nspec:\n  encryptedData:\n${items}`
    expect((await post('/v1/verify', plain)).status).toBe(200)
  })

  test('YAML is read as well, whatever the content type', async () => {
    const { post } = await endpoints(keys)
    const items = Object.entries(good.spec.encryptedData).map(([key, value]) => `    ${key}: ${value}\n`)
    const yaml = `---\n# a comment\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: shop, namespace: team}\nspec:\n  encryptedData:\n${items.join('')}`
    for (const type of ['application/json', 'text/html', 'x', '']) {
      expect((await post('/v1/verify', yaml, { headers: { 'content-type': type } })).status).toBe(200)
      expect((await post('/v1/verify', good, { headers: { 'content-type': type } })).status).toBe(200)
    }
  })

  test('before there are keys: 503', async () => {
    const { post } = await endpoints(undefined)
    expect((await post('/v1/verify', good)).status).toBe(503)
  })
})

describe('nothing depends on what was decrypted (regression 2)', () => {
  const template = (data: object) => ({ spec: { encryptedData: good.spec.encryptedData, template: { data } } })

  test('templates are not rendered', async () => {
    const { post } = await endpoints(keys)
    for (const data of [{ x: '{{ fail .a }}' }, { x: '{{' }, { x: '{{ if eq .a "one" }}{{ fail "yes" }}{{ end }}' }]) {
      const response = await post('/v1/verify', { ...good, ...template(data) })
      expect([response.status, await response.text()]).toEqual([200, 'ok\n'])
    }
  })

  test('answers to different values are the same, headers included', async () => {
    const { post } = await endpoints(keys)
    const shown = []
    for (const value of ['', 'x', 'a much longer value '.repeat(50), '{{ fail "x" }}', '\u0000']) {
      const response = await post('/v1/verify', await sealedManifest(REF, { a: value }))
      const headers = [...response.headers].filter(([name]) => name !== 'date')
      shown.push(JSON.stringify([response.status, headers, await response.text()]))
    }
    expect(new Set(shown).size).toBe(1)
  })

  test('whether the inside of the deprecated data is a Secret is not told', async () => {
    const { post } = await endpoints(keys)
    for (const inside of ['{}', 'no JSON', '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"shop"}}']) {
      const { a = '' } = (await sealedManifest(REF, { a: inside })).spec.encryptedData
      const body = { ...good, spec: { encryptedData: {}, data: a } }
      expect((await post('/v1/verify', body)).status).toBe(200)
      expect((await (await endpoints(keys, { acceptDeprecatedData: false })).post('/v1/verify', body)).status).toBe(409)
    }
  })

  test('the scope is read from the object itself, not from its template (regression 1)', async () => {
    const { post } = await endpoints(keys)
    const wide = await sealedManifest(REF, { a: 'one' }, { scope: 'cluster-wide' })
    const annotations = { 'sealedsecrets.bitnami.com/cluster-wide': 'true' }
    const narrowed = { ...wide, metadata: REF, spec: { ...wide.spec, template: { metadata: { annotations } } } }
    expect((await post('/v1/verify', wide)).status).toBe(200)
    expect((await post('/v1/verify', narrowed)).status).toBe(409)
  })
})

describe('limits (regression 3)', () => {
  const limited = { rateLimit: { perSecond: 1, burst: 1 } }

  test('more than the rate is 429, says when to come again, and costs nothing', async () => {
    let operations = 0
    const counted = await keysOf(['alpha'], () => (operations += 1))
    const { post, metrics } = await endpoints(counted, limited)
    const one = { ...good, spec: { encryptedData: { a: good.spec.encryptedData.a } } }
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await post('/v1/verify', one))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 429])
    expect(answers[3]?.headers.get('retry-after')).toBe('1')
    expect(operations).toBe(2)
    expect((await post('/v1/rotate', one)).status).toBe(200)
    const counts = await metrics.registry.metrics()
    expect(counts).toContain('http_requests_total{path="/v1/verify",code="429",method="POST"} 2')
    expect(counts).toContain('http_requests_total{path="/v1/verify",code="200",method="POST"} 2')
    expect(counts).toContain('http_request_duration_seconds_count{path="/v1/verify",method="POST"} 4')
  })

  test.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'true-client-ip'])(
    '%s makes nobody another client',
    async (name) => {
      const { post } = await endpoints(keys, limited)
      const statuses = []
      for (let i = 0; i < 4; i++)
        statuses.push((await post('/v1/verify', good, { headers: { [name]: `203.0.113.${i}` } })).status)
      expect(statuses).toEqual([200, 200, 429, 429])
    },
  )

  test('a body over 1 MiB is 413, with its length or without', async () => {
    const { post, port } = await endpoints(keys)
    const large = JSON.stringify({ ...good, padding: 'x'.repeat(1024 * 1024) })
    expect((await post('/v1/verify', large)).status).toBe(413)
    const chunks = (large.match(/.{1,65536}/gs) ?? []).map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
    const head = 'POST /v1/verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n'
    expect(await raw(port, `${head}${chunks.join('')}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /)
    const announced = await raw(port, 'POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n{}')
    expect(announced).toMatch(/^HTTP\/1\.1 413 [\s\S]*Connection: close/)
    expect((await post('/v1/verify', good)).status).toBe(200)
  })

  test('an endless body is cut off', async () => {
    const { port } = await endpoints(keys)
    const said = await new Promise<string>((resolve) => {
      let text = ''
      const socket = connect(port, '127.0.0.1')
      socket.write('POST /v1/verify HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
      const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
      const more = (): void => {
        while (socket.writable && socket.write(chunk));
      }
      socket.on('drain', more)
      socket.on('data', (data) => (text += data.toString()))
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(text))
      more()
    })
    expect(said).toMatch(/^(HTTP\/1\.1 413 |$)/)
  })

  test('a body that never ends in time is 408', { timeout: 20_000 }, async () => {
    const { port, post } = await endpoints(keys)
    const said = raw(port, 'POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{')
    expect((await post('/v1/verify', good)).status).toBe(200)
    expect(await said).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('values that nothing opens cost no more RSA operations than the keys there are, and a few', async () => {
    let operations = 0
    const counted = await keysOf(['bravo', 'alpha'], () => (operations += 1))
    const { post } = await endpoints(counted)
    const value = (await sealedManifest({ ...REF, name: 'other' }, { a: 'one' })).spec.encryptedData.a ?? ''
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, value]))
    expect((await post('/v1/verify', { ...good, spec: { encryptedData: many } })).status).toBe(409)
    expect(operations).toBeLessThanOrEqual(2 * 5)
  })
})

test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is 405', async (method) => {
  const { url } = await endpoints(keys)
  const response = await fetch(`${url}/v1/verify`, { method })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
})

test('when the client goes away, the work stops', async () => {
  let operations = 0
  const slow = await ringOf('alpha')
  const started = Promise.withResolvers<void>()
  const ring = {
    keys: slow.keys,
    open: async (...given: Parameters<typeof slow.open>) => {
      operations += 1
      started.resolve()
      await new Promise((resolve) => setTimeout(resolve, 50))
      return slow.open(...given)
    },
  }
  const { post } = await endpoints({ ...keys, ring })
  const value = good.spec.encryptedData.a ?? ''
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, value]))
  const client = new AbortController()
  const asked = post('/v1/verify', { ...good, spec: { encryptedData: many } }, { signal: client.signal })
  await started.promise
  client.abort()
  await expect(asked).rejects.toThrow('abort')
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(operations).toBeLessThan(20)
})
