import { field, isObject, type JsonObject } from '@waxseal/core'
import { isTemplated } from './placeholder.ts'

/** Tells objects apart as a cluster does: by group, kind, namespace and name. */
export class ObjectNames {
  readonly #seen = new Set<string>()

  /** What the object is, when the file has it already. */
  duplicate(object: JsonObject): string | undefined {
    const metadata = field(object, 'metadata')
    const [apiVersion, kind] = [field(object, 'apiVersion'), field(object, 'kind')]
    if (!isObject(metadata) || typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined
    const [namespace, name] = [field(metadata, 'namespace') ?? '', field(metadata, 'name')]
    if (typeof name !== 'string' || name === '' || typeof namespace !== 'string') return undefined
    if (isTemplated(`${name}${namespace}${kind}`)) return undefined
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : ''
    const identity = [group, kind, namespace, name].join('/')
    if (this.#seen.has(identity)) return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`
    this.#seen.add(identity)
    return undefined
  }
}
