/**
 * kubeseal --validate and --re-encrypt. The API server here is a fake that answers what a real one would, for the faults;
 * the e2e tests use a real one with the controller behind it.
 */
import { asObject, asStringMap } from '@waxseal/core'
import { describe, expect, test } from 'vitest'
import { CERT, matching, type Sandbox, sandbox, secretYaml } from './support/sandbox.ts'
import { masked, sealedValues } from './support/sealed.ts'
import { serve } from './support/server.ts'

const SERVICE = '/api/v1/namespaces/kube-system/services/sealed-secrets-controller'
const PROXY = '/api/v1/namespaces/kube-system/services/http:sealed-secrets-controller:web/proxy'

interface Reply {
  readonly status?: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Asked {
  readonly url: string
  readonly body: string
}

/** A cluster whose controller answers with `reply`; returns what it was asked. */
async function cluster(box: Sandbox, reply: (asked: Asked) => Reply | undefined): Promise<Asked[]> {
  const asked: Asked[] = []
  const server = await serve((request, response) => {
    const url = decodeURIComponent(request.url ?? '')
    if (url === SERVICE) {
      response.end(JSON.stringify({ spec: { ports: [{ name: 'web', port: 8080 }] } }))
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { url: url.replace(PROXY, ''), body: Buffer.concat(chunks).toString() }
      asked.push(one)
      const answer = reply(one)
      if (answer !== undefined) response.writeHead(answer.status ?? 200, answer.headers).end(answer.body)
    })
  })
  const config = {
    clusters: [{ name: 'c', cluster: { server } }],
    contexts: [{ name: 'x', context: { cluster: 'c' } }],
    'current-context': 'x',
  }
  box.write('kc', JSON.stringify(config))
  return asked
}

const ask = (box: Sandbox, args: readonly string[], stdin = '') =>
  box.kubeseal([...args, '--kubeconfig', 'kc'], { stdin })

/** The request's SealedSecret with other sealed values, as the controller rotates. */
function rotated({ body }: Asked, values: Readonly<Record<string, string>>): Reply {
  const sealed = asObject(JSON.parse(body), 'SealedSecret')
  const spec = asObject(sealed.spec, 'spec')
  const old = asStringMap(spec.encryptedData, 'encryptedData')
  const encryptedData = Object.fromEntries(Object.keys(old).map((key) => [key, values[key] ?? 'none']))
  return { body: JSON.stringify({ ...sealed, spec: { ...spec, encryptedData } }) }
}

let json = ''
let yaml = ''
let fresh: Readonly<Record<string, string>> = {}

async function prepare(): Promise<Sandbox> {
  const box = sandbox()
  if (json === '') {
    const stdin = secretYaml('db', { a: '1', b: '2' })
    json = (await box.kubeseal(['--cert', CERT], { stdin })).stdout
    yaml = (await box.kubeseal(['--cert', CERT, '-o', 'yaml'], { stdin })).stdout
    fresh = await sealedValues(box, 'db', { a: 'new', b: 'new' })
  }
  return box
}

describe('--validate', () => {
  test('asks the controller; says nothing when all can be opened', async () => {
    const box = await prepare()
    const asked = await cluster(box, () => ({ body: 'ok\n' }))
    expect(await ask(box, ['--validate'], json)).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(asked).toEqual([{ url: '/v1/verify', body: JSON.stringify(JSON.parse(json)) }])
    box.write('many.yaml', `# a\n${yaml}---\nkind: Other\n${yaml}`)
    expect(await ask(box, ['--validate', '-f', 'many.yaml'])).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(asked).toHaveLength(3)
  })

  test('one that cannot be opened', async () => {
    const box = await prepare()
    await cluster(box, () => ({ status: 409, body: 'cannot be opened\n' }))
    const one = await ask(box, ['--validate'], json)
    expect(one).toMatchObject({
      code: 1,
      stdout: '',
      stderr: matching(/^error: unable to decrypt sealed secret\nhint: .*shop\/db/),
    })
    box.write('many.yaml', `${yaml}${yaml}`)
    const { stderr } = await ask(box, ['--validate', '-f', 'many.yaml'])
    expect(stderr).toMatch(/^error: many\.yaml: document 1: unable to decrypt sealed secret\n/)
  })

  test.for([
    ['', /^error: no SealedSecret in the input: it is empty\n/],
    ['apiVersion: v1\nkind: Secret\n', /^error: no SealedSecret in the input, only a Secret\n/],
    ['a: [', /^error: document 1, /],
  ] as const)('%j has nothing to ask about', async ([stdin, error]) => {
    const box = await prepare()
    const asked = await cluster(box, () => ({ body: 'ok\n' }))
    expect(await ask(box, ['--validate'], stdin)).toMatchObject({ code: 1, stderr: matching(error) })
    expect(asked).toEqual([])
  })
})

