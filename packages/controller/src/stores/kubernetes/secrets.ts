/** Secrets as the API serves them: metadata for the cache, whole ones for a single read. */
import { ANNOTATION } from '@waxseal/core'
import type { OwnerReference, SecretMeta, SecretObject } from '../../state.ts'
import { deepFreeze, type Fields, fields, isFields, items, text, textMap } from './fields.ts'

/** May hold the Secret's values in plain text, in the annotation of whoever applied it. */
const LAST_APPLIED = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'kubecfg.ksonnet.io/last-applied-configuration',
]

/** Whether the metadata of a Secret alone says that a SealedSecret has to do with it. */
export function isOurs(metadata: Fields): boolean {
  const annotations = fields(metadata.annotations)
  if (ANNOTATION.managed in annotations || ANNOTATION.patch in annotations) return true
  return items(metadata.ownerReferences).some((owner) => {
    const { kind, apiVersion } = fields(owner)
    return kind === 'SealedSecret' && text(apiVersion).startsWith('bitnami.com/')
  })
}

/** Frozen; without what may hold values. */
export function secretMeta(metadata: Fields): SecretMeta {
  const annotations = textMap(metadata.annotations)
  for (const name of LAST_APPLIED) delete annotations[name]
  return deepFreeze({
    namespace: text(metadata.namespace),
    name: text(metadata.name),
    uid: text(metadata.uid),
    version: text(metadata.resourceVersion),
    annotations,
    ownerReferences: items(metadata.ownerReferences).filter(isFields).map(ownerReference),
  })
}

function ownerReference(owner: Fields): OwnerReference {
  const { controller, blockOwnerDeletion } = owner
  return {
    apiVersion: text(owner.apiVersion),
    kind: text(owner.kind),
    name: text(owner.name),
    uid: text(owner.uid),
    ...(typeof controller === 'boolean' ? { controller } : {}),
    ...(typeof blockOwnerDeletion === 'boolean' ? { blockOwnerDeletion } : {}),
  }
}

/**
 * The whole Secret. managedFields are left out: an update without them keeps them as they are.
 */
export function secretObject(object: unknown): SecretObject {
  const { metadata, type, immutable, data } = fields(object)
  const { managedFields: _, name, namespace, ...rest } = fields(metadata)
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...rest, name: text(name), namespace: text(namespace) },
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof immutable === 'boolean' ? { immutable } : {}),
    data: textMap(data),
  }
}
