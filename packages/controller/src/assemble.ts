/** Puts reconciler, keys and queue together over any store. */
import type { Clock } from './clock.ts'
import type { Drift, RenewalSettings } from './config.ts'
import { KeyMetrics } from './keys/key-metrics.ts'
import { type KeySettings, Keys, type KeysOptions } from './keys/keys.ts'
import { Renewal } from './keys/renewal.ts'
import { alone, type Leadership } from './leadership/leadership.ts'
import type { Log } from './log/log.ts'
import type { Metrics } from './metrics.ts'
import type { Store } from './ports.ts'
import { Reconciler } from './reconcile.ts'
import { Controller } from './runtime/controller.ts'
import type { Templates } from './templates/templates.ts'

export interface Settings {
  readonly keys: KeySettings
  readonly renewal: RenewalSettings
  readonly watchKeys: boolean
  readonly acceptDeprecatedData: boolean
  readonly updateStatus: boolean
  readonly drift: Drift
  readonly deletesSecrets: boolean
  readonly maxRetries: number
  readonly dryRun: boolean
  readonly workers: number
  readonly templateWorkers: number
  readonly graceMs: number
}

export interface World {
  readonly store: Store
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly metrics: Metrics
  readonly generate: KeysOptions['generate']
  readonly templates: Templates
  /** Without it this process is the only one. */
  readonly leadership?: Leadership
}

export interface Assembly {
  readonly keys: Keys
  readonly controller: Controller
  readonly reconciler: Reconciler
}

export function assemble(world: World, settings: Settings): Assembly {
  const { metrics, store, leadership = alone } = world
  metrics.watch(store)
  const leads = (): boolean => !settings.dryRun && leadership.remainingMs > 0
  const keys = new Keys({
    ...world,
    leads,
    settings: settings.keys,
    metrics: new KeyMetrics(metrics.registry),
    rsaOperation: () => metrics.rsaOperation(),
    keyGuess: (right) => metrics.keyGuess(right),
  })
  const renewal = new Renewal({
    ...world,
    ...settings.renewal,
    newest: (now) => keys.newest(now),
    make: async (signal) => leads() && keys.renew(store, signal, { why: 'the newest is old', requested: false }),
  })
  const reconciler = new Reconciler({ ...world, ...settings, keys: () => keys.current })
  const controller = new Controller({ ...world, ...settings, keys, renewal, reconciler, leadership })
  return { keys, reconciler, controller }
}
