/**
 * `waxseal reseal` and `waxseal verify` through the controller. The API server here is a fake, for the faults; the e2e tests use a
 * real one.
 */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CERT, type Sandbox, sandbox, secretYaml } from './support/sandbox.ts'
import { KEYS } from './support/transcript.ts'

const SERVICES = '/api/v1/namespaces/kube-system/services/'
const PROXY = `${SERVICES}http:sealed-secrets-controller:http/proxy`
const SERVICE = JSON.stringify({ kind: 'Service', spec: { ports: [{ port: 8080, name: 'http' }] } })
const PEM = readFileSync(CERT, 'utf8')

type Handler = (body: string, response: ServerResponse, request: IncomingMessage) => void

/** A fake that answers POSTs to the controller as told; the sandbox gets a kubeconfig for it. */
async function cluster(box: Sandbox, handler: Handler): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const url = request.url ?? ''
      if (request.headers.authorization !== 'Bearer t0ken') response.writeHead(401).end('{}')
      else if (url === `${SERVICES}sealed-secrets-controller`) response.end(SERVICE)
      else if (url === `${PROXY}/v1/cert.pem`) response.end(PEM)
      else {
        asked.push(`${request.method} ${url.replace(PROXY, '')}`)
        handler(body, response, request)
      }
    })
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const config = {
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'u', user: { token: 't0ken' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  }
  box.write('kc', JSON.stringify(config))
  return { port, asked }
}

const sealed = async (box: Sandbox, name: string, cert = join(KEYS, 'bravo.crt')): Promise<string> =>
  (await box.kubeseal(['--cert', cert, '-o', 'yaml'], { stdin: secretYaml(name, { a: 'one', b: 'two' }) })).stdout

const SEALED = /A[A-Za-z0-9+/]{300,}=*/g

/** What the controller would answer: the same with other values, which only have to look like some. */
const resealed = (body: string): string =>
  body.replaceAll(SEALED, (value) => {
    const turned = value.slice(20).split('').toReversed().join('').replaceAll('=', 'A')
    return value.slice(0, 20) + turned
  })

const FLAGS = ['--kubeconfig', 'kc', '.']

/** A text that fits the pattern, inside of an object. */
const like = (pattern: RegExp): unknown => expect.stringMatching(pattern)

