/** Objects as the API server shows them, as far as tests look at them. */

export interface Meta {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
  readonly ownerReferences?: readonly object[]
}

export interface StoredObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: Meta
}

export interface StoredSecret extends StoredObject {
  readonly type: string
  readonly immutable?: boolean
  readonly data?: Readonly<Record<string, string>>
}

export interface StoredCondition {
  readonly type: string
  readonly status: string
  readonly message?: string
  readonly lastTransitionTime?: string
  readonly lastUpdateTime?: string
}

export interface StoredSealedSecret extends StoredObject {
  readonly spec: { readonly encryptedData: Readonly<Record<string, string>> }
  readonly status?: { readonly observedGeneration?: number; readonly conditions?: readonly StoredCondition[] }
}

export interface StoredEvent extends StoredObject {
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly count: number
  readonly source: { readonly component: string }
  readonly involvedObject: {
    readonly kind: string
    readonly namespace: string
    readonly name: string
    readonly uid: string
  }
}

export interface ListOf<T> {
  readonly items: readonly T[]
}

/** What a test creates: any object with a kind and a name. */
export interface NewObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

const PLURALS: Readonly<Record<string, string>> = {
  SealedSecret: 'sealedsecrets',
  Secret: 'secrets',
  ConfigMap: 'configmaps',
  Namespace: 'namespaces',
  Event: 'events',
}

/** Path of a collection; without `namespace` of all namespaces. */
export function collectionPath(kind: string, namespace?: string): string {
  const group = kind === 'SealedSecret' ? '/apis/bitnami.com/v1alpha1' : '/api/v1'
  const plural = PLURALS[kind]
  if (plural === undefined) throw new Error(`the tests do not know the kind ${kind}`)
  return namespace === undefined || kind === 'Namespace'
    ? `${group}/${plural}`
    : `${group}/namespaces/${namespace}/${plural}`
}

/** The values of a Secret as text. */
export function decoded(secret: StoredSecret): Record<string, string> {
  const entries = Object.entries(secret.data ?? {})
  return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))
}

/** A Secret as a person writes it. */
export const plainSecret = (
  namespace: string,
  name: string,
  stringData: Readonly<Record<string, string>>,
  extra: object = {},
): NewObject => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData, ...extra })
