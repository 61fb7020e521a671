/** Opening with 36 keys, three years of monthly renewal: values spread over all of them, beside the same with one key. */
import type { SealedSecret } from '@waxseal/core'
import { createKeyPair } from '@waxseal/core/x509'
import { startWorld, type World } from '../e2e/helpers/world.ts'
import { checkAll, createAll, keyObject, secretCount, sleep } from './cluster.ts'
import { type Keys, sealedSecrets } from './fixtures.ts'
import type { Figure } from './report.ts'

const KEYS = 36
const EACH = 11
const COUNT = KEYS * EACH
const ITEMS = 3
const HOME = 'kube-system'
const NOTE = 'waxseal.dev/sealed-with'

export async function manyKeys(keys: Keys): Promise<readonly Figure[]> {
  const world = await startWorld()
  try {
    await world.namespace('bench')
    const alone = await sealedSecrets(keys, COUNT, ITEMS)
    await world.create(keyObject(keys, 'alone'))
    // A control plane that has just started is slow: the first time does not count.
    await withOneKey(world, alone)
    const before = await withOneKey(world, alone)
    await world.delete('Secret', HOME, 'sealed-secrets-key-alone')
    const sealed: SealedSecret[] = []
    for (let month = 0; month < KEYS; month++) {
      // Certificates and the API server tell time in whole seconds: each key gets some of its own.
      await sleep(1000 - (Date.now() % 1000))
      const key = await newKey()
      await world.create(keyObject(key, `bench-${month}`))
      const all = await sealedSecrets(key, EACH, ITEMS, { first: month * EACH, note: true })
      await createAll(world, all.map(withoutNote))
      sealed.push(...all)
    }
    const guessed = await openAll(world)
    await removeAll(world)
    // Made all at once: nothing but the note tells the key.
    await createAll(world, sealed)
    const noted = await openAll(world)
    await removeAll(world)
    await createAll(world, sealed.map(withoutNote))
    const blind = await openAll(world)
    await removeAll(world)
    await world.plane.kubectl(['delete', 'secrets', '--all', '-n', HOME])
    await world.create(keyObject(keys, 'alone'))
    const after = await withOneKey(world, alone)
    // The better of the two, so that a slow moment of the machine does not flatter what it is compared with.
    const peer = { name: 'with one key', value: COUNT / Math.min(before.seconds, after.seconds), unit: '/s' }
    const figure = (how: string, run: Run, target: Figure['target']): Figure => ({
      work: `controller opens ${COUNT} x ${ITEMS} values, ${KEYS} keys, ${how}`,
      ...{ value: COUNT / run.seconds, unit: '/s', peer, target },
      note: `${run.rsa} RSA operations for ${COUNT * ITEMS} values; first key tried right ${run.hits} times, wrong ${run.misses} times`,
    })
    return [
      figure('written while their keys were the newest, as kubeseal seals', guessed, { kind: 'ratio', atLeast: 0.6 }),
      figure('with the note that waxseal writes', noted, { kind: 'ratio', atLeast: 0.95 }),
      figure('moved to a new cluster, without a note: nothing to go by', blind, { kind: 'ratio' }),
    ]
  } finally {
    await world.plane.stop()
  }
}

interface Run {
  readonly seconds: number
  readonly rsa: number
  readonly hits: number
  readonly misses: number
}

function newKey(): Promise<Keys> {
  const notBefore = new Date()
  return createKeyPair({ bits: 4096, commonName: 'bench', notBefore, notAfter: new Date(Date.now() + 86_400_000) })
}

function withoutNote(sealed: SealedSecret): SealedSecret {
  const { [NOTE]: _, ...annotations } = sealed.metadata.annotations ?? {}
  return { ...sealed, metadata: { ...sealed.metadata, annotations } }
}

async function withOneKey(world: World, sealed: readonly SealedSecret[]): Promise<Run> {
  await createAll(world, sealed)
  const run = await openAll(world)
  await removeAll(world)
  return run
}

/** From when the controller begins to work, so that reading 36 keys at its start does not count, to the last Secret. */
async function openAll(world: World): Promise<Run> {
  const controller = await world.startController({ ready: false })
  while ((await secretCount(world)) === 0) await sleep(5)
  const start = performance.now()
  while ((await secretCount(world)) < COUNT) await sleep(20)
  const seconds = (performance.now() - start) / 1000
  await world.eventually('all statuses are written', () => checkAll(world, COUNT).then(() => true))
  const [rsa, hits, misses] = await Promise.all([
    controller.metric('waxseal_rsa_operations_total'),
    controller.metric('waxseal_key_guesses_total', 'result="hit"'),
    controller.metric('waxseal_key_guesses_total', 'result="miss"'),
  ])
  await controller.end('SIGTERM')
  return { seconds, rsa, hits, misses }
}

async function removeAll(world: World): Promise<void> {
  await world.plane.kubectl(['delete', 'sealedsecrets,secrets', '--all', '-n', 'bench', '--wait=false'])
}
