/** SealedSecrets as the API serves them, turned into entries. */
import { parseSealedSecret, WaxsealError } from '@waxseal/core'
import type { SealedSecretEntry } from '../../state.ts'
import { deepFreeze, type Fields, fields, items, text } from './fields.ts'
import { API_VERSION } from './paths.ts'
import { otherConditions, readStatus } from './status.ts'

/** An entry, and what a write of the status must not lose. */
export interface KeptSealedSecret extends SealedSecretEntry {
  readonly otherConditions: readonly Fields[]
}

/**
 * The entry of an object of a list (which leaves out kind and apiVersion) or a watch: frozen, without managedFields, and with the status in one place only.
 */
export function sealedSecretEntry(object: Fields): KeptSealedSecret {
  const { managedFields, ...metadata } = fields(object.metadata)
  const { status, ...rest } = object
  const { generation } = metadata
  return deepFreeze({
    namespace: text(metadata.namespace),
    name: text(metadata.name),
    uid: text(metadata.uid),
    version: text(metadata.resourceVersion),
    generation: typeof generation === 'number' ? generation : 0,
    ...parse({ ...rest, apiVersion: API_VERSION, kind: 'SealedSecret', metadata }),
    status: readStatus(status),
    otherConditions: otherConditions(status),
    deleting: typeof metadata.deletionTimestamp === 'string',
    writtenAt: writtenAt(managedFields, metadata.creationTimestamp),
  })
}

/** The API server notes for every writer when it last changed something. Who writes the status has not sealed. */
function writtenAt(managedFields: unknown, creationTimestamp: unknown): number | undefined {
  const times = items(managedFields)
    .map(fields)
    .filter(({ subresource }) => text(subresource) === '')
    .map(({ time }) => Date.parse(text(time)))
  const known = [Date.parse(text(creationTimestamp)), ...times].filter((time) => !Number.isNaN(time))
  return known.length === 0 ? undefined : Math.max(...known)
}

function parse(object: Fields): Pick<SealedSecretEntry, 'sealed' | 'invalid'> {
  try {
    return { sealed: parseSealedSecret(object), invalid: undefined }
  } catch (error) {
    if (!(error instanceof WaxsealError)) throw error
    return { sealed: undefined, invalid: error.message }
  }
}

/**
 * True when reconciling again could make a difference: the spec (by its generation) or the metadata changed. A change
 * of the status alone, normally our own, is none; nor is the resourceVersion.
 */
export function isRelevantChange(before: SealedSecretEntry | undefined, after: SealedSecretEntry | undefined): boolean {
  if (before === undefined || after === undefined) return before !== after
  return fingerprintOf(before) !== fingerprintOf(after)
}

function fingerprintOf({ uid, generation, deleting, invalid, sealed }: SealedSecretEntry): string {
  const { resourceVersion: _, ...metadata } = sealed?.metadata ?? {}
  return JSON.stringify([uid, generation, deleting, invalid, metadata])
}
