import type { SecretMeta, SecretObject } from './state.ts'

/** What is kept of a stored Secret once its values are out of sight. */
export function metaOf(secret: SecretObject): SecretMeta {
  const { name, namespace, uid, resourceVersion, annotations, ownerReferences } = secret.metadata
  return {
    name,
    namespace,
    uid: uid ?? '',
    version: resourceVersion ?? '',
    annotations: annotations ?? {},
    ownerReferences: ownerReferences ?? [],
  }
}
