/** No value is ever seen outside of the Secret: neither in logs nor events nor statuses nor metrics nor errors. */
import { expect, test } from 'vitest'
import { StoreError } from '../src/ports.ts'
import { MemoryStore } from '../src/stores/memory/index.ts'
import { base64, keyPem, type SealedManifest, sealedManifest } from './helpers/material.ts'
import { runController } from './helpers/run-controller.ts'

const MARKER = 'PLAINTEXT-MARKER-0451'

test('a marker value shows nowhere but in the Secret', async () => {
  const alpha = await keyPem('alpha')
  const store = new MemoryStore({
    fault: (operation, key) => {
      if (operation === 'createSecret' && key === 'team/denied') return new StoreError('denied', 'forbidden')
      // A client that quotes the body it sent, as ApiException does.
      if (operation === 'createSecret' && key === 'team/defect')
        return new Error(`Body: {"data":{"a":"${base64(MARKER)}"}}`)
      return undefined
    },
  })
  store.putKey('key-alpha', alpha)
  const named = (name: string, options = {}): Promise<SealedManifest> =>
    sealedManifest({ namespace: 'team', name }, { a: MARKER, [`key-of-${name}`]: `${MARKER}-2` }, options)
  for (const name of ['good', 'denied', 'defect', 'foreign']) store.putSealedSecret(await named(name))
  store.putSealedSecret(await named('no-key', { key: 'bravo' }))
  const broken = await named('broken')
  store.putSealedSecret({ ...broken, spec: { encryptedData: { ...broken.spec.encryptedData, bad: MARKER } } })
  store.putSealedSecret({ ...broken, metadata: { name: 'invalid', namespace: 'team' }, spec: { encryptedData: 7 } })
  store.putSecret({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'foreign', namespace: 'team' },
    data: { a: base64(MARKER) },
  })
  const controller = await runController(store)
  await controller.settled()
  await controller.stop()

  expect(store.peek({ namespace: 'team', name: 'good' })?.data.a).toBe(base64(MARKER))
  const statuses = [...store.sealedSecretKeys()].map(
    (key) => store.sealedSecret({ namespace: 'team', name: key.slice(5) })?.status,
  )
  const seen = JSON.stringify([
    controller.log.lines,
    store.events,
    statuses,
    [...controller.reconciler.results()],
    await controller.metrics.registry.metrics(),
  ])
  expect(statuses.filter((status) => status?.conditions[0]?.status === 'False').length).toBeGreaterThanOrEqual(5)
  expect(seen).not.toContain(MARKER)
  expect(seen).not.toContain(base64(MARKER).slice(0, 20))
  const keyText = alpha.privateKeyPem.split('\n')[2] ?? ''
  expect(seen).not.toContain(keyText)
})
