import { describe, expect, test } from 'vitest'
import { formatAddress, parseAddress } from '../src/address.ts'
import { type Config, readConfig } from '../src/config.ts'
import { parseDuration } from '../src/duration.ts'
import { UsageError } from '../src/flags.ts'
import { parsePairs, parseSelector } from '../src/labels.ts'
import { parseRfc1123z } from '../src/rfc1123.ts'

const around = (env: Record<string, string> = {}, podNamespace?: string) => ({ env, podNamespace, version: '1.2.3' })

function config(argv: readonly string[], env: Record<string, string> = {}, podNamespace?: string): Config {
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
    labelSelector: undefined,
    keys: {
      ...{ prefix: 'sealed-secrets-key', validityMs: 315_360_000_000, order: 'CertNotBefore' },
      ...{ labels: {}, annotations: {} },
    },
    renewal: { periodMs: 2_592_000_000, cutoff: undefined },
    watchKeys: true,
    keySize: 4096,
    myCommonName: '',
    acceptDeprecatedData: true,
    updateStatus: true,
    drift: 'heal',
    deletesSecrets: false,
    maxRetries: Number.POSITIVE_INFINITY,
    dryRun: false,
    clientRate: undefined,
    omitSecretLabels: false,
    rateLimit: { perSecond: 2, burst: 2 },
    listen: { host: undefined, port: 8080 },
    listenMetrics: { host: undefined, port: 8081 },
    timeouts: { readMs: 10_000, writeMs: 120_000 },
    logLevel: 'info',
    logFormat: 'text',
    logsToStdout: true,
  })
})

const EVERY = [
  '--kubeconfig=/kube',
  '--all-namespaces=false',
  '--additional-namespaces',
  'a, b,,a',
  '--namespace=ops',
  '--label-selector=team in (a, b),!test',
  '--key-prefix=my-key',
  '--key-size',
  '2048',
  '--key-ttl=24h',
  '--my-cn=me',
  '--key-renew-period=48h',
  '--key-cutoff-time=Mon, 02 Jan 2006 15:04:05 -0700',
  '--key-order-priority=SecretCreationTimestamp',
  '--privatekey-annotations=example.com/a=x y,b=',
  '--privatekey-labels=backup=yes, team=a',
  '--watch-for-secrets=false',
  '--accept-deprecated-v1-data=false',
  '--update-status=F',
  '--heal-drift=false',
  '--max-unseal-retries=5',
  '--dry-run',
  '--kubeclient-qps=2.5',
  '--kubeclient-burst=7',
  '--metrics-omit-secret-labels',
  '--rate-limit=10',
  '--rate-limit-burst=0',
  '--listen-addr=127.0.0.1:1',
  '--listen-metrics-addr',
  '[::1]:2',
  '--read-timeout=1m',
  '--write-timeout=30s',
  '--log-level=DEBUG',
  '--log-format=json',
  '--log-info-stdout=false',
]

test('every flag, in the ways pflag takes them', () => {
  expect(config(EVERY)).toEqual({
    directory: undefined,
    once: false,
    election: undefined,
    kubeconfig: '/kube',
    controllerNamespace: 'ops',
    namespaces: ['ops', 'a', 'b'],
    labelSelector: 'team in (a, b),!test',
    keys: {
      ...{ prefix: 'my-key', validityMs: 86_400_000, order: 'SecretCreationTimestamp' },
      labels: { backup: 'yes', team: 'a' },
      annotations: { 'example.com/a': 'x y', b: '' },
    },
    renewal: { periodMs: 172_800_000, cutoff: Date.UTC(2006, 0, 2, 22, 4, 5) },
    watchKeys: false,
    keySize: 2048,
    myCommonName: 'me',
    acceptDeprecatedData: false,
    updateStatus: false,
    drift: 'recreate',
    deletesSecrets: false,
    maxRetries: 5,
    dryRun: true,
    clientRate: { perSecond: 2.5, burst: 7 },
    omitSecretLabels: true,
    rateLimit: { perSecond: 10, burst: 0 },
    listen: { host: '127.0.0.1', port: 1 },
    listenMetrics: { host: '::1', port: 2 },
    timeouts: { readMs: 60_000, writeMs: 30_000 },
    logLevel: 'debug',
    logFormat: 'json',
    logsToStdout: false,
  })
})

test('the same in the environment', () => {
  const env: Record<string, string> = {}
  const joined = EVERY.join('\n').replaceAll(/^(--[a-z-]+)\n(?!--)/gm, '$1=')
  for (const line of joined.split('\n')) {
    const [, name = '', value = 'true'] = /^--([^=]+)(?:=(.*))?$/.exec(line) ?? []
    env[`SEALED_SECRETS_${name.toUpperCase().replaceAll('-', '_')}`] = value
  }
  expect(config([], env)).toEqual(config(EVERY))
})

