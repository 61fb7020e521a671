/** waxseal-controller: the only file that knows all parts. Configuration in, exit status out. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { type Assembly, assemble } from './assemble.ts'
import { systemClock } from './clock.ts'
import { type Config, readConfig } from './config.ts'
import { UsageError } from './flags.ts'
import { reencryptRoutes } from './http/reencrypt.ts'
import { metricsRoutes, publicRoutes } from './http/routes.ts'
import { type Serving, serve } from './http/server.ts'
import { alone, type Leadership } from './leadership/leadership.ts'
import { createLog } from './log/create.ts'
import { describeError, FileProblem } from './log/describe.ts'
import type { Log } from './log/log.ts'
import { Metrics } from './metrics.ts'
import { runOnce } from './once.ts'
import type { Store } from './ports.ts'
import type { Templates } from './templates/templates.ts'
import { ThreadTemplates } from './templates/thread-templates.ts'
import { VERSION } from './version.ts'

const WORKERS = 16
/** One renders while the next ones open their values. */
const TEMPLATE_WORKERS = 4
/** Within Kubernetes' 30 seconds, with time left for the HTTP servers. */
const GRACE_MS = 20_000
const HTTP_GRACE_MS = 2000
const POD_NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

type OpenStore = Store & { close?(): Promise<void>; readonly problems?: ReadonlyMap<string, string> }

interface Program {
  readonly config: Config
  readonly log: Log
  readonly metrics: Metrics
  readonly templates: Templates
}

/** Returns the exit status: 0 done, 1 failed, 2 usage. */
async function main(argv: readonly string[]): Promise<number> {
  // Without a listener Node answers this signal by opening its debugger to everybody on the machine.
  process.on('SIGUSR1', () => {})
  // Reading thousands of objects at start makes V8's young generation grow, and it does not shrink again: with 5,000
  // objects 275 MB stay resident instead of 150. Kept at its first size it costs no measurable time.
  setFlagsFromString('--semi-space-growth-factor=1')
  // The old generation is collected when it has grown by a fifth, not to the double or more, as V8 does while it is small:
  // 113 MB stay resident instead of 124 after opening 400 objects, 150 instead of 223 with 5,000, for 3 % more CPU time.
  setFlagsFromString('--heap-growing-percent=20')
  try {
    const invocation = readConfig(argv, { env: process.env, podNamespace: podNamespace(), version: VERSION })
    if (invocation.kind === 'print') {
      process.stdout.write(invocation.text)
      return 0
    }
    const { config } = invocation
    const level = config.once ? quieter(config) : config.logLevel
    const log = createLog({ level, format: config.logFormat, stdout: config.logsToStdout })
    const entry = new URL('./template-worker.js', import.meta.url)
    const templates = new ThreadTemplates({ entry, clock: systemClock })
    const program: Program = { config, log, metrics: new Metrics(VERSION, config), templates }
    try {
      return await (config.once ? once(program) : serveUntilSignal(program))
    } finally {
      await templates.close()
    }
  } catch (error) {
    return complain(error)
  }
}

async function once(program: Program): Promise<number> {
  const store = await openStore(program)
  const { summary, notes, errors, exitCode } = await runOnce({
    store,
    ...program.config,
    ...assembleOn(store, program),
  })
  await store.close?.()
  for (const line of [...notes, ...errors]) process.stderr.write(`${line}\n`)
  process.stdout.write(`${summary}\n`)
  return exitCode
}

/** HTTP first: a probe must find somebody while caches fill and the first key is made. */
async function serveUntilSignal(program: Program): Promise<number> {
  const { config, log, metrics, templates } = program
  const stop = stopSignal(log)
  let assembly: Assembly | undefined
  onKeySignal(program, () => assembly?.controller, stop)
  // What is being rendered is not worth waiting for: whoever comes next renders it again.
  stop.addEventListener('abort', () => void templates.close(), { once: true })
  // A mistake in the folder shows at once; a cluster may take its time, and probes must find somebody meanwhile.
  const opened = config.directory === undefined ? undefined : await openStore(program)
  requireTarget(config)
  const servers: Serving[] = []
  try {
    const routes = {
      ...publicRoutes(() => assembly?.controller),
      ...reencryptRoutes({ ...config, keys: () => assembly?.keys.current, clock: systemClock }),
    }
    const serving = { metrics, clock: systemClock, timeouts: config.timeouts }
    servers.push(await listen({ ...serving, address: config.listen, routes }, '--listen-addr'))
    const measured = { ...serving, address: config.listenMetrics, routes: metricsRoutes(metrics) }
    servers.push(await listen(measured, '--listen-metrics-addr'))
    log.info('listening', { address: servers.map(({ address }) => address).join(' '), release: VERSION })
    const elected = await elect(program)
    const store = opened ?? (await openStore(program, elected.leadership))
    assembly = assembleOn(store, program, elected.leadership)
    if (config.dryRun) void sayWhenSettled(assembly, log)
    await assembly.controller.run(stop)
    await store.close?.()
    await elected.close?.()
  } finally {
    await Promise.all(servers.map((server) => server.close(HTTP_GRACE_MS)))
  }
  log.info('stopped')
  return 0
}

interface Elected {
  readonly leadership: Leadership
  close?(): Promise<void>
}

