import { describe, expect, test } from 'vitest'
import { formatAddress, parseAddress } from '../src/address.ts'
import { type Config, readConfig } from '../src/config.ts'
import { parseDuration } from '../src/duration.ts'
import { UsageError } from '../src/flags.ts'

const around = (env: Record<string, string> = {}, podNamespace?: string) => ({ env, podNamespace, version: '1.2.3' })

function config(argv: string[], env: Record<string, string> = {}, podNamespace?: string): Config {
  const invocation = readConfig(argv, around(env, podNamespace))
  if (invocation.kind !== 'run') throw new Error(invocation.text)
  return invocation.config
}

function problem(argv: string[], env: Record<string, string> = {}): string {
  try {
    config(argv, env)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return 'accepted'
}

test('defaults', () => {
  expect(config([])).toEqual({
    directory: undefined,
    once: false,
    election: {
      leaseDurationMs: 3000,
      renewDeadlineMs: 2000,
      retryPeriodMs: 500,
      leaseName: 'sealed-secrets-controller',
    },
    kubeconfig: undefined,
    controllerNamespace: 'kube-system',
    namespaces: 'all',
    keyPrefix: 'sealed-secrets-key',
    keySize: 4096,
    keyValidityMs: 315_360_000_000,
    myCommonName: '',
    acceptDeprecatedData: true,
    updateStatus: true,
    rateLimit: { perSecond: 2, burst: 2 },
    listen: { host: undefined, port: 8080 },
    listenMetrics: { host: undefined, port: 8081 },
    logLevel: 'info',
    logFormat: 'text',
  })
})

test('every flag, in the ways pflag takes them', () => {
  const argv = [
    '--directory=/data',
    '--once',
    '--all-namespaces=false',
    '--additional-namespaces',
    'a, b,,a',
    '--namespace=ops',
    '--key-prefix=my-key',
    '--key-size',
    '2048',
    '--key-ttl=24h',
    '--my-cn=me',
    '--accept-deprecated-v1-data=false',
    '--update-status=F',
    '--rate-limit=10',
    '--rate-limit-burst=0',
    '--listen-addr=127.0.0.1:1',
    '--listen-metrics-addr',
    '[::1]:2',
    '--log-level=DEBUG',
    '--log-format=json',
  ]
  expect(config(argv)).toEqual({
    directory: '/data',
    once: true,
    kubeconfig: undefined,
    controllerNamespace: 'ops',
    namespaces: ['ops', 'a', 'b'],
    keyPrefix: 'my-key',
    keySize: 2048,
    keyValidityMs: 86_400_000,
    myCommonName: 'me',
    acceptDeprecatedData: false,
    updateStatus: false,
    rateLimit: { perSecond: 10, burst: 0 },
    listen: { host: '127.0.0.1', port: 1 },
    listenMetrics: { host: '::1', port: 2 },
    logLevel: 'debug',
    logFormat: 'json',
  })
})

test('the environment counts where there is no flag', () => {
  const env = { SEALED_SECRETS_KEY_SIZE: '3072', SEALED_SECRETS_UPDATE_STATUS: 'false', SEALED_SECRETS_DIRECTORY: '/e' }
  expect(config([], env)).toMatchObject({ keySize: 3072, updateStatus: false, directory: '/e' })
  expect(config(['--key-size=2048', '--update-status'], env)).toMatchObject({ keySize: 2048, updateStatus: true })
})

test("the controller's own namespace", () => {
  expect(config([], {}, 'pod').controllerNamespace).toBe('pod')
  expect(config([], { POD_NAMESPACE: 'env' }, 'pod').controllerNamespace).toBe('env')
  expect(config(['--namespace=flag'], { POD_NAMESPACE: 'env' }).controllerNamespace).toBe('flag')
})

test.each([
  [['--bogus'], {}, "unknown option '--bogus'"],
  [['run'], {}, 'unexpected argument: run'],
  [['--key-size=1024'], {}, '--key-size: "1024" is not a number of bits from 2048 to 8192'],
  [['--key-size'], {}, "option '--key-size <BITS>' argument missing"],
  [['--once=perhaps'], {}, '--once: "perhaps" is neither true nor false'],
  [['--listen-addr=8080'], {}, '--listen-addr: "8080" is not an address such as :8080'],
  [['--key-prefix=../x'], {}, '--key-prefix: "../x" is not the beginning of a name (a-z, 0-9, - and .)'],
  [['--log-level=loud'], {}, '--log-level: "loud" is not one of debug, info, warn, error'],
  [['--rate-limit=0'], {}, '--rate-limit: "0" is not a number of requests, 1 to 999999'],
  [
    [],
    { SEALED_SECRETS_RATE_LIMIT_BURST: '-1' },
    'SEALED_SECRETS_RATE_LIMIT_BURST: "-1" is not a number of requests, 0 to 999999',
  ],
  [['--directory=a', '--kubeconfig=b'], {}, '--directory and --kubeconfig exclude each other'],
  [[], { SEALED_SECRETS_KEY_TTL: 'ten' }, 'SEALED_SECRETS_KEY_TTL: "ten" is not a duration such as 87600h0m0s'],
  [[], { SEALED_SECRETS_ONCE: 'x' }, 'SEALED_SECRETS_ONCE: "x" is neither true nor false'],
])('%j with %j: %s', (argv, env, message) => {
  expect(problem(argv, env)).toBe(message)
})

test('--version and --help print and do nothing else', () => {
  expect(readConfig(['--version'], around())).toEqual({ kind: 'print', text: 'controller version: 1.2.3\n' })
  const help = readConfig(['--help'], around())
  expect(help.kind === 'print' && help.text).toContain('--directory <DIR>')
})

describe('Go notation', () => {
  test.each([
    ['87600h0m0s', 315_360_000_000],
    ['1.5h', 5_400_000],
    ['300ms', 300],
    ['-1m', -60_000],
    ['0', 0],
    ['1h2m3s', 3_723_000],
    ['', undefined],
    ['10', undefined],
    ['h', undefined],
    ['1d', undefined],
    ['1h-1m', undefined],
  ])('duration %j is %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test.each([
    [':8080', { host: undefined, port: 8080 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::]:80', { host: '::', port: 80 }],
    ['::1:80', undefined],
    [':70000', undefined],
    ['', undefined],
  ])('address %j', (text, address) => {
    expect(parseAddress(text)).toEqual(address)
  })

  test('addresses are shown as they are given', () => {
    expect([formatAddress('::', 80), formatAddress('1.2.3.4', 80)]).toEqual(['[::]:80', '1.2.3.4:80'])
  })
})
