/** The metrics as Prometheus reads them: Bitnami's names and labels for those that its dashboards know, our own beside them. */
import { expect, test } from 'vitest'
import { Metrics } from '../src/metrics.ts'
import { MemoryStore } from '../src/stores/memory/index.ts'
import { eventually } from './helpers/eventually.ts'
import { keyPem, sealedManifest } from './helpers/material.ts'
import { runController } from './helpers/run-controller.ts'

/** `NAME{LABELS}` by family, values left out. */
const series = (text: string): string[] => [
  ...new Set(
    text.split('\n').flatMap((line) => (line === '' || line.startsWith('#') ? [] : [line.replace(/ \S+$/, '')])),
  ),
]
const names = (text: string): string[] => [...new Set(series(text).map((each) => each.replace(/\{.*/, '')))].toSorted()

async function scrape(): Promise<{ text: string; stop: () => Promise<void> }> {
  const store = new MemoryStore()
  store.putKey('key-alpha', await keyPem('alpha'))
  store.putSealedSecret(await sealedManifest({ namespace: 'ns', name: 'good' }, { a: '1' }))
  store.putSealedSecret(await sealedManifest({ namespace: 'ns', name: 'bad' }, { a: '1' }, { key: 'bravo' }))
  const running = await runController(store)
  await running.settled()
  running.metrics.httpRequest({ path: '/v1/cert.pem', code: 200, method: 'get', seconds: 0.01 })
  const text = await running.metrics.registry.metrics()
  return { text, stop: () => running.stop() }
}

test("Bitnami's names, with its labels, and no series beside them", async () => {
  const { text, stop } = await scrape()
  expect(names(text).filter((name) => name.startsWith('sealed_secrets_controller_'))).toEqual([
    'sealed_secrets_controller_build_info',
    'sealed_secrets_controller_condition_info',
    'sealed_secrets_controller_http_request_duration_seconds_bucket',
    'sealed_secrets_controller_http_request_duration_seconds_count',
    'sealed_secrets_controller_http_request_duration_seconds_sum',
    'sealed_secrets_controller_http_requests_total',
    'sealed_secrets_controller_unseal_errors_total',
    'sealed_secrets_controller_unseal_requests_total',
  ])
  for (const line of [
    'sealed_secrets_controller_build_info{revision="test"} 1',
    'sealed_secrets_controller_condition_info{namespace="ns",name="good",condition="Synced",ss_app_kubernetes_io_instance=""} 1',
    'sealed_secrets_controller_condition_info{namespace="ns",name="bad",condition="Synced",ss_app_kubernetes_io_instance=""} -1',
    'sealed_secrets_controller_unseal_errors_total{reason="unseal",namespace="ns"} 1',
    'sealed_secrets_controller_unseal_requests_total 2',
    'sealed_secrets_controller_http_requests_total{path="/v1/cert.pem",code="200",method="get"} 1',
  ])
    expect(text.split('\n')).toContain(line)
  await stop()
})

test('our own: queue, caches, leadership, build', async () => {
  const { text, stop } = await scrape()
  for (const line of [
    'waxseal_workqueue_depth 0',
    'waxseal_workqueue_retries_total 0',
    'waxseal_workqueue_unfinished_work_seconds 0',
    'waxseal_workqueue_longest_running_processor_seconds 0',
    'waxseal_cache_objects{kind="SealedSecret"} 2',
    'waxseal_cache_objects{kind="Secret"} 1',
    'waxseal_cache_objects{kind="Key"} 1',
    'waxseal_cache_synced 1',
    `waxseal_build_info{version="test",node="${process.version}"} 1`,
  ])
    expect(text.split('\n')).toContain(line)
  for (const name of ['adds_total', 'queue_duration_seconds_count', 'work_duration_seconds_count'])
    expect(Number(new RegExp(`^waxseal_workqueue_${name} (\\d+)$`, 'm').exec(text)?.[1])).toBeGreaterThanOrEqual(2)
  expect(names(text)).toContain('waxseal_leader')
  expect(names(text)).toContain('waxseal_leader_transitions_total')
  await stop()
})

test('who stops leading says no more how objects stand: it would say it for ever', async () => {
  const store = new MemoryStore()
  store.putKey('key-alpha', await keyPem('alpha'))
  store.putSealedSecret(await sealedManifest({ namespace: 'ns', name: 'bad' }, { a: '1' }, { key: 'bravo' }))
  const term = new AbortController()
  const leadership = {
    remainingMs: 1000,
    run: async (signal: AbortSignal, lead: (term: AbortSignal) => Promise<void>) => {
      await lead(term.signal)
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    },
  }
  const running = await runController(store, { leadership })
  await running.settled()
  const told = async (): Promise<boolean> => (await running.metrics.registry.metrics()).includes('name="bad"')
  expect(await told()).toBe(true)
  term.abort()
  await eventually(async () => ((await told()) ? undefined : true))
  await running.stop()
})

test('names of Secrets can be left out (regression 4)', async () => {
  const told = async (omitSecretLabels: boolean): Promise<string> => {
    const metrics = new Metrics('test', { omitSecretLabels })
    metrics.condition({ namespace: 'ns', name: 'customer-x' }, 1, 'app')
    return metrics.registry.metrics()
  }
  expect(await told(false)).toContain('customer-x')
  expect(await told(true)).not.toContain('customer-x')
})
