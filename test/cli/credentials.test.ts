/** Who the API server sees: credentials, plugins, impersonation, TLS and proxies of a kubeconfig, as kubectl has them. */
import { readFileSync } from 'node:fs'
import { createServer as createPlain, type RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { connect, type Server } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { run } from './support/bin.ts'
import { CERT, matching, type Sandbox, sandbox } from './support/sandbox.ts'

const PEM = readFileSync(CERT, 'utf8')
/** For TLS, of servers and of clients: a self-signed certificate for `api.test`. */
const [SERVER_CERT, SERVER_KEY] = ['tls.crt', 'tls.key'].map(
  (name) => new URL(`fixtures/${name}`, import.meta.url).pathname,
)

interface Seen {
  readonly headers: readonly string[]
  readonly url: string
}

/** Answers as an API server with a controller behind its service proxy; `seen` are the requests. */
function answering(seen: Seen[]): RequestListener {
  return (request, response) => {
    seen.push({ headers: request.rawHeaders, url: request.url ?? '' })
    const isService = request.url?.endsWith('/services/sealed-secrets-controller') === true
    response.end(isService ? JSON.stringify({ spec: { ports: [{ name: 'http' }] } }) : PEM)
  }
}

async function api(tls?: object): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = tls === undefined ? createPlain(answering(seen)) : createServer(tls, answering(seen))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server)
  return { url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, seen }
}

function kubeconfig(box: Sandbox, cluster: object, user: object): void {
  const contexts = [{ name: 'x', context: { cluster: 'c', user: 'u' } }]
  const config = { clusters: [{ name: 'c', cluster }], users: [{ name: 'u', user }], contexts, 'current-context': 'x' }
  box.write('kc', JSON.stringify(config))
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return address.port
}

const CERTIFICATE = ['cert', '--kubeconfig', 'kc']

/** Values of a header, in the order in which they were sent. */
const sent = ({ seen }: { seen: readonly Seen[] }, name: string): string[] =>
  (seen[0]?.headers ?? []).filter((_, i, all) => i % 2 === 1 && all[i - 1]?.toLowerCase() === name)

