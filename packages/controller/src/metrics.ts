/** The controller's metrics, with Bitnami's names. One registry an instance, no globals. */
import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'
import type { Store } from './ports.ts'
import { QueueMetrics } from './runtime/queue-metrics.ts'
import { keyOf, type ObjectKey, type ObjectRef } from './state.ts'

export type UnsealErrorReason = 'fetch' | 'unseal' | 'unmanaged' | 'update' | 'status'

const PREFIX = 'sealed_secrets_controller_'
const CONDITION = 'Synced'

/** Seconds; the limits of Go's client library, so that existing dashboards fit. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export class Metrics {
  readonly registry: Registry = new Registry()
  readonly queue: QueueMetrics = new QueueMetrics(this.registry)
  readonly #requests: Counter
  readonly #errors: Counter<'reason' | 'namespace'>
  readonly #conditions: Gauge<'namespace' | 'name' | 'condition' | 'ss_app_kubernetes_io_instance'>
  readonly #http: Counter<'path' | 'code' | 'method'>
  readonly #httpDuration: Histogram<'path' | 'method'>
  readonly #rsa: Counter
  readonly #guesses: Counter<'result'>
  readonly #would: Counter<'verb'>
  readonly #leader: Gauge
  readonly #transitions: Counter
  /** The label of which an object's gauge carries the value, to find it again. */
  readonly #instances = new Map<ObjectKey, string>()

  readonly #omitNames: boolean

  constructor(revision: string, { omitSecretLabels = false }: { omitSecretLabels?: boolean } = {}) {
    this.#omitNames = omitSecretLabels
    const registers = [this.registry]
    const info = new Gauge({
      name: `${PREFIX}build_info`,
      help: 'Build information.',
      labelNames: ['revision'],
      registers,
    })
    info.set({ revision }, 1)
    const build = new Gauge({
      ...{ name: 'waxseal_build_info', help: 'Version of waxseal and of the Node that runs it.', registers },
      labelNames: ['version', 'node'],
    })
    build.set({ version: revision, node: process.version }, 1)
    this.#requests = new Counter({
      name: `${PREFIX}unseal_requests_total`,
      help: 'Total number of sealed secret unseal requests',
      registers,
    })
    this.#errors = new Counter({
      name: `${PREFIX}unseal_errors_total`,
      help: 'Total number of sealed secret unseal errors by reason',
      labelNames: ['reason', 'namespace'],
      registers,
    })
    this.#conditions = new Gauge({
      name: `${PREFIX}condition_info`,
      help: 'Current SealedSecret condition status. Values are -1 (false), 0 (unknown or absent), 1 (true)',
      labelNames: ['namespace', 'name', 'condition', 'ss_app_kubernetes_io_instance'],
      registers,
    })
    this.#http = new Counter({
      name: `${PREFIX}http_requests_total`,
      help: 'A counter for requests to the HTTP server.',
      labelNames: ['path', 'code', 'method'],
      registers,
    })
    this.#httpDuration = new Histogram({
      name: `${PREFIX}http_request_duration_seconds`,
      help: 'A histogram of latencies for requests.',
      labelNames: ['path', 'method'],
      buckets: BUCKETS,
      registers,
    })
    this.#rsa = new Counter({
      name: 'waxseal_rsa_operations_total',
      help: 'RSA private key operations spent on opening',
      registers,
    })
    this.#guesses = new Counter({
      name: 'waxseal_key_guesses_total',
      help: 'Opened values that several keys could have sealed, by whether the first one tried was right (hit) or not (miss)',
      labelNames: ['result'],
      registers,
    })
    for (const result of ['hit', 'miss']) this.#guesses.inc({ result }, 0)
    this.#would = new Counter({
      name: 'waxseal_dry_run_writes_total',
      help: 'Secrets that a dry run would have written',
      labelNames: ['verb'],
      registers,
    })
    this.#leader = new Gauge({ name: 'waxseal_leader', help: '1 while this process leads, else 0', registers })
    this.#transitions = new Counter({
      name: 'waxseal_leader_transitions_total',
      help: 'How often this process began to lead',
      registers,
    })
  }

  /** Shows what the store holds in memory, whenever somebody asks. */
  watch(store: Pick<Store, 'synced' | 'cached'>): void {
    const objects = new Gauge({
      ...{ name: 'waxseal_cache_objects', help: 'Objects held in memory', labelNames: ['kind'], registers: [] },
      collect() {
        for (const [kind, count] of Object.entries(store.cached)) this.set({ kind }, count)
      },
    })
    const synced = new Gauge({
      ...{ name: 'waxseal_cache_synced', help: '1 while all caches follow the API server, else 0', registers: [] },
      collect() {
        this.set(store.synced ? 1 : 0)
      },
    })
    for (const gauge of [objects, synced]) this.registry.registerMetric(gauge)
  }

  /** Whether this process leads; a process without election leads always. */
  leads(leading: boolean): void {
    this.#leader.set(leading ? 1 : 0)
    if (leading) this.#transitions.inc()
  }

  unsealRequest(): void {
    this.#requests.inc()
  }

  unsealError(reason: UnsealErrorReason, namespace: string): void {
    this.#errors.inc({ reason, namespace })
  }

  /** Of a dry run: a Secret that it would have written. */
  wouldWrite(verb: 'create' | 'update'): void {
    this.#would.inc({ verb })
  }

  rsaOperation(): void {
    this.#rsa.inc()
  }

  keyGuess(right: boolean): void {
    this.#guesses.inc({ result: right ? 'hit' : 'miss' })
  }

  /** 1 synced, -1 not, 0 not known yet. `instance` is the object's label `app.kubernetes.io/instance`. */
  condition(ref: ObjectRef, value: -1 | 0 | 1, instance: string): void {
    // Who may only read metrics is not to learn what Secrets there are (GHSA-mx74-8fcw-qjrm).
    if (this.#omitNames) return
    const known = this.#instances.get(keyOf(ref))
    if (known !== undefined && known !== instance) this.forget(ref)
    this.#instances.set(keyOf(ref), instance)
    this.#conditions.set(labels(ref, instance), value)
  }

  /** Of all objects: another process tells how they stand now. */
  forgetAll(): void {
    this.#instances.clear()
    this.#conditions.reset()
  }

  forget(ref: ObjectRef): void {
    const instance = this.#instances.get(keyOf(ref))
    if (instance === undefined) return
    this.#instances.delete(keyOf(ref))
    this.#conditions.remove(labels(ref, instance))
  }

  /** `path` is a route, not what a client sent: the number of series stays bounded. */
  httpRequest(request: { path: string; code: number; method: string; seconds: number }): void {
    const { path, code, method, seconds } = request
    this.#http.inc({ path, code, method })
    this.#httpDuration.observe({ path, method }, seconds)
  }
}

const labels = ({ namespace, name }: ObjectRef, instance: string) => ({
  namespace,
  name,
  condition: CONDITION,
  ss_app_kubernetes_io_instance: instance,
})
