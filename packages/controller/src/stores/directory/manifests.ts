/** Reads manifest files of the folder into plain documents. */
import { readFileSync } from 'node:fs'
import { asObject, field, isObject, type JsonObject, WaxsealError } from '@waxseal/core'
import { decodeText, readDocuments } from '@waxseal/core/documents'
import { codeOf, systemReason } from '../../system-error.ts'
import { stat } from './files.ts'

export interface Manifests {
  /** Objects in their order; Lists are taken apart. */
  readonly objects: readonly JsonObject[]
  /** What could not be read, one line each; the objects are what could. */
  readonly problems: readonly string[]
}

const MAX_FILE = 16 * 1024 * 1024

/** Never throws for what is in the file or what the system says about it. */
export async function readManifests(path: string): Promise<Manifests> {
  let text: string
  try {
    const size = stat(path)?.size ?? 0n
    if (size > MAX_FILE) return { objects: [], problems: ['the file is larger than 16 MiB'] }
    text = decodeText(readFileSync(path))
    const documents = await readDocuments(text)
    return {
      objects: documents.flatMap(({ value }) => objectsIn(value)),
      problems: documents.flatMap(({ error }) => (error === undefined ? [] : [error.message])),
    }
  } catch (error) {
    if (error instanceof WaxsealError) return { objects: [], problems: [error.message] }
    return { objects: [], problems: [`cannot be read: ${systemReason(codeOf(error))}`] }
  }
}

function objectsIn(value: unknown): JsonObject[] {
  if (!isObject(value)) return []
  const items = field(value, 'items')
  const isList = String(field(value, 'kind')).endsWith('List') && Array.isArray(items)
  return isList ? items.filter(isObject) : [asObject(value, 'document')]
}
