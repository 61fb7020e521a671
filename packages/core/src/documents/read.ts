import { WaxsealError } from '../errors.ts'
import { field, isObject } from '../parse.ts'
import { readJson, SyntaxProblem, skipJsonSpace } from './json.ts'
import { readPlainYaml } from './plain.ts'
import { type Chunk, splitStream } from './split.ts'
import { readTree } from './tree.ts'

/** One document of a stream. */
export interface Document {
  /** From 0. */
  readonly index: number
  /**
   * What stands before `raw` in the text: separators, directives, and documents that hold only comments. For all
   * documents in order, `prefix + raw + suffix` put together is the text again.
   */
  readonly prefix: string
  /** The exact source text, comments included. */
  readonly raw: string
  /** What stands after the last document; empty for all others. */
  readonly suffix: string
  /** The line of the text, from 1, on which `raw` begins. */
  readonly line: number
  readonly format: 'json' | 'yaml'
  /** JSON-like, mappings without prototype; undefined when there is an error. */
  readonly value: unknown
  /** `bad-document`, naming document and line. */
  readonly error?: WaxsealError
}

export interface Limits {
  /** Characters of a whole text. */
  readonly maxText?: number
  /** Characters of one document. An API server takes 3 MiB. */
  readonly maxDocument?: number
  readonly maxDepth?: number
  /** Nodes that all aliases of a document may stand for. */
  readonly maxAliasNodes?: number
  /**
   * Characters, of all documents together, that may go to the full YAML parser, which needs up to 3 us for each. JSON and
   * plain manifests do not count. Default: no limit of its own.
   */
  readonly maxYaml?: number
}

const MiB = 1024 * 1024
const DEFAULTS: Required<Limits> = {
  maxText: 64 * MiB,
  maxDocument: 3 * MiB,
  maxDepth: 100,
  maxAliasNodes: 10_000,
  maxYaml: Number.POSITIVE_INFINITY,
}

/** Kinds whose values must not depend on the YAML version of the reader. */
const SENSITIVE = ['Secret', 'SealedSecret', 'SecretList', 'SealedSecretList', 'List']
/** Line ends to YAML 1.1, letters to YAML 1.2. */
const OLD_LINE_ENDS = /[\u0085\u2028\u2029]/

type Part = Omit<Document, 'index' | 'suffix'>

/**
 * Reads multi-document YAML, JSON, JSON streams and mixtures of them. Documents that hold only comments are left out,
 * their text is in a `prefix`. A document that cannot be read has an `error`; the others are read all the same.
 *
 * Unquoted scalars that YAML 1.1 (as Go reads it) or YAML 1.2 take for a number, boolean or null come as such, so that
 * a reader of texts can refuse them. What cannot be told from the value is an error in Secrets: keys that are no text,
 * tags, merges in doubt.
 * @throws WaxsealError `bad-document` when the text as a whole is too large
 */
export async function readDocuments(text: string, limits: Limits = {}): Promise<Document[]> {
  const bounds = { ...DEFAULTS, ...limits }
  if (text.length > bounds.maxText) {
    throw new WaxsealError('bad-document', `the text is larger than ${bounds.maxText / MiB} MiB`)
  }
  const { chunks, rest } = splitStream(text)
  const parts: Part[] = []
  const yaml = { left: bounds.maxYaml }
  for (const chunk of chunks) {
    for (const part of readChunkAsJson(chunk, bounds) ?? [await readChunk(chunk, bounds, yaml)]) parts.push(part)
  }
  return parts.map((part, index) => finish(part, index, index === parts.length - 1 ? rest : ''))
}

function finish(part: Part, index: number, suffix: string): Document {
  if (part.error === undefined) return { index, ...part, suffix }
  const error = new WaxsealError('bad-document', `document ${index + 1}, ${part.error.message}`, {
    ...(part.error.hint === undefined ? {} : { hint: part.error.hint }),
  })
  return { index, ...part, suffix, error }
}

/** The values of a JSON stream; undefined when the chunk is to be read as YAML. */
function readChunkAsJson(chunk: Chunk, bounds: Required<Limits>): Part[] | undefined {
  const first = chunk.raw[skipJsonSpace(chunk.raw, 0)]
  if ((first !== '{' && first !== '[') || chunk.raw.length > bounds.maxText) return undefined
  const parts: Part[] = []
  let [at, line] = [0, chunk.line]
  while (at < chunk.raw.length) {
    const prefix = at === 0 ? chunk.prefix : ''
    const part = readJsonPart(chunk.raw, at, { prefix, line }, bounds)
    if (part === undefined) return parts.length === 0 ? undefined : [...parts, brokenRest(chunk, at, line, bounds)]
    parts.push(part)
    line += countLines(part.raw)
    at += part.raw.length
  }
  return parts
}

