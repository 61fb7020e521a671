import { expect, test } from 'vitest'
import { sealedSecretEntry } from '../../../src/stores/kubernetes/sealed-secrets.ts'

const writtenAt = (metadata: object): number | undefined => sealedSecretEntry({ metadata }).writtenAt

test('when it was written: the last change of anything but the status', () => {
  const creationTimestamp = '2026-01-01T00:00:00Z'
  const managedFields = [
    { manager: 'kubectl', time: '2026-02-01T00:00:00Z' },
    { manager: 'argocd', time: '2026-03-01T00:00:00Z' },
    { manager: 'controller', time: '2026-04-01T00:00:00Z', subresource: 'status' },
  ]
  expect(writtenAt({ creationTimestamp, managedFields })).toBe(Date.parse('2026-03-01T00:00:00Z'))
  expect(writtenAt({ creationTimestamp })).toBe(Date.parse(creationTimestamp))
  expect(writtenAt({ creationTimestamp, managedFields: [{ time: 'yesterday' }, null, { time: 1 }] })).toBe(
    Date.parse(creationTimestamp),
  )
  expect(writtenAt({})).toBeUndefined()
})
