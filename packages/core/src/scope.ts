import { type Bytes, utf8 } from './bytes.ts'
import { WaxsealError } from './errors.ts'

/** Where a sealed value may be opened: under its own namespace and name, anywhere in its namespace, or anywhere. */
export type Scope = 'strict' | 'namespace-wide' | 'cluster-wide'

const SCOPES: readonly Scope[] = ['strict', 'namespace-wide', 'cluster-wide']

/** Annotations that Bitnami's controller and this one read. All are on when their value is exactly `true`. */
export const ANNOTATION = {
  clusterWide: 'sealedsecrets.bitnami.com/cluster-wide',
  namespaceWide: 'sealedsecrets.bitnami.com/namespace-wide',
  managed: 'sealedsecrets.bitnami.com/managed',
  patch: 'sealedsecrets.bitnami.com/patch',
  skipOwner: 'sealedsecrets.bitnami.com/skip-set-owner-references',
  /** Fingerprints of the keys that sealed the values, comma separated: a hint, never trusted. */
  sealedWith: 'waxseal.dev/sealed-with',
} as const

/** Annotations as an object holds them; a null value is what is left of an annotation without a value. */
export type Annotations = Readonly<Record<string, string>>

/** @throws WaxsealError `bad-scope` */
export function parseScope(text: string): Scope {
  const scope = SCOPES.find((known) => known === text)
  if (scope === undefined) {
    throw new WaxsealError('bad-scope', `unknown scope ${JSON.stringify(text)}`, { hint: `use ${SCOPES.join(', ')}` })
  }
  return scope
}

/** The scope that the object's own annotations ask for. Cluster-wide wins; only the value `true` counts. */
export function scopeOf(annotations: Annotations | undefined): Scope {
  if (annotations === undefined) return 'strict'
  if (isOn(annotations, ANNOTATION.clusterWide)) return 'cluster-wide'
  return isOn(annotations, ANNOTATION.namespaceWide) ? 'namespace-wide' : 'strict'
}

/** Whether an annotation is there and `true`. */
export function isOn(annotations: Annotations | undefined, name: string): boolean {
  return annotations !== undefined && Object.hasOwn(annotations, name) && annotations[name] === 'true'
}

/**
 * The OAEP label (UTF-8) that binds a sealed value to its scope. The slash of a strict label is there even when the
 * namespace is empty; neither part can hold a slash in a cluster, so labels of different objects differ.
 */
export function label(scope: Scope, namespace: string, name: string): Bytes {
  if (scope === 'cluster-wide') return new Uint8Array(0)
  return utf8(scope === 'namespace-wide' ? namespace : `${namespace}/${name}`)
}
