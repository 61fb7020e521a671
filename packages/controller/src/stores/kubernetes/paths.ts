/** Paths of the API. */

/** Of SealedSecrets. */
export const API_VERSION = 'bitnami.com/v1alpha1'

/** Collection of Secrets, Events or SealedSecrets; without a namespace, of the whole cluster. */
export function secretsPath(namespace?: string): string {
  return `/api/v1${scope(namespace)}/secrets`
}

export function configMapsPath(namespace: string): string {
  return `/api/v1${scope(namespace)}/configmaps`
}

export function leasesPath(namespace: string): string {
  return `/apis/coordination.k8s.io/v1${scope(namespace)}/leases`
}

export function eventsPath(namespace: string): string {
  return `/api/v1${scope(namespace)}/events`
}

export function sealedSecretsPath(namespace?: string): string {
  return `/apis/${API_VERSION}${scope(namespace)}/sealedsecrets`
}

/** One object of a collection. */
export const member = (collection: string, name: string): string => `${collection}/${encodeURIComponent(name)}`

const scope = (namespace: string | undefined): string =>
  namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`
