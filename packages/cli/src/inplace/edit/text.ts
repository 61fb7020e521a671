/** The values of a SealedSecret as a text to edit: a Secret in YAML. */
import {
  checkDataKey,
  encodeBase64,
  equalBytes,
  fromUtf8,
  isObject,
  type Plaintext,
  parseSecret,
  utf8,
  WaxsealError,
} from '@waxseal/core'
import { type Document, decodeText, readDocuments, readSpans, writeYaml } from '@waxseal/core/documents'
import { CliError } from '../../messages.ts'

export type Values = ReadonlyMap<string, Plaintext>

const HELP = 'nothing was changed'
/** Letters that no editor shows: all control characters but tab, line feed and carriage return. */
const CONTROL = /(?![\t\n\r])\p{Cc}/u
const FIELDS = ['apiVersion', 'kind', 'data', 'stringData']

/** Texts under stringData, what is none as base64 under data. `title`: what is edited. */
export async function renderValues(title: string, values: Values): Promise<string> {
  const [data, stringData]: [string, string][][] = [[], []]
  for (const [key, value] of values) {
    const text = textOf(value.reveal())
    if (text === undefined) data?.push([key, encodeBase64(value.reveal())])
    else stringData?.push([key, text])
  }
  const body = await writeYaml({
    apiVersion: 'v1',
    kind: 'Secret',
    ...(data?.length ? { data: Object.fromEntries(data) } : {}),
    ...(stringData?.length ? { stringData: Object.fromEntries(stringData) } : {}),
  })
  return `# ${title.replace(/[^\x20-\x7e]/g, '?')}: change, add or remove values, then save and close.
# stringData holds texts, data holds anything as base64. What stays the same stays sealed as it is.
${body}${stringData?.length ? '' : 'stringData:\n'}`
}

/** The bytes as text, where a person can edit them as such: UTF-8 without control characters. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = fromUtf8(bytes)
    return CONTROL.test(text) || !equalBytes(utf8(text), bytes) ? undefined : text
  } catch (error) {
    if (error instanceof WaxsealError || error instanceof TypeError) return undefined
    throw error
  }
}

/** What was saved. Throws CliError or WaxsealError, which say where it is wrong and never quote it. */
export async function parseValues(bytes: Uint8Array): Promise<Values> {
  const documents = await readDocuments(decodeText(bytes))
  const [document] = documents
  if (document === undefined) {
    throw new CliError(`the saved text is empty: ${HELP}`, {
      hint: 'to remove values, take their lines away and leave the rest',
    })
  }
  if (documents.length > 1) throw new CliError(`the saved text has several documents, one is needed: ${HELP}`)
  if (document.error !== undefined) throw document.error
  const { value } = document
  const other = isObject(value) ? Object.keys(value).find((key) => !FIELDS.includes(key)) : undefined
  if (other !== undefined) {
    throw new CliError(`${other}: only data and stringData can be edited: ${HELP}`, {
      hint: 'everything else stands in the SealedSecret itself, readable, where any editor changes it',
    })
  }
  const { data } = parseSecret(value)
  for (const key of data.keys()) checkDataKey(key)
  await refuseBooleans(document, data)
  return data
}

/** `on:` is the key `true` to a cluster; whoever types it here means the word. */
async function refuseBooleans(document: Document, values: Values): Promise<void> {
  const suspects = ['true', 'false'].filter((key) => values.has(key))
  if (suspects.length === 0) return
  const fields = (await readSpans(document))?.entries ?? []
  const written = fields.flatMap((field) => field.value.entries.map(({ key }) => key))
  const key = suspects.find((suspect) => !written.includes(suspect))
  if (key === undefined) return
  throw new CliError(`a key reads as ${key}: on, off, yes, no, y and n are booleans in YAML`, {
    hint: 'put it in quotes',
  })
}

export interface Difference {
  readonly set: Values
  readonly removed: readonly string[]
}

export function difference(before: Values, after: Values): Difference {
  const set = [...after].filter(([key, value]) => before.get(key)?.equals(value) !== true)
  return { set: new Map(set), removed: [...before.keys()].filter((key) => !after.has(key)) }
}

export function withDifference(values: Values, { set, removed }: Difference): Values {
  return new Map([...values, ...set].filter(([key]) => !removed.includes(key)))
}
