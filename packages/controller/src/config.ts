/** The command line and environment of waxseal-controller, checked. */
import { type Address, parseAddress } from './address.ts'
import { parseDuration } from './duration.ts'
import type { FlagName } from './flag-table.ts'
import { type Parsed, parseFlags, UsageError } from './flags.ts'
import type { RateLimit } from './http/limiter.ts'
import type { Timeouts } from './http/server.ts'
import { KEY_ORDERS } from './keys/key-pair.ts'
import type { KeySettings } from './keys/keys.ts'
import { parsePairs, parseSelector } from './labels.ts'
import type { ElectionTiming } from './leadership/elector.ts'
import { FORMATS, type Format, LEVELS, type Level } from './log/create.ts'
import { parseRfc1123z } from './rfc1123.ts'

export interface Config {
  /** Set: the embedded store; else a cluster. */
  readonly directory: string | undefined
  readonly once: boolean
  readonly kubeconfig: string | undefined
  readonly controllerNamespace: string
  readonly namespaces: 'all' | readonly string[]
  /** Only SealedSecrets with these labels; undefined for all. */
  readonly labelSelector: string | undefined
  readonly keys: KeySettings
  readonly renewal: RenewalSettings
  /** Whether changes of key Secrets are followed. */
  readonly watchKeys: boolean
  readonly keySize: number
  readonly myCommonName: string
  readonly acceptDeprecatedData: boolean
  readonly updateStatus: boolean
  /** Of changes to Secrets by others: put them right, only make deleted ones again, or do not watch Secrets. */
  readonly drift: Drift
  /** Delete the Secret of a SealedSecret that is gone. */
  readonly deletesSecrets: boolean
  /** How often an object is tried again; Infinity for always. */
  readonly maxRetries: number
  /** Nothing is written. */
  readonly dryRun: boolean
  /** Of requests to the API server; undefined for none. */
  readonly clientRate: ClientRate | undefined
  readonly omitSecretLabels: boolean
  /** Of /v1/verify and /v1/rotate. */
  readonly rateLimit: RateLimit
  /** Undefined: this process is the only one. */
  readonly election: Election | undefined
  readonly listen: Address
  readonly listenMetrics: Address
  readonly timeouts: Timeouts
  readonly logLevel: Level
  readonly logFormat: Format
  /** Whether what is no warning goes to standard output. */
  readonly logsToStdout: boolean
}

export type Drift = 'heal' | 'recreate' | 'ignore'

/** What `Renewal` goes by. */
export interface RenewalSettings {
  readonly periodMs: number
  readonly cutoff: number | undefined
}

/** A token bucket. */
interface ClientRate {
  readonly perSecond: number
  readonly burst: number
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
/** Keys are kept for good: each new one is one more to try on values that do not tell theirs. */
const LEAST_RENEWAL_MS = 60_000
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
    // As Bitnami's: who names further namespaces does not mean all.
    namespaces:
      on('all-namespaces') && additional.length === 0 ? 'all' : [...new Set([controllerNamespace, ...additional])],
    labelSelector: checked('label-selector', parseSelector(text('label-selector')), 'a label selector') || undefined,
    keys: keySettings(text, checked),
    renewal: renewal(parsed, checked),
    watchKeys: on('watch-for-secrets'),
    keySize: checked('key-size', keySize(text('key-size')), 'a number of bits from 2048 to 8192'),
    myCommonName: text('my-cn'),
    acceptDeprecatedData: on('accept-deprecated-v1-data'),
    updateStatus: on('update-status'),
    drift: on('skip-recreate') ? 'ignore' : on('heal-drift') ? 'heal' : 'recreate',
    deletesSecrets: on('old-gc-behavior'),
    maxRetries: checked('max-unseal-retries', retries(text('max-unseal-retries')), 'a number of retries, or -1'),
    dryRun: on('dry-run'),
    clientRate: clientRate(text, checked),
    omitSecretLabels: on('metrics-omit-secret-labels'),
    rateLimit: {
      perSecond: checked('rate-limit', count(text('rate-limit'), 1), 'a number of requests, 1 to 999999'),
      burst: checked('rate-limit-burst', count(text('rate-limit-burst'), 0), 'a number of requests, 0 to 999999'),
    },
    election:
      on('leader-elect') && !on('once') && !on('dry-run') && text('directory') === ''
        ? election(text, checked)
        : undefined,
    listen: checked('listen-addr', parseAddress(text('listen-addr')), 'an address such as :8080'),
    listenMetrics: checked(
      'listen-metrics-addr',
      parseAddress(text('listen-metrics-addr')),
      'an address such as :8081',
    ),
    timeouts: {
      readMs: checked('read-timeout', timeout(text('read-timeout')), 'a duration from 1s to 1h'),
      writeMs: checked('write-timeout', timeout(text('write-timeout')), 'a duration from 1s to 1h'),
    },
    logLevel: checked('log-level', level(text('log-level')), `one of ${LEVELS.join(', ')}`),
    logFormat: checked('log-format', format(text('log-format')), `one of ${FORMATS.join(', ')}`),
    // There the summary goes to standard output.
    logsToStdout: on('log-info-stdout') && !on('once'),
  }
  if (config.directory !== undefined && config.kubeconfig !== undefined)
    throw new UsageError('--directory and --kubeconfig exclude each other')
  if (config.directory !== undefined && config.dryRun) throw new UsageError('--dry-run works on a cluster only')
  // A SealedSecret that lost its label looks as if it were gone.
  if (config.deletesSecrets && config.labelSelector !== undefined)
    throw new UsageError('--old-gc-behavior and --label-selector exclude each other')
  return { kind: 'run', config }
}

