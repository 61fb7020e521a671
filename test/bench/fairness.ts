/** How long one new SealedSecret waits while many others are waiting, or are poison. */
import { Plaintext, parseCertificate, sealSecret } from '@waxseal/core'
import { readCertificate } from '@waxseal/core/x509'
import type { Controller } from '../e2e/helpers/controller.ts'
import { startWorld, type World } from '../e2e/helpers/world.ts'
import { createAll, keyObject, secretCount, sleep } from './cluster.ts'
import { type Keys, sealedSecrets } from './fixtures.ts'
import { median } from './measure.ts'
import type { Figure } from './report.ts'

const WAITING = 5000
const ITEMS = 3
const ROUNDS = 9

export async function fairness(keys: Keys): Promise<readonly Figure[]> {
  const world = await startWorld()
  try {
    await world.create(keyObject(keys, 'bench'))
    for (const namespace of ['bench', 'new', 'poison']) await world.namespace(namespace)
    const quiet = await idle(world, keys)
    await createAll(world, await sealedSecrets(keys, WAITING, ITEMS))
    const controller = await world.startController({ ready: false })
    while ((await secretCount(world)) < 100) await sleep(20)
    const waits = await rounds(world, keys, 'while-many-wait')
    const left = WAITING - (await secretCount(world))
    await controller.end('SIGKILL')
    if (left < 1000) throw new Error(`only ${left} were still waiting at the end`)
    await world.plane.kubectl(['delete', 'sealedsecrets', '--all', '-n', 'bench', '--wait=false'])
    const poisoned = await leading(world)
    await poison(world, keys)
    const beside = await rounds(world, keys, 'beside-poison')
    await poisoned.end('SIGKILL')
    const peer = { name: 'with nothing else to do, median', value: median(quiet) / 1000, unit: 's' }
    const figure = (work: string, times: readonly number[]): Figure => ({
      ...{ work, value: Math.max(...times) / 1000, unit: 's', peer, target: { kind: 'value', atMost: 1 } },
      note: `the slowest of ${ROUNDS}; median ${(median(times) / 1000).toFixed(2)} s`,
    })
    return [
      figure(`controller opens one new SealedSecret while ${WAITING} x ${ITEMS} values wait`, waits),
      figure('controller opens one new SealedSecret beside 40 that are poison', beside),
    ]
  } finally {
    await world.plane.stop()
  }
}

/** A controller that works: to take over from one that was killed takes some seconds, which are not what is measured. */
async function leading(world: World): Promise<Controller> {
  const controller = await world.startController()
  await world.eventually('it leads', async () => (await controller.metric('waxseal_leader')) === 1)
  return controller
}

async function idle(world: World, keys: Keys): Promise<readonly number[]> {
  const controller = await leading(world)
  const times = await rounds(world, keys, 'alone')
  await controller.end('SIGTERM')
  return times
}

/** Milliseconds from the moment in which a SealedSecret is applied to that in which its Secret can be read. */
async function rounds(world: World, keys: Keys, name: string): Promise<readonly number[]> {
  const certificate = await parseCertificate(keys.certificatePem, readCertificate)
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const metadata = { namespace: 'new', name: `${name}-${round}` }
    const data = new Map([['value', Plaintext.text('one new value')]])
    const { spec, ...sealed } = await sealSecret({ apiVersion: 'v1', kind: 'Secret', metadata, data }, { certificate })
    const start = performance.now()
    await world.create({ ...sealed, metadata, spec })
    while ((await world.secret('new', metadata.name)) === undefined) await sleep(5)
    times.push(performance.now() - start)
  }
  return times
}

/** Half of them with hundreds of values that nothing opens, half with templates that do not end. */
async function poison(world: World, keys: Keys): Promise<void> {
  const [good] = await sealedSecrets(keys, 1, 1)
  const [envelope = ''] = Object.values(good?.spec.encryptedData ?? {})
  const wrong = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key-${index}`, envelope]))
  const endless = { data: { text: '{{ range $i := until 1000000000 }}{{ $i }}{{ end }}' } }
  for (let index = 0; index < 40; index++) {
    await world.create({
      ...{ apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret' },
      metadata: { namespace: 'poison', name: `poison-${index}` },
      spec: index % 2 === 0 ? { encryptedData: wrong } : { encryptedData: {}, template: endless },
    })
  }
}
