/** Ten thousand SealedSecrets from cold, and thousands of large Secrets that are none of the controller's business. */
import { startWorld, type World } from '../e2e/helpers/world.ts'
import { checkAll, createAll, keyObject, planeSeconds, secretCount, settled, sleep } from './cluster.ts'
import { type Keys, sealedSecrets } from './fixtures.ts'
import { idleNodeMb, usage } from './measure.ts'
import type { Figure } from './report.ts'

const COUNT = 10_000
const PART = 1000

export async function tenThousand(keys: Keys): Promise<readonly Figure[]> {
  const world = await startWorld()
  try {
    await world.create(keyObject(keys, 'bench'))
    await world.namespace('bench')
    await createAll(world, await sealedSecrets(keys, COUNT, 1))
    const before = planeSeconds(world)
    const controller = await world.startController({ ready: false })
    const [first, last] = await rates(world)
    await settled(controller)
    const own = usage(controller.pid)
    const after = planeSeconds(world)
    await checkAll(world, COUNT)
    await controller.end('SIGTERM')
    const second = await world.startController()
    await settled(second)
    const again = usage(second.pid)
    const rsa = await second.metric('waxseal_rsa_operations_total')
    const spent = [
      `controller ${own.cpuSeconds.toFixed(1)} CPU s`,
      `API server ${(after.apiServer - before.apiServer).toFixed(1)}`,
      `etcd ${(after.etcd - before.etcd).toFixed(1)}`,
    ]
    const node = { name: 'Node with nothing to do', value: idleNodeMb(), unit: 'MB' }
    return [
      {
        work: `controller opens ${COUNT} SealedSecrets x 1 value from cold: the last ${PART}`,
        ...{ value: last, unit: '/s', peer: { name: `the first ${PART}`, value: first, unit: '/s' } },
        target: { kind: 'ratio', atLeast: 0.9 },
        note: spent.join(', '),
      },
      memory(`${COUNT} objects`, own.rssMb, node, 250),
      { ...memory(`${COUNT} objects, after a restart`, again.rssMb, node, 250), note: `${rsa} RSA operations` },
    ]
  } finally {
    await world.plane.stop()
  }
}

const FOREIGN = 2000
const FOREIGN_BYTES = 100_000

export async function foreignSecrets(keys: Keys): Promise<readonly Figure[]> {
  const world = await startWorld()
  try {
    await world.create(keyObject(keys, 'bench'))
    for (const namespace of ['bench', 'helm']) await world.namespace(namespace)
    await createAll(world, await sealedSecrets(keys, 100, 1))
    const without = await atRest(world)
    for (let index = 0; index < FOREIGN; index += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, offset) => helmRelease(world, index + offset)))
    }
    const withThem = await atRest(world)
    const megabytes = (FOREIGN * FOREIGN_BYTES) / 1e6
    return [
      {
        work: `controller memory, ${FOREIGN} foreign Secrets of 100 KB (${megabytes} MB) in the cluster`,
        ...{ value: withThem, unit: 'MB', peer: { name: 'without them', value: without, unit: 'MB' } },
        target: { kind: 'ratio', atMost: 1.1 },
      },
    ]
  } finally {
    await world.plane.stop()
  }
}

const memory = (objects: string, value: number, peer: Figure['peer'], atMost: number): Figure => ({
  ...{ work: `controller memory, ${objects}`, value, unit: 'MB', peer, target: { kind: 'value', atMost } },
})

/** Secrets a second at the beginning and at the end. */
async function rates(world: World): Promise<[number, number]> {
  const reached = async (count: number): Promise<number> => {
    while ((await secretCount(world)) < count) await sleep(20)
    return performance.now()
  }
  const begin = await reached(1)
  const first = await reached(PART)
  const late = await reached(COUNT - PART)
  const end = await reached(COUNT)
  return [(PART * 1000) / (first - begin), (PART * 1000) / (end - late)]
}

async function atRest(world: World): Promise<number> {
  const controller = await world.startController()
  await settled(controller)
  const { rssMb } = usage(controller.pid)
  await controller.end('SIGTERM')
  return rssMb
}

async function helmRelease(world: World, index: number): Promise<void> {
  await world.create({
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'helm.sh/release.v1' },
    metadata: {
      namespace: 'helm',
      name: `sh.helm.release.v1.app-${index}`,
      labels: { owner: 'helm', name: `app-${index}` },
    },
    data: { release: Buffer.alloc(FOREIGN_BYTES, `release ${index} `).toString('base64') },
  })
}
