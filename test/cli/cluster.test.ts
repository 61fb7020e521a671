/**
 * The certificate through the API server's service proxy. The server here is a fake that answers what a real one would, for the
 * faults; the e2e tests use a real one.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CERT, matching, type Sandbox, sandbox, secretYaml } from './support/sandbox.ts'
import { serve } from './support/server.ts'

const SECRET = secretYaml('db', { password: 'x' })
const PEM = readFileSync(CERT, 'utf8')
const SERVICE = '/api/v1/namespaces/kube-system/services/sealed-secrets-controller'

type Answers = Readonly<Record<string, { status?: number; body: string }>>

/** Answers by path, 404 for others; a missing bearer token is 401. */
function apiServer(answers: Answers): Promise<string> {
  return serve((request, response) => {
    const answer = answers[decodeURIComponent(request.url ?? '')] ?? { status: 404, body: '{"kind":"Status"}' }
    const status = request.headers.authorization === 'Bearer t0ken' ? (answer.status ?? 200) : 401
    response.writeHead(status).end(answer.body)
  })
}

function kubeconfig(box: Sandbox, server: string, user: object = { token: 't0ken' }): void {
  const config = {
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  }
  box.write('kc', JSON.stringify(config))
}

const service = (name?: string) =>
  JSON.stringify({ kind: 'Service', spec: { ports: [{ port: 8080, ...(name === undefined ? {} : { name }) }] } })
const proxy = (port: string) =>
  `${SERVICE.replace(/[^/]+$/, '')}http:sealed-secrets-controller:${port}/proxy/v1/cert.pem`

describe('without --cert', () => {
  test.for(['http', undefined])('the controller is asked through its Service, port name %s', async (port) => {
    const box = sandbox()
    const server = await apiServer({ [SERVICE]: { body: service(port) }, [proxy(port ?? '')]: { body: PEM } })
    kubeconfig(box, server)
    expect(await box.waxseal(['seal', '--kubeconfig', 'kc'], { stdin: SECRET })).toMatchObject({ code: 0, stderr: '' })
    expect(await box.waxseal(['cert', '--kubeconfig', 'kc'])).toMatchObject({ code: 0, stdout: PEM })
    expect(await box.kubeseal(['--fetch-cert'], { env: { KUBECONFIG: `gone:${box.folder}/kc` } })).toMatchObject({
      code: 0,
      stdout: PEM,
    })
  })

  test('a token file is read anew', async () => {
    const box = sandbox()
    const server = await apiServer({ [SERVICE]: { body: service('http') }, [proxy('http')]: { body: PEM } })
    box.write('token', 't0ken')
    kubeconfig(box, server, { tokenFile: 'token' })
    expect(await box.waxseal(['cert', '--kubeconfig', 'kc'])).toMatchObject({ code: 0, stdout: PEM })
  })

  test('another name and namespace, by flag and by variable', async () => {
    const box = sandbox()
    const path = '/api/v1/namespaces/seal/services/ours'
    const server = await apiServer({
      [path]: { body: service() },
      '/api/v1/namespaces/seal/services/http:ours:/proxy/v1/cert.pem': { body: PEM },
    })
    kubeconfig(box, server)
    const flags = ['--controller-name', 'ours', '--controller-namespace', 'seal']
    expect(await box.waxseal(['cert', '--kubeconfig', 'kc', ...flags])).toMatchObject({ code: 0, stdout: PEM })
    const env = { SEALED_SECRETS_CONTROLLER_NAME: 'ours', SEALED_SECRETS_CONTROLLER_NAMESPACE: 'seal' }
    expect(await box.waxseal(['cert', '--kubeconfig', 'kc'], { env })).toMatchObject({ code: 0, stdout: PEM })
  })
})

const PUBLISHED = '/api/v1/namespaces/kube-system/configmaps/sealed-secrets-public-cert'
const published = { body: JSON.stringify({ kind: 'ConfigMap', data: { 'tls.crt': PEM } }) }

