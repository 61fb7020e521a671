/** The command line and environment of waxseal-controller, checked. */
import { type Address, parseAddress } from './address.ts'
import { parseDuration } from './duration.ts'
import { type FlagName, parseFlags, UsageError } from './flags.ts'
import type { RateLimit } from './http/limiter.ts'
import type { ElectionTiming } from './leadership/elector.ts'
import { FORMATS, type Format, LEVELS, type Level } from './log/create.ts'

export interface Config {
  /** Set: the embedded store; else a cluster. */
  readonly directory: string | undefined
  readonly once: boolean
  readonly kubeconfig: string | undefined
  readonly controllerNamespace: string
  readonly namespaces: 'all' | readonly string[]
  readonly keyPrefix: string
  readonly keySize: number
  readonly keyValidityMs: number
  readonly myCommonName: string
  readonly acceptDeprecatedData: boolean
  readonly updateStatus: boolean
  /** Of /v1/verify and /v1/rotate. */
  readonly rateLimit: RateLimit
  /** Undefined: this process is the only one. */
  readonly election: Election | undefined
  readonly listen: Address
  readonly listenMetrics: Address
  readonly logLevel: Level
  readonly logFormat: Format
}

interface Election extends ElectionTiming {
  /** Of the Lease, in the controller's namespace. */
  readonly leaseName: string
}

export type Invocation =
  | { readonly kind: 'run'; readonly config: Config }
  | { readonly kind: 'print'; readonly text: string }

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The namespace of the Pod's ServiceAccount; undefined outside of a cluster. */
  readonly podNamespace: string | undefined
  readonly version: string
}

const KEY_BITS = { least: 2048, most: 8192 }
/** X.509 cannot express more (9999-12-31), and nobody wants it. */
const LONGEST_MS = 1000 * 365.25 * 86_400_000

/** @throws UsageError naming the flag or the variable */
export function readConfig(argv: readonly string[], around: Surroundings): Invocation {
  const parsed = parseFlags(argv, around.env)
  if (parsed.kind === 'help') return { kind: 'print', text: parsed.text }
  const { text, on, source } = parsed
  if (on('version')) return { kind: 'print', text: `controller version: ${around.version}\n` }
  const checked = <T>(name: FlagName, value: T | undefined, wanted: string): T => {
    if (value !== undefined) return value
    throw new UsageError(`${source(name)}: ${JSON.stringify(text(name))} is not ${wanted}`)
  }
  const controllerNamespace = text('namespace') || around.env.POD_NAMESPACE || around.podNamespace || 'kube-system'
  const additional = list(text('additional-namespaces'))
  const config: Config = {
    directory: text('directory') || undefined,
    once: on('once'),
    kubeconfig: text('kubeconfig') || undefined,
    controllerNamespace,
    namespaces: on('all-namespaces') ? 'all' : [...new Set([controllerNamespace, ...additional])],
    keyPrefix: checked('key-prefix', namePrefix(text('key-prefix')), 'the beginning of a name (a-z, 0-9, - and .)'),
    keySize: checked('key-size', keySize(text('key-size')), 'a number of bits from 2048 to 8192'),
    keyValidityMs: checked('key-ttl', validity(text('key-ttl')), 'a duration such as 87600h0m0s'),
    myCommonName: text('my-cn'),
    acceptDeprecatedData: on('accept-deprecated-v1-data'),
    updateStatus: on('update-status'),
    rateLimit: {
      perSecond: checked('rate-limit', count(text('rate-limit'), 1), 'a number of requests, 1 to 999999'),
      burst: checked('rate-limit-burst', count(text('rate-limit-burst'), 0), 'a number of requests, 0 to 999999'),
    },
    election: on('leader-elect') && !on('once') && text('directory') === '' ? election(text, checked) : undefined,
    listen: checked('listen-addr', parseAddress(text('listen-addr')), 'an address such as :8080'),
    listenMetrics: checked(
      'listen-metrics-addr',
      parseAddress(text('listen-metrics-addr')),
      'an address such as :8081',
    ),
    logLevel: checked('log-level', level(text('log-level')), `one of ${LEVELS.join(', ')}`),
    logFormat: checked('log-format', format(text('log-format')), `one of ${FORMATS.join(', ')}`),
  }
  if (config.directory !== undefined && config.kubeconfig !== undefined)
    throw new UsageError('--directory and --kubeconfig exclude each other')
  return { kind: 'run', config }
}

type Checked = <T>(name: FlagName, value: T | undefined, wanted: string) => T

/** Each is shorter than the one before: see leadership/elector.ts. */
function election(text: (name: FlagName) => string, checked: Checked): Election {
  const duration = (name: FlagName, least: number, below: number, wanted: string): number => {
    const ms = parseDuration(text(name))
    return checked(name, ms !== undefined && ms >= least && ms < below ? ms : undefined, wanted)
  }
  const leaseDurationMs = duration('leader-elect-lease-duration', 1000, 3_600_001, 'a duration from 1s to 1h')
  const renewDeadlineMs = duration(
    'leader-elect-renew-deadline',
    100,
    leaseDurationMs,
    'a duration below --leader-elect-lease-duration',
  )
  const retryPeriodMs = duration(
    'leader-elect-retry-period',
    10,
    renewDeadlineMs,
    'a duration below --leader-elect-renew-deadline',
  )
  const name = text('leader-elect-resource-name')
  const leaseName = checked(
    'leader-elect-resource-name',
    /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name) ? name : undefined,
    'the name of a Lease (a-z, 0-9, - and .)',
  )
  return { leaseDurationMs, renewDeadlineMs, retryPeriodMs, leaseName }
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

function count(text: string, least: number): number | undefined {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : -1
  return number >= least ? number : undefined
}

/** Kubernetes appends five characters to a generated name, which has 253 at most. */
function namePrefix(text: string): string | undefined {
  return /^[a-z0-9]([-a-z0-9.]*)$/.test(text) && text.length <= 248 ? text : undefined
}

function keySize(text: string): number | undefined {
  const bits = /^\d{4}$/.test(text) ? Number(text) : 0
  return bits >= KEY_BITS.least && bits <= KEY_BITS.most ? bits : undefined
}

function validity(text: string): number | undefined {
  const ms = parseDuration(text)
  return ms !== undefined && ms > 0 && ms <= LONGEST_MS ? ms : undefined
}

/** Go's log levels are written in capitals; both are taken. */
const level = (text: string): Level | undefined => LEVELS.find((known) => known === text.toLowerCase())

const format = (text: string): Format | undefined => FORMATS.find((known) => known === text.toLowerCase())
