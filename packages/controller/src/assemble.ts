/** Puts reconciler, keys and queue together over any store. */
import type { Clock } from './clock.ts'
import { Keys, type KeysOptions } from './keys/keys.ts'
import { alone, type Leadership } from './leadership/leadership.ts'
import type { Log } from './log/log.ts'
import type { Metrics } from './metrics.ts'
import type { Store } from './ports.ts'
import { Reconciler } from './reconcile.ts'
import { Controller } from './runtime/controller.ts'
import type { Templates } from './templates/templates.ts'

export interface Settings {
  readonly keyPrefix: string
  readonly keyValidityMs: number
  readonly acceptDeprecatedData: boolean
  readonly updateStatus: boolean
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
  const { metrics, leadership = alone } = world
  metrics.watch(world.store)
  const keys = new Keys({
    ...world,
    leads: () => leadership.remainingMs > 0,
    rsaOperation: () => metrics.rsaOperation(),
    keyGuess: (right) => metrics.keyGuess(right),
    prefix: settings.keyPrefix,
    validityMs: settings.keyValidityMs,
  })
  const reconciler = new Reconciler({ ...world, ...settings, keys: () => keys.current })
  return { keys, reconciler, controller: new Controller({ ...world, ...settings, keys, reconciler, leadership }) }
}
