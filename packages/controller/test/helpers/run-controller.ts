import { type Assembly, assemble, type Settings, type World } from '../../src/assemble.ts'
import { systemClock } from '../../src/clock.ts'
import { Metrics } from '../../src/metrics.ts'
import type { Store } from '../../src/ports.ts'
import type { Controller } from '../../src/runtime/controller.ts'
import { keyPem } from './material.ts'
import { Recorder } from './recorder.ts'
import { inProcess } from './templates.ts'

export interface RunningController {
  readonly controller: Controller
  readonly reconciler: Assembly['reconciler']
  readonly metrics: Metrics
  readonly log: Recorder
  rsaOperations(): number
  /** All that is known was looked at. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export const SETTINGS: Settings = {
  keys: {
    ...{ prefix: 'sealed-secrets-key', validityMs: 315_360_000_000, order: 'CertNotBefore' },
    ...{ labels: {}, annotations: {} },
  },
  renewal: { periodMs: 0, cutoff: undefined },
  watchKeys: true,
  drift: 'heal',
  deletesSecrets: false,
  maxRetries: Number.POSITIVE_INFINITY,
  dryRun: false,
  acceptDeprecatedData: true,
  updateStatus: true,
  workers: 8,
  templateWorkers: 2,
  graceMs: 5000,
}

/** Starts a controller on a store. A key that it has to make is one of the vectors: making a real one takes seconds. */
export async function runController(
  store: Store,
  overrides: Partial<World & Settings> = {},
  { wait = true }: { wait?: boolean } = {},
): Promise<RunningController> {
  const metrics = new Metrics('test')
  const log = new Recorder()
  let operations = 0
  const count = metrics.rsaOperation.bind(metrics)
  metrics.rsaOperation = () => {
    operations += 1
    count()
  }
  const world: World = {
    store,
    clock: systemClock,
    random: Math.random,
    log,
    metrics,
    generate: () => keyPem('alpha'),
    templates: inProcess,
    ...overrides,
  }
  const { controller, reconciler } = assemble(world, { ...SETTINGS, ...overrides })
  const stop = new AbortController()
  const running = controller.run(stop.signal)
  if (wait) await Promise.race([running, controller.settled()])
  return {
    controller,
    reconciler,
    metrics,
    log,
    rsaOperations: () => operations,
    settled: () => controller.settled(),
    stop: async () => {
      stop.abort()
      await running
    },
  }
}