describe('where the controller cannot be asked, the certificate that it published is used, and that is said', () => {
  const cases: readonly (readonly [string, Answers, RegExp])[] = [
    [
      'no right to the Service',
      { [SERVICE]: { status: 403, body: '{}' } },
      /^note: the controller itself may not be asked: /,
    ],
    [
      'no right to the proxy',
      { [SERVICE]: { body: service('http') }, [proxy('http')]: { status: 403, body: '{}' } },
      /^note: the controller itself may not be asked: /,
    ],
    [
      'no controller runs',
      { [SERVICE]: { body: service() }, [proxy('')]: { status: 503, body: '{}' } },
      /^note: the controller itself cannot be reached: /,
    ],
  ]
  test.for(cases)('%s', async ([, answers, note]) => {
    const box = sandbox()
    const server = await apiServer({ ...answers, [PUBLISHED]: published })
    kubeconfig(box, server)
    const stderr = matching(note)
    expect(await box.waxseal(['cert', '--kubeconfig', 'kc'])).toMatchObject({ code: 0, stdout: PEM, stderr })
    expect(await box.kubeseal(['--fetch-cert', '--kubeconfig', 'kc'])).toMatchObject({ code: 0, stdout: PEM, stderr })
    const sealed = await box.waxseal(['seal', '--kubeconfig', 'kc'], { stdin: SECRET })
    expect(sealed.stderr).toContain(`in ConfigMap kube-system/sealed-secrets-public-cert at ${server}`)
    expect(sealed.stdout).toContain('kind: SealedSecret')
  })

  test('but not where the address of the controller may be wrong, and not when it is no ConfigMap', async () => {
    const box = sandbox()
    kubeconfig(box, await apiServer({ [PUBLISHED]: published }))
    expect((await box.waxseal(['cert', '--kubeconfig', 'kc'])).stderr).toMatch(/does not exist.*\(404\)/)
    for (const body of ['<html>', '{}', '{"data":{"tls.crt":7}}', 'null']) {
      kubeconfig(box, await apiServer({ [SERVICE]: { status: 403, body: '{}' }, [PUBLISHED]: { body } }))
      const { code, stderr } = await box.waxseal(['cert', '--kubeconfig', 'kc'])
      expect([code, stderr]).toEqual([1, matching(/^error: .*is missing \(403\)\nhint: /)])
    }
  })
})

describe('what goes wrong is said, with --cert as the way out', () => {
  const cases: readonly (readonly [string, Answers, RegExp])[] = [
    [
      'the Service is absent',
      {},
      /^error: Service kube-system\/sealed-secrets-controller does not exist at http.*\(404\)\nhint: .*--controller-name.*--cert/,
    ],
    [
      'the Service must not be read',
      { [SERVICE]: { status: 403, body: '{}' } },
      /^error: .*the right to get on services "sealed-secrets-controller" in namespace kube-system is missing \(403\)\nhint: .*--cert/,
    ],
    [
      'the proxy is not allowed',
      { [SERVICE]: { body: service('http') }, [proxy('http')]: { status: 403, body: '{}' } },
      /^error: .*the right to get on services\/proxy "http:sealed-secrets-controller:http" in namespace kube-system is missing \(403\)\nhint: .*--cert/,
    ],
    [
      'no controller runs',
      { [SERVICE]: { body: service() }, [proxy('')]: { status: 503, body: '{}' } },
      /^error: Service .* has no controller running behind it \(503\)\nhint: .*--cert/,
    ],
    [
      'the controller fails',
      { [SERVICE]: { body: service() }, [proxy('')]: { status: 500, body: 'oops' } },
      /^error: Service .* answered 500\nhint: /,
    ],
    [
      'something else answers',
      { [SERVICE]: { body: '<html>' } },
      /^error: the API server answered something that is not JSON\nhint: /,
    ],
    [
      'the proxy answers HTML',
      { [SERVICE]: { body: service() }, [proxy('')]: { body: '<html>Log in' } },
      /^error: Service .*: this is a web page \(HTML\), not a certificate\nhint: /,
    ],
  ]

  test.for(cases)('%s', async ([, answers, error]) => {
    const box = sandbox()
    kubeconfig(box, await apiServer(answers))
    const result = await box.waxseal(['seal', '--kubeconfig', 'kc'], { stdin: SECRET })
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: matching(error) })
  })

  test('the credentials are not accepted', async () => {
    const box = sandbox()
    kubeconfig(box, await apiServer({}), { token: 'other' })
    const { stderr } = await box.waxseal(['cert', '--kubeconfig', 'kc'])
    expect(stderr).toMatch(/^error: the API server at http.* does not accept the credentials \(401\)\nhint: /)
    expect(stderr).not.toContain('other')
  })

  test('the cluster is unreachable: which address', async () => {
    const box = sandbox()
    kubeconfig(box, 'https://127.0.0.1:1')
    const { stderr, code } = await box.waxseal(['seal', '--kubeconfig', 'kc'], { stdin: SECRET })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: get https:\/\/127\.0\.0\.1:1\/.*: connection refused\nhint: .*--cert FILE/)
  })

  test('the cluster does not answer in time', async () => {
    const box = sandbox()
    kubeconfig(box, await serve(() => undefined))
    const { stderr } = await box.kubeseal(['--fetch-cert', '--kubeconfig', 'kc', '--request-timeout', '1s'])
    expect(stderr).toMatch(/^error: get http.*: no answer within 1 s\nhint: /)
  })

  test('there is no kubeconfig, no such context, or one that cannot be read', async () => {
    const box = sandbox()
    const none = await box.waxseal(['cert'])
    expect(none.stderr).toMatch(/^error: no cluster configuration found.*\nhint: .*--cert/)
    kubeconfig(box, 'http://127.0.0.1:1')
    const context = await box.waxseal(['cert', '--kubeconfig', 'kc', '--context', 'nope'])
    expect(context.stderr).toBe('error: context "nope" does not exist\nhint: there are: x\n')
    box.write('broken', 'a: [\n')
    const broken = await box.waxseal(['cert', '--kubeconfig', 'broken'])
    expect(broken.stderr).toMatch(/^error: kubeconfig broken: /)
  })
})
