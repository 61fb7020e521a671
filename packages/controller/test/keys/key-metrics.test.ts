import { Registry } from '@prometheus-io/client'
import { expect, test } from 'vitest'
import { KeyMetrics } from '../../src/keys/key-metrics.ts'
import { Keys } from '../../src/keys/keys.ts'
import { MemoryStore } from '../../src/stores/memory/index.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { keyPem } from '../helpers/material.ts'
import { Recorder } from '../helpers/recorder.ts'

const signal = new AbortController().signal

async function shown(store: MemoryStore, registry: Registry, keys: Keys): Promise<string[]> {
  await keys.refresh(store, signal)
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith('waxseal_key'))
}

test('keys are counted by state, and dated by their certificates', async () => {
  const registry = new Registry()
  const keys = new Keys({
    clock: new FakeClock(),
    random: () => 0,
    log: new Recorder(),
    rsaOperation: () => {},
    keyGuess: () => {},
    generate: () => keyPem('alpha'),
    settings: { prefix: 'k', validityMs: 1000, order: 'CertNotBefore', labels: {}, annotations: {} },
    metrics: new KeyMetrics(registry),
    leads: () => true,
  })
  const store = new MemoryStore()
  const alpha = store.putKey('alpha', { ...(await keyPem('alpha')), lastBackup: '2026-05-01T00:00:00Z' })
  store.putKey('bravo', { ...(await keyPem('bravo')), state: 'compromised' })
  store.putKey('charlie', { ...(await keyPem('charlie')), state: 'anything', lastBackup: 'yesterday' })
  store.putKey('broken', { certificatePem: 'x', privateKeyPem: 'x' })
  const lines = await shown(store, registry, keys)
  const fingerprint = keys.current?.ring.keys[0]?.fingerprint
  expect(lines).toHaveLength(3 + 9)
  expect(lines).toEqual(
    expect.arrayContaining([
      'waxseal_keys{state="active"} 1',
      'waxseal_keys{state="retired"} 1',
      'waxseal_keys{state="compromised"} 1',
      `waxseal_key_created_timestamp_seconds{fingerprint="${fingerprint}"} ${Date.UTC(2020, 0) / 1000}`,
      `waxseal_key_expiry_timestamp_seconds{fingerprint="${fingerprint}"} ${Date.UTC(2120, 0) / 1000}`,
      `waxseal_key_last_backup_timestamp_seconds{fingerprint="${fingerprint}"} ${Date.UTC(2026, 4) / 1000}`,
    ]),
  )
  expect(lines.filter((line) => line.includes('backup') && line.endsWith(' 0'))).toHaveLength(2)

  store.removeKey(alpha.name)
  store.putKey('delta', await keyPem('delta'))
  const after = await shown(store, registry, keys)
  expect(after.filter((line) => line.includes(`"${fingerprint}"`))).toEqual([])
  expect(after).toContain('waxseal_keys{state="active"} 1')
})
