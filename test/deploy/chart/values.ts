/** The chart's values.yaml read line by line: what each value means, defaults to and may be. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { answer } from '../../kube/json.ts'

export const chart: string = fileURLToPath(new URL('../../../deploy/helm/waxseal', import.meta.url))

export type Schema = Readonly<Record<string, unknown>>

interface Described {
  /** As `--set` takes it: `image.tag`. */
  readonly path: string
  /** The text of its `# --` line; undefined for a group of values. */
  readonly description: string | undefined
  /** Its `# @schema` line. */
  readonly schema: Schema
}

export interface Value extends Described {
  readonly description: string
  readonly fallback: unknown
}

/** Every key of values.yaml down to those with a description, in their order. */
export function described(): Described[] {
  const found: Described[] = []
  const parents: string[] = []
  let description: string | undefined
  let schema: Schema = {}
  let inside: number | undefined
  for (const line of readFileSync(`${chart}/values.yaml`, 'utf8').split('\n')) {
    const [, indent = '', rest = ''] = /^( *)(.*)$/.exec(line) ?? []
    // What is below a described value is its default.
    if (inside !== undefined && indent.length > inside && rest !== '') continue
    inside = undefined
    if (rest.startsWith('# -- ')) description = rest.slice(5)
    if (rest.startsWith('# @schema ')) schema = answer<Schema>(JSON.parse(rest.slice(10)))
    const key = /^([A-Za-z0-9]+):/.exec(rest)?.[1]
    if (key === undefined) continue
    parents.splice(indent.length / 2, parents.length, key)
    found.push({ path: parents.join('.'), description, schema })
    if (description !== undefined) inside = indent.length
    description = undefined
    schema = {}
  }
  return found
}

export const defaults = (): unknown => parse(readFileSync(`${chart}/values.yaml`, 'utf8'))

export function at(tree: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((node, key) => {
    return typeof node === 'object' && node !== null
      ? new Map<string, unknown>(Object.entries(node)).get(key)
      : undefined
  }, tree)
}

/** Every value that can be set. */
export function values(): Value[] {
  const tree = defaults()
  return described().flatMap(({ description, ...rest }) =>
    description === undefined ? [] : [{ ...rest, description, fallback: at(tree, rest.path) }],
  )
}