/** One JSON value with the white space around it; undefined when there is none. */
function readJsonPart(
  text: string,
  at: number,
  { prefix, line }: { prefix: string; line: number },
  bounds: Required<Limits>,
): Part | undefined {
  try {
    const { value, end } = readJson(text, at, bounds.maxDepth)
    const raw = text.slice(at, skipJsonSpace(text, end))
    const part: Part = { prefix, raw, line, format: 'json', value }
    return raw.length > bounds.maxDocument ? { ...part, value: undefined, error: tooLarge(line, bounds) } : part
  } catch (error) {
    if (error instanceof SyntaxProblem) return undefined
    throw error
  }
}

/** What stands after good JSON values and is none itself. */
function brokenRest(chunk: Chunk, at: number, line: number, bounds: Required<Limits>): Part {
  const raw = chunk.raw.slice(at)
  const problem = jsonProblem(raw, bounds) ?? new SyntaxProblem('unexpected text in JSON', 0)
  return { prefix: '', raw, line, format: 'json', value: undefined, error: failure(problem, raw, line) }
}

function jsonProblem(text: string, bounds: Required<Limits>): SyntaxProblem | undefined {
  try {
    for (let at = 0; at < text.length; ) at = skipJsonSpace(text, readJson(text, at, bounds.maxDepth).end)
    return undefined
  } catch (error) {
    if (error instanceof SyntaxProblem) return error
    throw error
  }
}

async function readChunk(
  { prefix, raw, line }: Chunk,
  bounds: Required<Limits>,
  yaml: { left: number },
): Promise<Part> {
  const part = { prefix, raw, line, format: 'yaml' as const }
  if (raw.length > bounds.maxDocument) return { ...part, value: undefined, error: tooLarge(line, bounds) }
  // YAML reads every CRLF as a line feed, in scalars too (YAML 1.2, 5.4).
  const text = raw.replaceAll('\r\n', '\n')
  const value = readPlainYaml(text)
  if (value !== undefined) return { ...part, value }
  yaml.left -= raw.length
  if (yaml.left < 0) return { ...part, value: undefined, error: tooMuchYaml(line, bounds) }
  try {
    return { ...part, value: await readYaml(text, bounds) }
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error
    const json = /^\s*\{\s*["}]/.test(text) ? jsonProblem(text, bounds) : undefined
    return { ...part, value: undefined, error: failure(json ?? error, text, line) }
  }
}

async function readYaml(text: string, bounds: Required<Limits>): Promise<unknown> {
  const yaml = await import('./yaml-package.ts')
  try {
    const { value, doubt } = readTree(yaml, text, bounds)
    if (!isSensitive(value)) return value
    if (doubt !== undefined) throw doubt
    const index = text.search(OLD_LINE_ENDS)
    if (index !== -1)
      throw new SyntaxProblem('a line separator that YAML 1.1 and 1.2 read differently: escape it', index)
    return value
  } catch (error) {
    // The parser recurses into nested collections.
    if (error instanceof RangeError) throw new SyntaxProblem('nested too deeply', 0)
    throw error
  }
}

function isSensitive(value: unknown): boolean {
  if (!isObject(value)) return false
  const kind = field(value, 'kind')
  return typeof kind === 'string' && SENSITIVE.includes(kind)
}

function failure({ message, index }: SyntaxProblem, text: string, firstLine: number): WaxsealError {
  return new WaxsealError('bad-document', `line ${firstLine + countLines(text.slice(0, index))}: ${message}`)
}

function tooLarge(line: number, { maxDocument }: Required<Limits>): WaxsealError {
  return new WaxsealError('bad-document', `line ${line}: larger than ${maxDocument / MiB} MiB`, {
    hint: 'a Secret can hold 1 MiB',
  })
}

function tooMuchYaml(line: number, { maxYaml }: Required<Limits>): WaxsealError {
  return new WaxsealError('bad-document', `line ${line}: YAML of more than ${maxYaml} characters`, {
    hint: 'write it as JSON',
  })
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1
  return count
}
