/** The keys as metrics: how many, how old, how long valid, when backed up. */
import { Gauge, type Registry } from '@prometheus-io/client'
import type { KeySecret } from '../state.ts'
import type { ReadKey } from './key-reader.ts'

/** A label may have any value; all but these two count as retired. */
type KeyState = 'active' | 'retired' | 'compromised'

export class KeyMetrics {
  readonly #count: Gauge<'state'>
  readonly #created: Gauge<'fingerprint'>
  readonly #expiry: Gauge<'fingerprint'>
  readonly #backup: Gauge<'fingerprint'>

  constructor(registry: Registry) {
    const registers = [registry]
    const labelNames = ['fingerprint'] as const
    this.#count = new Gauge({
      name: 'waxseal_keys',
      help: 'Keys that can be read, by state',
      labelNames: ['state'],
      registers,
    })
    this.#created = new Gauge({
      name: 'waxseal_key_created_timestamp_seconds',
      help: 'When the certificate of a key became valid',
      labelNames,
      registers,
    })
    this.#expiry = new Gauge({
      name: 'waxseal_key_expiry_timestamp_seconds',
      help: 'When the certificate of a key expires; its key opens values after that, too',
      labelNames,
      registers,
    })
    this.#backup = new Gauge({
      name: 'waxseal_key_last_backup_timestamp_seconds',
      help: 'When a key was backed up last, 0 for never',
      labelNames,
      registers,
    })
  }

  /** Replaces what was shown before. */
  show(keys: readonly { readonly secret: KeySecret; readonly read: ReadKey }[]): void {
    for (const gauge of [this.#created, this.#expiry, this.#backup]) gauge.reset()
    const counts: Record<KeyState, number> = { active: 0, retired: 0, compromised: 0 }
    for (const { secret, read } of keys) {
      const { facts, pair } = read
      const state = stateOf(secret)
      if (facts === undefined || (state === 'active' && pair === undefined)) continue
      const { fingerprint } = facts
      counts[state] += 1
      this.#created.set({ fingerprint }, facts.notBefore / 1000)
      this.#expiry.set({ fingerprint }, facts.notAfter / 1000)
      this.#backup.set({ fingerprint }, backupOf(secret))
    }
    for (const [state, count] of Object.entries(counts)) this.#count.set({ state }, count)
  }
}

function stateOf({ state }: KeySecret): KeyState {
  return state === 'active' || state === 'compromised' ? state : 'retired'
}

function backupOf({ lastBackup }: KeySecret): number {
  const ms = lastBackup === undefined ? 0 : Date.parse(lastBackup)
  return Number.isNaN(ms) ? 0 : ms / 1000
}