describe('--re-encrypt', () => {
  test('standard input to standard output, in the format asked for', async () => {
    const box = await prepare()
    const asked = await cluster(box, (one) => rotated(one, fresh))
    for (const [args, stdin, text] of [
      [[], json, json],
      [[], yaml, json],
      [['-o', 'yaml'], json, yaml],
    ] as const) {
      const { code, stdout, stderr } = await ask(box, ['--re-encrypt', ...args], stdin)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(masked(stdout)).toBe(masked(text))
      expect(stdout).toContain(fresh.a)
    }
    expect(new Set(asked.map(({ url }) => url))).toEqual(new Set(['/v1/rotate']))
  })

  test('-w: its extension says the format, and the input stays', async () => {
    const box = await prepare()
    await cluster(box, (one) => rotated(one, fresh))
    box.write('in.json', json)
    expect(await ask(box, ['--re-encrypt', '-f', 'in.json', '-w', 'out.yaml'])).toMatchObject({ code: 0, stdout: '' })
    expect(masked(box.read('out.yaml'))).toBe(masked(yaml))
    expect(box.read('in.json')).toBe(json)
  })

  test('-f alone is changed in place, comments and other documents kept', async () => {
    const box = await prepare()
    await cluster(box, (one) => rotated(one, fresh))
    const before = `# head\n${yaml}---\nkind: Other # as it is\n`
    box.write('s.yaml', before)
    const result = await ask(box, ['--rotate', '-f', 's.yaml'])
    expect(result).toMatchObject({ code: 0, stdout: '', stderr: matching(/deprecated.*--re-encrypt/) })
    expect(masked(box.read('s.yaml'))).toBe(masked(before))
    expect(box.read('s.yaml')).toContain(fresh.b)
    expect(box.list()).toEqual(['kc', 's.yaml'])
    box.write('s.json', json)
    expect(await ask(box, ['--re-encrypt', '-f', 's.json', '-o', 'yaml'])).toMatchObject({ code: 0 })
    expect(masked(box.read('s.json'))).toBe(masked(yaml))
    box.write('same.yaml', before)
    expect(await ask(box, ['--re-encrypt', '-f', 'same.yaml', '-w', 'same.yaml'])).toMatchObject({ code: 0 })
    expect(masked(box.read('same.yaml'))).toBe(masked(before))
  })

  test('told to wait (429), it waits as long as asked and tries again', async () => {
    const box = await prepare()
    let left = 1
    const wait: Reply = { status: 429, headers: { 'Retry-After': '1' }, body: 'too many requests\n' }
    const asked = await cluster(box, (one) => (left-- > 0 ? wait : rotated(one, fresh)))
    expect(await ask(box, ['--re-encrypt'], json)).toMatchObject({ code: 0, stderr: '' })
    expect(asked).toHaveLength(2)
  })

  const strange = (change: (spec: Record<string, unknown>) => object) => (one: Asked) => {
    const sealed = asObject(JSON.parse(rotated(one, fresh).body ?? ''), 'SealedSecret')
    return { body: JSON.stringify({ ...sealed, spec: change({ ...asObject(sealed.spec, 'spec') }) }) }
  }
  const elsewhere: Reply = { status: 302, headers: { Location: 'http://elsewhere.invalid/' } }
  const cases: readonly (readonly [string, (asked: Asked) => Reply | undefined, RegExp])[] = [
    ['it cannot be opened', () => ({ status: 409 }), /the controller cannot open it \(409\)/],
    ['it is too large', () => ({ status: 413 }), /larger than the controller takes \(413\)/],
    ['it is refused', () => ({ status: 400, body: 'spec: no\n' }), /the controller refuses it \(400\): spec: no/],
    ['the proxy is not allowed', () => ({ status: 403 }), /the right to create on services\/proxy .*\(403\)/],
    ['the controller fails', () => ({ status: 500, body: 'oops' }), /answered 500/],
    [
      'a web page',
      () => ({ headers: { 'content-type': 'text/html' }, body: '<html>' }),
      /answered with a web page \(HTML\)/,
    ],
    ['a redirect to another host', () => elsewhere, /answered 302\nhint: redirects are not followed/],
    ['no answer', () => undefined, /no answer within 1 s/],
    ['something else', () => ({ body: '{"kind":"Status"}' }), /something that is not the SealedSecret it was sent/],
    ['no JSON', () => ({ body: 'ok\n' }), /something that is not the SealedSecret it was sent/],
    ['a value less', strange((spec) => ({ ...spec, encryptedData: { a: fresh.a } })), /not the SealedSecret/],
    [
      'other values',
      strange((spec) => ({ ...spec, encryptedData: { a: 'plain', b: 'text' } })),
      /not the SealedSecret/,
    ],
  ]
  test.for(cases)('%s: an error, the file as before', async ([, reply, error]) => {
    const box = await prepare()
    await cluster(box, reply)
    box.write('s.yaml', yaml)
    const result = await ask(box, ['--re-encrypt', '-f', 's.yaml', '--request-timeout', '1s'])
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: matching(/^error: [^\n]+\nhint: [^\n]+\n$/) })
    expect(result.stderr).toMatch(error)
    expect(box.read('s.yaml')).toBe(yaml)
    expect(box.list()).toEqual(['kc', 's.yaml'])
    const validated = await ask(box, ['--validate', '-f', 's.yaml', '--request-timeout', '1s'])
    expect(validated.code === 1 || result.stderr.includes('SealedSecret it was sent')).toBe(true)
  })

  test('only sealed values are taken from the answer', async () => {
    const box = await prepare()
    await cluster(
      box,
      strange((spec) => ({ ...spec, template: { type: 'changed' } })),
    )
    expect(masked((await ask(box, ['--re-encrypt'], json)).stdout)).toBe(masked(json))
  })

  test('changed by somebody else meanwhile: not overwritten', async () => {
    const box = await prepare()
    box.write('s.yaml', yaml)
    await cluster(box, (one) => {
      box.write('s.yaml', 'theirs\n')
      return rotated(one, fresh)
    })
    const { code, stderr } = await ask(box, ['--re-encrypt', '-f', 's.yaml'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: matching(/changed by somebody else/) })
    expect(box.read('s.yaml')).toBe('theirs\n')
  })
})
