import { asStringMap, field, isObject, type JsonObject } from '@waxseal/core'
import type { ObjectRef, OwnerReference, SecretObject } from '../../state.ts'
import { secretUid } from './identity.ts'

/**
 * The Secret in a file, under the name its path gives. Whatever is not as it should be counts as absent: the file then
 * differs from what it should be, or belongs to nobody here.
 */
export function secretOf(object: JsonObject | undefined, ref: ObjectRef, version: string): SecretObject {
  const found = object ?? {}
  const metadata = field(found, 'metadata')
  const meta = isObject(metadata) ? metadata : {}
  const [type, immutable] = [field(found, 'type'), field(found, 'immutable')]
  const finalizers = field(meta, 'finalizers')
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...meta,
      name: ref.name,
      namespace: ref.namespace,
      uid: secretUid(ref),
      resourceVersion: version,
      ...textsAs('labels', meta),
      ...textsAs('annotations', meta),
      ...(field(meta, 'ownerReferences') === undefined ? {} : { ownerReferences: ownersIn(meta) }),
      ...(Array.isArray(finalizers) ? { finalizers: finalizers.filter((one) => typeof one === 'string') } : {}),
    },
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof immutable === 'boolean' ? { immutable } : {}),
    data: texts(field(found, 'data')),
  }
}

function textsAs(name: 'labels' | 'annotations', meta: JsonObject): Record<string, Record<string, string>> {
  const value = field(meta, name)
  return value === undefined ? {} : { [name]: texts(value) }
}

function texts(value: unknown): Record<string, string> {
  if (!isObject(value)) return {}
  return asStringMap(Object.fromEntries(Object.entries(value).filter(([, item]) => typeof item === 'string')), '')
}

function ownersIn(meta: JsonObject): OwnerReference[] {
  const owners = field(meta, 'ownerReferences')
  return (Array.isArray(owners) ? owners.filter(isObject) : []).map((owner) => {
    const text = (name: string): string => {
      const value = field(owner, name)
      return typeof value === 'string' ? value : ''
    }
    return {
      apiVersion: text('apiVersion'),
      kind: text('kind'),
      name: text('name'),
      uid: text('uid'),
      controller: field(owner, 'controller') === true,
    }
  })
}
