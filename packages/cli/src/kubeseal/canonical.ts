/** SealedSecrets as kubeseal itself writes them. */
import { isObject, type JsonObject, type SealedSecret } from '@waxseal/core'
import { writeJson, writeYaml } from '@waxseal/core/documents'
import type { Format } from '../output/format.ts'

/** Known fields in the order in which Go writes them as JSON. */
const TOP = ['kind', 'apiVersion', 'metadata', 'spec', 'status']
const SPEC = ['template', 'data', 'encryptedData']
const TEMPLATE = ['metadata', 'type', 'immutable', 'data']
const META = [
  ...['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp'],
  ...['deletionTimestamp', 'deletionGracePeriodSeconds', 'labels', 'annotations', 'ownerReferences', 'finalizers'],
  'managedFields',
]

/** The same SealedSecret with its fields in Go's order, unknown ones last, and without what is null or empty in its metadata. */
export function canonical(sealed: SealedSecret): JsonObject {
  const { metadata, spec } = sealed
  const { template } = spec
  const { data } = template
  return {
    ...ordered(sealed, TOP),
    metadata: meta(metadata),
    spec: {
      ...ordered(spec, SPEC),
      template: {
        ...ordered({ ...template, metadata: {} }, TEMPLATE),
        metadata: meta(template.metadata ?? {}),
        ...(data === undefined ? {} : { data: sorted(data) }),
      },
      encryptedData: sorted(spec.encryptedData),
    },
  }
}

/** As the text of one document: YAML with the mark that kubeseal puts before each. */
export async function writeCanonical(sealed: SealedSecret, format: Format): Promise<string> {
  const value = canonical(sealed)
  return format === 'json' ? writeJson(value) : `---\n${await writeYaml(value)}`
}

/** Whether it has fields that kubeseal does not know, which it would drop. */
export function hasUnknownFields(sealed: SealedSecret): boolean {
  const { metadata, spec } = sealed
  const { template } = spec
  const parts: readonly (readonly [object, readonly string[]])[] = [
    [sealed, TOP],
    [metadata, META],
    [spec, SPEC],
    [template, TEMPLATE],
    [template.metadata ?? {}, META],
  ]
  return parts.some(([object, known]) => Object.keys(object).some((key) => !known.includes(key)))
}

function meta(value: object): JsonObject {
  const kept = Object.entries(ordered(value, META)).filter(([, item]) => item !== null && !isEmpty(item))
  const isMap = (key: string, item: unknown): item is JsonObject =>
    isObject(item) && (key === 'labels' || key === 'annotations')
  return Object.fromEntries(kept.map(([key, item]) => [key, isMap(key, item) ? sorted(item) : item]))
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.keys(value).length === 0 : value === ''
}

function ordered(object: object, first: readonly string[]): JsonObject {
  const entries = Object.entries(object)
  const rank = ([key]: [string, unknown]): number => (first.includes(key) ? first.indexOf(key) : first.length)
  return Object.fromEntries(entries.toSorted((a, b) => rank(a) - rank(b)))
}

/** Keys of data, labels and annotations are ASCII, where the order of UTF-16 units is that of bytes. */
function sorted(object: object): JsonObject {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : Number(a > b))))
}