describe('a credential plugin', () => {
  /** A plugin that keeps what it was told and prints an answer. */
  function plugin(box: Sandbox, status: object, extra = ''): void {
    const answer = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }
    const script = `#!/bin/sh\nprintf %s "$KUBERNETES_EXEC_INFO" > info\nprintf '%s %s' "$1" "$EXTRA" > words\necho 'logging in' >&2\n${extra}\ncat <<'EOF'\n${JSON.stringify(answer)}\nEOF\n`
    box.write('login.sh', script)
  }
  const exec = (more: object = {}) => ({
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sh',
      args: ['./login.sh', 'argument'],
      env: [{ name: 'EXTRA', value: 'variable' }],
      interactiveMode: 'IfAvailable',
      ...more,
    },
  })

  test('gives the token; is told of the cluster if it asks, and whether somebody is there', async () => {
    const box = sandbox()
    const server = await api()
    plugin(box, { token: 't0ken', expirationTimestamp: '2030-01-01T00:00:00Z' })
    kubeconfig(
      box,
      { server: server.url, extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { a: 1 } }] },
      exec({ provideClusterInfo: true, args: ['./login.sh', 'argument'] }),
    )
    expect(await box.waxseal(CERTIFICATE)).toMatchObject({ code: 0, stdout: PEM, stderr: 'logging in\n' })
    expect(sent(server, 'authorization')).toEqual(['Bearer t0ken'])
    expect(JSON.parse(box.read('info'))).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server: server.url, config: { a: 1 } } },
    })
    expect(box.read('words')).toBe('./login.sh variable'.replace('./login.sh', 'argument'))
  })

  test('that is named with a slash is looked for beside the kubeconfig', async () => {
    const box = sandbox()
    const server = await api()
    plugin(box, { token: 't0ken' })
    const { chmodSync, mkdirSync } = await import('node:fs')
    chmodSync(`${box.folder}/login.sh`, 0o755)
    mkdirSync(`${box.folder}/elsewhere`)
    kubeconfig(box, { server: server.url }, exec({ command: './login.sh', args: [] }))
    const result = await run('waxseal', ['cert', '--kubeconfig', '../kc'], { cwd: `${box.folder}/elsewhere` })
    expect(result).toMatchObject({ code: 0, stdout: PEM })
  })

  test('gives a client certificate', async () => {
    const box = sandbox()
    const server = await api({
      cert: readFileSync(SERVER_CERT ?? ''),
      key: readFileSync(SERVER_KEY ?? ''),
      ca: readFileSync(SERVER_CERT ?? ''),
      requestCert: true,
    })
    plugin(box, {
      clientCertificateData: readFileSync(SERVER_CERT ?? '', 'utf8'),
      clientKeyData: readFileSync(SERVER_KEY ?? '', 'utf8'),
    })
    kubeconfig(box, { server: server.url, 'insecure-skip-tls-verify': true }, exec())
    expect(await box.waxseal(CERTIFICATE)).toMatchObject({ code: 0, stdout: PEM })
    expect(sent(server, 'authorization')).toEqual([])
  })

  test.for([
    [
      'is not there',
      { command: 'no-such-login', installHint: 'get it from your platform team' },
      '',
      /^error: exec plugin no-such-login: executable not found\nhint: get it from your platform team\n$/,
    ],
    [
      'fails',
      {},
      'echo secret-value; exit 3',
      /^logging in\nerror: exec plugin sh failed \(exit code 3\)\nhint: .*--cert/,
    ],
    [
      'prints something else',
      {},
      'echo secret-value; exit 0',
      /error: exec plugin sh printed no ExecCredential of client\.authentication\.k8s\.io\/v1\n/,
    ],
    [
      'is of an unknown version',
      { apiVersion: 'client.authentication.k8s.io/v1alpha1' },
      '',
      /error: exec plugin sh: the apiVersion client\.authentication\.k8s\.io\/v1alpha1 is not supported\nhint: /,
    ],
    ['needs a terminal', { interactiveMode: 'Always' }, '', /error: exec plugin sh needs a terminal.*\nhint: /],
    [
      'does not say whether it asks',
      { interactiveMode: undefined },
      '',
      /error: exec plugin sh: interactiveMode must be/,
    ],
  ] as const)('that %s: what to do, and nothing of what it printed', async ([, more, extra, error]) => {
    const box = sandbox()
    const server = await api()
    plugin(box, { token: 'secret-value' }, extra)
    kubeconfig(box, { server: server.url }, exec(more))
    const result = await box.waxseal(CERTIFICATE)
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: matching(error) })
    expect(result.stderr).not.toContain('secret-value')
    expect(server.seen).toEqual([])
  })
})

describe('impersonation', () => {
  test('from the kubeconfig and from flags: a header for each group', async () => {
    const box = sandbox()
    const server = await api()
    const user = {
      token: 't',
      as: 'eve',
      'as-groups': ['a, b', 'c'],
      'as-uid': '7',
      'as-user-extra': { Scope: ['x', 'y'] },
    }
    kubeconfig(box, { server: server.url }, user)
    expect((await box.waxseal(CERTIFICATE)).code).toBe(0)
    const headers = ['impersonate-user', 'impersonate-group', 'impersonate-uid', 'impersonate-extra-scope']
    expect(headers.map((name) => sent(server, name))).toEqual([['eve'], ['a, b', 'c'], ['7'], ['x', 'y']])
    const flags = ['--as', 'mallory', '--as-group', 'd', '--as-group', 'e']
    expect((await box.kubeseal(['--fetch-cert', '--kubeconfig', 'kc', ...flags])).code).toBe(0)
    const last = { seen: server.seen.slice(-1) }
    expect(['impersonate-user', 'impersonate-group'].map((name) => sent(last, name))).toEqual([['mallory'], ['d', 'e']])
  })
})