type Flags = Extract<Parsed, { kind: 'flags' }>

type Checked = <T>(name: FlagName, value: T | undefined, wanted: string) => T

function keySettings(text: (name: FlagName) => string, checked: Checked): KeySettings {
  const order = KEY_ORDERS.find((known) => known === text('key-order-priority'))
  const pairs = (name: FlagName, kind: 'labels' | 'annotations'): Readonly<Record<string, string>> =>
    checked(name, parsePairs(text(name), kind), `a list of ${kind} such as NAME=VALUE,NAME=VALUE`)
  return {
    prefix: checked('key-prefix', namePrefix(text('key-prefix')), 'the beginning of a name (a-z, 0-9, - and .)'),
    validityMs: checked('key-ttl', validity(text('key-ttl')), 'a duration such as 87600h0m0s'),
    order: checked('key-order-priority', order, `one of ${KEY_ORDERS.join(', ')}`),
    labels: pairs('privatekey-labels', 'labels'),
    annotations: pairs('privatekey-annotations', 'annotations'),
  }
}

/** What works once and ends makes no key but the first. */
function renewal({ text, on, given }: Flags, checked: Checked): RenewalSettings {
  const name = given('rotate-period') && !given('key-renew-period') ? 'rotate-period' : 'key-renew-period'
  const period = parseDuration(text(name))
  const valid = period !== undefined && (period === 0 || period >= LEAST_RENEWAL_MS) && period <= LONGEST_MS
  const periodMs = checked(name, valid ? period : undefined, 'a duration from 1m, or 0')
  const time = text('key-cutoff-time')
  const wanted = 'a time such as "Mon, 02 Jan 2006 15:04:05 +0000"'
  const cutoff = time === '' ? undefined : checked('key-cutoff-time', parseRfc1123z(time), wanted)
  return on('once') ? { periodMs: 0, cutoff: undefined } : { periodMs, cutoff }
}

/** client-go takes 0 for its default. */
function clientRate(text: (name: FlagName) => string, checked: Checked): ClientRate | undefined {
  const qps = /^-?\d{1,6}(\.\d{1,6})?$/.test(text('kubeclient-qps')) ? Number(text('kubeclient-qps')) : undefined
  const perSecond = checked('kubeclient-qps', qps, 'a number of requests a second')
  const burst = checked('kubeclient-burst', count(text('kubeclient-burst'), 1), 'a number of requests, 1 to 999999')
  return perSecond < 0 ? undefined : { perSecond: perSecond === 0 ? 5 : perSecond, burst }
}

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

function retries(text: string): number | undefined {
  return text === '-1' ? Number.POSITIVE_INFINITY : count(text, 0)
}

function timeout(text: string): number | undefined {
  const ms = parseDuration(text)
  return ms !== undefined && ms >= 1000 && ms <= 3_600_000 ? ms : undefined
}

/** Go's log levels are written in capitals; both are taken. */
const level = (text: string): Level | undefined => LEVELS.find((known) => known === text.toLowerCase())

const format = (text: string): Format | undefined => FORMATS.find((known) => known === text.toLowerCase())