/** How this process comes to lead: by a Lease in a cluster, else at once. */
async function elect({ config, log, metrics }: Program): Promise<Elected> {
  const { election, kubeconfig, controllerNamespace: namespace } = config
  if (election === undefined) {
    metrics.leads(!config.dryRun)
    return { leadership: alone }
  }
  const { openLeases } = await import('./stores/kubernetes/index.ts')
  const { Elector } = await import('./leadership/elector.ts')
  const place = await openLeases(kubeconfig, { namespace, name: election.leaseName })
  const leadership = new Elector({
    ...election,
    ...{ leases: place.leases, log, clock: systemClock, random: Math.random },
    identity: `${hostname()}_${randomUUID()}`,
    leads: (leading) => metrics.leads(leading),
  })
  return { leadership, close: () => place.close() }
}

async function openStore({ config, log }: Program, leadership: Leadership = alone): Promise<OpenStore> {
  const { directory, kubeconfig, controllerNamespace, namespaces, labelSelector, clientRate: rate } = config
  if (directory !== undefined) {
    const { openDirectoryStore } = await import('./stores/directory/index.ts')
    return openDirectoryStore(directory, { controllerNamespace, clock: systemClock, log })
  }
  requireTarget(config)
  const { openKubernetesStore } = await import('./stores/kubernetes/index.ts')
  const cluster = kubeconfig === undefined ? {} : { kubeconfig }
  // Whatever else goes wrong, a dry run does not write.
  const writableMs = (): number => (config.dryRun ? 0 : leadership.remainingMs)
  return openKubernetesStore({
    ...{ ...cluster, controllerNamespace, namespaces, labelSelector, log, writableMs, rate },
    followSecrets: config.drift !== 'ignore',
    unlabelledKey: config.keys.prefix,
  })
}

/** @throws FileProblem when there is neither a folder nor a cluster to work on */
function requireTarget({ directory, kubeconfig }: Config): void {
  if (directory !== undefined || kubeconfig !== undefined || clusterInSight()) return
  throw new FileProblem('no cluster and no folder to work on', {
    hint: 'use --directory DIR to work on a folder, or --kubeconfig FILE (or KUBECONFIG) to work on a cluster',
  })
}

/** In a Pod, or told by the variable where the cluster is. A kubeconfig that merely lies in the home folder does not count. */
const clusterInSight = (): boolean =>
  (process.env.KUBERNETES_SERVICE_HOST ?? '') !== '' || (process.env.KUBECONFIG ?? '') !== ''

function assembleOn(store: Store, { config, log, metrics, templates }: Program, leadership = alone): Assembly {
  const { keySize: bits, myCommonName: commonName } = config
  return assemble(
    {
      store,
      clock: systemClock,
      random: Math.random,
      log,
      metrics,
      templates,
      leadership,
      // node-forge is loaded for this only: most starts find a key.
      generate: async (validity) => {
        const { createKeyPair } = await import('@waxseal/core/x509')
        return createKeyPair({ bits, commonName, ...validity })
      },
    },
    { ...config, workers: WORKERS, templateWorkers: TEMPLATE_WORKERS, graceMs: GRACE_MS },
  )
}

async function listen(options: Parameters<typeof serve>[0], flag: string): Promise<Serving> {
  try {
    return await serve(options)
  } catch (error) {
    throw new FileProblem(`cannot listen on port ${options.address.port}: ${describeError(error)}`, {
      hint: `choose another address with ${flag}`,
      cause: error,
    })
  }
}

/** Aborts on SIGTERM and SIGINT; the second one ends at once. */
function stopSignal(log: Log): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1)
      log.info('stopping', { signal: name })
      stop.abort()
    })
  }
  return stop.signal
}

/** SIGUSR1 makes a new key, as with Bitnami's controller. */
function onKeySignal(
  { config, log }: Program,
  controller: () => Assembly['controller'] | undefined,
  stop: AbortSignal,
): void {
  const makeKey = async (): Promise<void> => {
    const running = controller()
    if (config.dryRun) log.warn('a dry run makes no key', { signal: 'SIGUSR1' })
    else if (running?.unready !== undefined || running === undefined)
      log.warn('not ready yet, made no key', { signal: 'SIGUSR1' })
    else await running.makeKey(stop)
  }
  process.on('SIGUSR1', () => void makeKey())
}

/** What a dry run has found, once it has looked at everything. */
async function sayWhenSettled({ controller, reconciler }: Assembly, log: Log): Promise<void> {
  await controller.settled()
  const results = [...reconciler.results()]
  const count = (wanted: (result: (typeof results)[number]) => boolean): number => results.filter(wanted).length
  log.info('dry run: all SealedSecrets were looked at', { count: results.length })
  log.info('dry run: Secrets that would be created', { count: count(({ would }) => would === 'create') })
  log.info('dry run: Secrets that would be updated', { count: count(({ would }) => would === 'update') })
  log.info('dry run: SealedSecrets that would fail', { count: count(({ ok }) => !ok) })
}

function complain(error: unknown): number {
  const usage = error instanceof UsageError
  const message = usage ? error.message : describeError(error)
  process.stderr.write(`error: ${message}\n`)
  const hint = error instanceof FileProblem ? error.hint : undefined
  if (usage) process.stderr.write('see waxseal-controller --help\n')
  else if (hint !== undefined) process.stderr.write(`${hint}\n`)
  return usage ? 2 : 1
}

function podNamespace(): string | undefined {
  try {
    return readFileSync(POD_NAMESPACE_FILE, 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

/** With --once the summary and the errors say it; the log shows them only when asked for. */
const quieter = ({ logLevel }: Config): Config['logLevel'] => (logLevel === 'info' ? 'error' : logLevel)

process.exitCode = await main(process.argv.slice(2))