describe('TLS', () => {
  const tls = () => ({ cert: readFileSync(SERVER_CERT ?? ''), key: readFileSync(SERVER_KEY ?? '') })

  test('an authority from a file or as data, with the name to check for; otherwise refused', async () => {
    const box = sandbox()
    const server = await api(tls())
    const name = { 'tls-server-name': 'api.test' }
    const data = readFileSync(SERVER_CERT ?? '').toString('base64')
    for (const cluster of [
      { 'certificate-authority': SERVER_CERT, ...name },
      { 'certificate-authority-data': data, ...name },
      { 'insecure-skip-tls-verify': true },
    ]) {
      kubeconfig(box, { server: server.url, ...cluster }, { token: 't' })
      expect(await box.waxseal(CERTIFICATE)).toMatchObject({ code: 0, stdout: PEM })
    }
    const before = server.seen.length
    for (const [cluster, error] of [
      [{}, /signed by an unknown authority/],
      [{ 'certificate-authority-data': data }, /for another host name/],
      [{ 'certificate-authority': 'gone.crt' }, /gone\.crt: no such file/],
    ] as const) {
      kubeconfig(box, { server: server.url, ...cluster }, { token: 't' })
      expect(await box.waxseal(CERTIFICATE)).toMatchObject({ code: 1, stdout: '', stderr: matching(error) })
    }
    expect(server.seen).toHaveLength(before)
  })

  test('a client certificate without its key is told', async () => {
    const box = sandbox()
    kubeconfig(box, { server: 'https://127.0.0.1:1' }, { 'client-certificate': CERT })
    expect(await box.waxseal(CERTIFICATE)).toMatchObject({
      code: 1,
      stderr: matching(/certificate and its key are needed/),
    })
  })
})

describe('a proxy', () => {
  /** A proxy for CONNECT; `asked` are the hosts that it was asked for. */
  async function proxy(): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = []
    const server = createPlain()
    server.on('connect', (request, socket) => {
      asked.push(request.url ?? '')
      const [host = '', port = ''] = (request.url ?? '').split(':')
      const onward = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        onward.pipe(socket)
        socket.pipe(onward)
      })
      for (const each of [onward, socket]) each.on('error', () => onward.destroy())
    })
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { url: `http://127.0.0.1:${portOf(server)}`, asked }
  }

  test("the kubeconfig's wins, the environment's counts unless NO_PROXY names the host", async () => {
    const box = sandbox()
    const server = await api({ cert: readFileSync(SERVER_CERT ?? ''), key: readFileSync(SERVER_KEY ?? '') })
    const host = server.url.slice('https://'.length)
    const [own, others] = [await proxy(), await proxy()]
    const cluster = { server: server.url, 'insecure-skip-tls-verify': true }
    const env = { HTTPS_PROXY: others.url }
    kubeconfig(box, { ...cluster, 'proxy-url': own.url }, { token: 't' })
    expect(await box.waxseal(CERTIFICATE, { env })).toMatchObject({ code: 0, stdout: PEM })
    expect([new Set(own.asked), others.asked]).toEqual([new Set([host]), []])
    own.asked.length = 0
    kubeconfig(box, cluster, { token: 't' })
    expect(await box.waxseal(CERTIFICATE, { env })).toMatchObject({ code: 0, stdout: PEM })
    expect([own.asked, new Set(others.asked)]).toEqual([[], new Set([host])])
    others.asked.length = 0
    expect(await box.waxseal(CERTIFICATE, { env: { ...env, NO_PROXY: '127.0.0.1' } })).toMatchObject({ code: 0 })
    expect(others.asked).toEqual([])
  })

  test('of a kind that is not known is refused', async () => {
    const box = sandbox()
    kubeconfig(box, { server: 'https://127.0.0.1:1', 'proxy-url': 'ftp://127.0.0.1:2' }, { token: 't' })
    expect(await box.waxseal(CERTIFICATE)).toMatchObject({
      code: 1,
      stderr: matching(/proxy-url ftp.*http, https or socks5/),
    })
  })
})