describe('reseal', () => {
  test('asks the controller for each, and takes nothing but the values', async () => {
    const box = sandbox()
    const { asked } = await cluster(box, (body, response) => {
      response.end(resealed(body).replace('"metadata":{', '"metadata":{"labels":{"evil":"yes"},'))
    })
    const before = await sealed(box, 'one')
    box.write('one.yaml', before)
    const result = await box.waxseal(['reseal', ...FLAGS])
    expect(result).toMatchObject({ code: 0, stdout: 'one.yaml\n', stderr: '1 SealedSecret sealed again in 1 file\n' })
    expect(asked).toEqual(['POST /v1/rotate?only=outdated'])
    const after = box.read('one.yaml')
    expect(after.replaceAll(SEALED, 'v')).toBe(before.replaceAll(SEALED, 'v'))
    expect(after).not.toBe(before)
  })

  test('comes again when told to wait', async () => {
    const box = sandbox()
    let first = true
    const { asked } = await cluster(box, (body, response) => {
      if (first) response.writeHead(429, { 'retry-after': '1' }).end('too many requests\n')
      else response.end(resealed(body))
      first = false
    })
    box.write('one.yaml', await sealed(box, 'one'))
    expect(await box.waxseal(['reseal', ...FLAGS])).toMatchObject({ code: 0, stdout: 'one.yaml\n' })
    expect(asked).toHaveLength(2)
  })

  test('what the controller does not take is said of each; others are done', async () => {
    const box = sandbox()
    await cluster(box, (body, response) => {
      const status = /"name":"(\w+)"/.exec(body)?.[1]
      if (status === 'good') response.end(resealed(body))
      else response.writeHead(Number(status?.slice(1))).end('the reason\n')
    })
    for (const name of ['good', 's400', 's409', 's413']) box.write(`${name}.yaml`, await sealed(box, name))
    const { code, stdout, stderr } = await box.waxseal(['reseal', ...FLAGS])
    expect([code, stdout]).toEqual([1, 'good.yaml\n'])
    expect(stderr).toContain('error: s400.yaml: SealedSecret shop/s400: the controller refuses it (400): the reason\n')
    expect(stderr).toContain('error: s409.yaml: SealedSecret shop/s409: the controller cannot open it (409)\n')
    expect(stderr).toContain('error: s413.yaml: SealedSecret shop/s413: it is larger than the controller takes (413)\n')
  })

  const HTML = '<!doctype html><title>Log in</title>'
  const other = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata: { name: 'one' } }
  const faults: readonly (readonly [string, Handler, RegExp])[] = [
    [
      'a web page',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(HTML),
      /answered with a web page/,
    ],
    ['a web page by any other name', (_, response) => response.end(` \n${HTML}`), /answered with a web page/],
    ['500', (_, response) => response.writeHead(500).end('oops'), /^error: Service .* answered 500\nhint: /],
    [
      '503',
      (_, response) => response.writeHead(503).end('{"kind":"Status"}'),
      /has no controller running behind it \(503\)/,
    ],
    ['404', (_, response) => response.writeHead(404).end('not found'), /or has no \/v1\/rotate \(404\)/],
    [
      '403',
      (_, response) => response.writeHead(403).end('{}'),
      /the right to create on services\/proxy "http:sealed-secrets-controller:http" in namespace kube-system is missing \(403\)/,
    ],
    [
      'something else',
      (_, response) => response.end('hello'),
      /answered something that is not the SealedSecret it was sent/,
    ],
    ['nothing', (_, response) => response.end(''), /answered something that is not the SealedSecret it was sent/],
    [
      'a SealedSecret with other keys',
      (_, response) => response.end(JSON.stringify({ ...other, spec: { encryptedData: { z: 'AAAA' } } })),
      /not the SealedSecret it was sent/,
    ],
    [
      'values that are none',
      (body, response) => response.end(body.replaceAll(/"A[A-Za-z0-9+/]{300,}=*"/g, '"AgAA"')),
      /not the SealedSecret it was sent/,
    ],
    [
      'half an answer',
      (body, response) =>
        response.writeHead(200, { 'content-length': 1_000_000 }).write(body, () => response.destroy()),
      /^error: post http.*: connection/,
    ],
    ['nobody', (_, __, request) => request.socket.destroy(), /^error: post http.*: connection/],
  ]

  test.for(faults)('a controller that answers %s: told once, and nothing is written', async ([, handler, message]) => {
    const box = sandbox()
    await cluster(box, handler)
    const texts = [await sealed(box, 'one'), await sealed(box, 'two')] as const
    box.write('one.yaml', texts[0])
    box.write('two.yaml', texts[1])
    const { code, stdout, stderr } = await box.waxseal(['reseal', ...FLAGS])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr.replace(/^0 SealedSecrets.*\n/, '')).toMatch(message)
    expect(stderr.match(/^error: /gm)).toHaveLength(1)
    expect(stderr).toMatch(/\nhint: .*run it again to finish\n$/)
    expect([box.read('one.yaml'), box.read('two.yaml')]).toEqual(texts)
    expect(stderr).not.toContain('t0ken')
  })

  test('a redirect is not followed: the values go to nobody else', async () => {
    const box = sandbox()
    let elsewhere = 0
    const thief = createServer((_, response) => {
      elsewhere += 1
      response.end('{}')
    })
    await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void thief.close())
    const address = thief.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await cluster(box, (_, response) =>
      response.writeHead(307, { location: `http://localhost:${port}/v1/rotate` }).end(),
    )
    box.write('one.yaml', await sealed(box, 'one'))
    const { code, stderr } = await box.waxseal(['reseal', ...FLAGS])
    expect([code, elsewhere]).toEqual([1, 0])
    expect(stderr).toMatch(/answered 307\n/)
  })

  test('a controller that hangs: given up after a while', { timeout: 40_000 }, async () => {
    const box = sandbox()
    await cluster(box, () => undefined)
    box.write('one.yaml', await sealed(box, 'one'))
    const { code, stderr } = await box.waxseal(['reseal', ...FLAGS], { timeoutMs: 35_000 })
    expect([code, stderr]).toEqual([1, like(/error: post http.*: no answer within 15 s\nhint: /)])
  })
})

describe('verify', () => {
  test('asks for the whole, and for each value where that does not open', async () => {
    const box = sandbox()
    const { asked } = await cluster(box, (body, response) => {
      response.writeHead(body.includes('"name":"bad"') && /"b":/.test(body) ? 409 : 200).end()
    })
    box.write('bad.yaml', await sealed(box, 'bad'))
    box.write('good.yaml', await sealed(box, 'good'))
    expect(await box.waxseal(['verify', ...FLAGS])).toMatchObject({
      code: 1,
      stdout:
        'bad.yaml: SealedSecret shop/bad: b: cannot be opened\ngood.yaml: SealedSecret shop/good: ok (2 values)\n',
    })
    expect(asked).toHaveLength(4)
    expect(new Set(asked)).toEqual(new Set(['POST /v1/verify']))
  })

  test.each([
    ['a login page with status 200', 200, 'text/html', '<html>Log in', 'answered with a web page'],
    ['500', 500, 'text/plain', 'oops', 'answered 500'],
  ])('%s does not pass for an opened SealedSecret', async (_, status, type, body, message) => {
    const box = sandbox()
    await cluster(box, (_, response) => response.writeHead(status, { 'content-type': type }).end(body))
    box.write('one.yaml', await sealed(box, 'one'))
    const result = await box.waxseal(['verify', ...FLAGS])
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain(message)
  })
})
