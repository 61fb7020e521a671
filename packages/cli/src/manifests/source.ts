/** Manifests as a person gave them: texts with one or more documents. */

import { field, isObject } from '@waxseal/core'
import { type Document, decodeText, readDocuments } from '@waxseal/core/documents'
import type { Context } from '../context.ts'
import { CliError, within } from '../messages.ts'

/** Enough for tens of thousands of manifests; a larger one is something else. */
const LIMIT = 64 * 1024 * 1024

export interface Source {
  /** For messages: the path, or undefined for standard input. */
  readonly path: string | undefined
  readonly text: string
  readonly documents: readonly Document[]
}

export interface Bytes {
  readonly path: string | undefined
  readonly bytes: Uint8Array
}

/** Reads the files first, so that a missing one is told before anybody is kept waiting at standard input (`-`). */
export function readInputs(context: Context, paths: readonly string[], waitingFor: string): readonly Bytes[] {
  const files = new Map(paths.filter((path) => path !== '-').map((path) => [path, context.files.read(path, LIMIT)]))
  return paths.map((path) => ({
    path: path === '-' ? undefined : path,
    bytes: files.get(path) ?? readStdin(context, waitingFor),
  }))
}

function readStdin(context: Context, waitingFor: string): Uint8Array {
  if (context.stdin.isTerminal) {
    context.stderr.write(
      `reading ${waitingFor} from the terminal; end with Ctrl-D, or stop with Ctrl-C and name a file\n`,
    )
  }
  return context.stdin.read(LIMIT)
}

/** Splits and parses. A document that cannot be parsed fails the whole input: dropping one silently would lose it. */
export async function parseSources(inputs: readonly Bytes[]): Promise<readonly Source[]> {
  const sources: Source[] = []
  for (const { path, bytes } of inputs) {
    try {
      const text = decodeText(bytes)
      const documents = await readDocuments(text)
      for (const { error } of documents) if (error !== undefined) throw error
      sources.push({ path, text, documents })
    } catch (error) {
      throw path === undefined ? error : within(path, error)
    }
  }
  return sources
}

/** `a.yaml: document 2`, as far as there is something to tell apart; empty for the only document of standard input. */
export function whereIs(source: Source, index: number): string {
  const parts = [source.path, source.documents.length > 1 ? `document ${index + 1}` : undefined]
  return parts.filter((part) => part !== undefined).join(': ')
}

/** Puts the place in front of an error's message, where there is one to tell. */
export function located(where: string, error: unknown): unknown {
  return where === '' ? error : within(where, error)
}

/** What a document is, for messages: `ConfigMap`, `apiVersion v2 Secret`, `no kind`. */
export function kindOf(value: unknown): string {
  if (!isObject(value)) return 'no Kubernetes object'
  const [kind, apiVersion] = [field(value, 'kind'), field(value, 'apiVersion')]
  if (typeof kind !== 'string' || kind === '') return 'an object without kind'
  if (typeof apiVersion !== 'string' || apiVersion === '') return `a ${kind} without apiVersion`
  return apiVersion === 'v1' ? `a ${kind}` : `a ${kind} (${apiVersion})`
}

/** No document at all, which must never pass as success. */
export function nothingFound(kind: string, sources: readonly Source[]): CliError {
  const found = sources.flatMap(({ documents }) =>
    documents.filter(({ value }) => value !== null && value !== undefined).map(({ value }) => kindOf(value)),
  )
  if (found.length === 0) {
    return new CliError(`no ${kind} in the input: it is empty`, { hint: 'did the command that writes it fail?' })
  }
  const shown = [...new Set(found)].slice(0, 3).join(', ')
  if (kind === 'Secret' && found.some((each) => each.startsWith('a SealedSecret'))) {
    return new CliError(`no Secret in the input, only ${shown}`, { hint: 'it is sealed already' })
  }
  return new CliError(`no ${kind} in the input, only ${shown}`, {
    hint: `a ${kind} has apiVersion: ${apiVersionOf(kind)} and kind: ${kind}`,
  })
}

function apiVersionOf(kind: string): string {
  return kind === 'Secret' ? 'v1' : 'bitnami.com/v1alpha1'
}
