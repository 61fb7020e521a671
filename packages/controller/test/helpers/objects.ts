import type { SealedSecretEntry, SealedSecretStatus, SecretObject } from '../../src/state.ts'

export function entry(overrides: Partial<SealedSecretEntry> = {}): SealedSecretEntry {
  const { name = 'shop', namespace = 'team' } = overrides
  return {
    name,
    namespace,
    uid: 'uid-1',
    version: '7',
    generation: 2,
    sealed: {
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { name, namespace },
      spec: { encryptedData: { a: 'AAAA' }, template: {} },
    },
    invalid: undefined,
    status: undefined,
    deleting: false,
    ...overrides,
  }
}

export const OWNER = {
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  name: 'shop',
  uid: 'uid-1',
  controller: true,
} as const

export function secret(overrides: Partial<SecretObject> = {}): SecretObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'shop', namespace: 'team', ownerReferences: [OWNER] },
    data: { a: 'MQ==' },
    ...overrides,
  }
}

export function status(synced: 'True' | 'False', overrides: Partial<SealedSecretStatus> = {}): SealedSecretStatus {
  const time = '2026-01-01T00:00:00Z'
  return {
    conditions: [{ type: 'Synced', status: synced, lastTransitionTime: time, lastUpdateTime: time }],
    observedGeneration: 2,
    ...overrides,
  }
}