test('all namespaces, or its own with those that are named, as Bitnami’s', () => {
  expect(config(['--all-namespaces=false']).namespaces).toEqual(['kube-system'])
  expect(config(['--additional-namespaces=a']).namespaces).toEqual(['kube-system', 'a'])
  expect(config(['--all-namespaces', '--additional-namespaces=a']).namespaces).toEqual(['kube-system', 'a'])
})

test('what belongs together', () => {
  expect(config(['--skip-recreate']).drift).toBe('ignore')
  expect(config(['--old-gc-behavior']).deletesSecrets).toBe(true)
  expect(config(['--rotate-period=5h']).renewal.periodMs).toBe(18_000_000)
  expect(config(['--rotate-period=5h', '--key-renew-period=0']).renewal.periodMs).toBe(0)
  expect(config(['--once', '--directory=a', '--key-renew-period=5h'])).toMatchObject({
    renewal: { periodMs: 0 },
    logsToStdout: false,
  })
  expect(config(['--kubeclient-qps=0']).clientRate).toEqual({ perSecond: 5, burst: 10 })
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
  [['--directory=a', '--dry-run'], {}, '--dry-run works on a cluster only'],
  [['--old-gc-behavior', '--label-selector=a'], {}, '--old-gc-behavior and --label-selector exclude each other'],
  [['--label-selector=a b'], {}, '--label-selector: "a b" is not a label selector'],
  [['--key-renew-period=1s'], {}, '--key-renew-period: "1s" is not a duration from 1m, or 0'],
  [['--rotate-period=-1h'], {}, '--rotate-period: "-1h" is not a duration from 1m, or 0'],
  [
    ['--key-cutoff-time=2026-01-01'],
    {},
    '--key-cutoff-time: "2026-01-01" is not a time such as "Mon, 02 Jan 2006 15:04:05 +0000"',
  ],
  [
    ['--key-order-priority=Newest'],
    {},
    '--key-order-priority: "Newest" is not one of CertNotBefore, SecretCreationTimestamp',
  ],
  [
    ['--privatekey-labels=a=b c'],
    {},
    '--privatekey-labels: "a=b c" is not a list of labels such as NAME=VALUE,NAME=VALUE',
  ],
  [
    ['--privatekey-annotations=a'],
    {},
    '--privatekey-annotations: "a" is not a list of annotations such as NAME=VALUE,NAME=VALUE',
  ],
  [['--max-unseal-retries=-2'], {}, '--max-unseal-retries: "-2" is not a number of retries, or -1'],
  [['--kubeclient-qps=many'], {}, '--kubeclient-qps: "many" is not a number of requests a second'],
  [['--read-timeout=0'], {}, '--read-timeout: "0" is not a duration from 1s to 1h'],
  [['--dry-run=maybe'], {}, '--dry-run: "maybe" is neither true nor false'],
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
  expect(help.kind === 'print' && help.text).toContain('--key-size is SEALED_SECRETS_KEY_SIZE')
})

describe('Go notation', () => {
  test.each([
    ['Mon, 02 Jan 2006 15:04:05 +0000', Date.UTC(2006, 0, 2, 15, 4, 5)],
    ['Mon, 02 Jan 2006 15:04:05 -0730', Date.UTC(2006, 0, 2, 22, 34, 5)],
    ['Thu, 29 Feb 2024 00:00:00 +0100', Date.UTC(2024, 1, 28, 23)],
    ['Thu, 30 Feb 2024 00:00:00 +0100', undefined],
    ['Mon, 2 Jan 2006 15:04:05 +0000', undefined],
    ['Mon, 02 Jan 2006 15:04:05 GMT', undefined],
    ['Mon, 02 Jan 2006 24:04:05 +0000', undefined],
    ['', undefined],
  ])('time %j is %s', (text, ms) => {
    expect(parseRfc1123z(text)).toBe(ms)
  })

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

test.each([
  ['', ''],
  ['a', 'a'],
  ['!a', '!a'],
  ['team=a,tier!=test,x==y', 'team=a,tier!=test,x==y'],
  ['example.com/team in (a,b), c notin (d)', 'example.com/team in (a,b), c notin (d)'],
  ['a=', 'a='],
  ['a=b c', undefined],
  ['a in b', undefined],
  ['a,,b', undefined],
  ['a&limit=1', undefined],
])('selector %j', (text, selector) => {
  expect(parseSelector(text)).toBe(selector)
})

test('pairs', () => {
  expect(parsePairs('', 'labels')).toEqual({})
  expect(parsePairs('a=1,b.c/d=2,a=3', 'labels')).toEqual({ a: '3', 'b.c/d': '2' })
  expect(parsePairs('__proto__=1', 'labels')).toBeUndefined()
  expect(parsePairs('=1', 'annotations')).toBeUndefined()
})
