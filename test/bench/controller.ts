/** The controller against a real API server: opening many, starting again, memory. */
import { startWorld } from '../e2e/helpers/world.ts'
import { bareRsa } from './bare-rsa.ts'
import { checkAll, createAll, keyObject, secretCount, settled, sleep } from './cluster.ts'
import { type Keys, sealedSecrets } from './fixtures.ts'
import { idleNodeMb, opensslRsaMs, usage } from './measure.ts'
import type { Figure } from './report.ts'

/** Bitnami's controller without its QPS limit, on a machine whose `openssl speed rsa4096` says 5.8 ms. */
const BITNAMI = { perSecond: 19.6, opensslMs: 5.8 }
const ITEMS = 3

export async function controller(keys: Keys): Promise<readonly Figure[]> {
  const openssl = await opensslRsaMs()
  const peer = openssl === undefined ? BITNAMI.perSecond : (BITNAMI.perSecond * BITNAMI.opensslMs) / openssl
  const rsa = await bareRsa(4096)
  await rsa.decrypt(100)
  const bareMs = await rsa.decrypt(400 * ITEMS)
  const small = await run(keys, 400)
  const large = await run(keys, 5000)
  const perSecond = { name: "Bitnami's controller, scaled by openssl speed", value: peer, unit: '/s' }
  const again = { name: 'opening all again: bare RSA', value: (bareMs * 2) / 1000, unit: 'CPU s' }
  return [
    {
      work: 'controller opens 400 SealedSecrets x 3 values, real API server, from its start',
      value: 400 / small.seconds,
      unit: '/s',
      peer: perSecond,
      target: { kind: 'ratio', atLeast: 5 },
      note: `${small.cpuSeconds.toFixed(1)} CPU s; bare RSA alone, both cores: ${((400 * 1000) / bareMs).toFixed(0)}/s`,
    },
    {
      work: 'controller opens 5,000 x 3 values',
      value: 5000 / large.seconds,
      unit: '/s',
      peer: perSecond,
      target: { kind: 'ratio' },
      note: `${large.cpuSeconds.toFixed(1)} CPU s`,
    },
    {
      work: 'controller restart, 400 in sync',
      value: small.restart.cpuSeconds,
      unit: 'CPU s',
      peer: again,
      target: { kind: 'value', atMost: 2 },
      note: `${small.restart.rsaOperations} RSA operations`,
    },
    memory('400 objects', small.rssMb, 120),
    memory('5,000 objects', large.rssMb, 200),
    memory('5,000 objects, after a restart', large.restart.rssMb, 200),
  ]
}

function memory(objects: string, value: number, atMost: number): Figure {
  const peer = { name: 'Node with nothing to do', value: idleNodeMb(), unit: 'MB' }
  return { work: `controller memory, ${objects}`, value, unit: 'MB', peer, target: { kind: 'value', atMost } }
}

interface Run {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly rssMb: number
  readonly restart: { readonly cpuSeconds: number; readonly rssMb: number; readonly rsaOperations: number }
}

async function run(keys: Keys, count: number): Promise<Run> {
  const world = await startWorld()
  try {
    await world.create(keyObject(keys, 'bench'))
    await world.namespace('bench')
    await createAll(world, await sealedSecrets(keys, count, ITEMS))
    const start = performance.now()
    const first = await world.startController({ ready: false })
    while ((await secretCount(world)) < count) await sleep(50)
    const seconds = (performance.now() - start) / 1000
    await settled(first)
    const { cpuSeconds, rssMb } = usage(first.pid)
    await checkAll(world, count)
    await first.end('SIGTERM')
    const second = await world.startController()
    await settled(second)
    const rsaOperations = await second.metric('waxseal_rsa_operations_total')
    return { seconds, cpuSeconds, rssMb, restart: { ...usage(second.pid), rsaOperations } }
  } finally {
    await world.plane.stop()
  }
}
