import { emptyRecord } from '../parse.ts'
import { SyntaxProblem } from './json.ts'
import { plainScalar } from './scalar.ts'
import type { Node } from './yaml-package.ts'

type Package = typeof import('./yaml-package.ts')

export interface TreeLimits {
  readonly maxDepth: number
  /** How many nodes aliases may stand for, all together. */
  readonly maxAliasNodes: number
}

export interface YamlValue {
  readonly value: unknown
  /** What a Secret must not hold, although it is YAML: versions of YAML read it differently. */
  readonly doubt: SyntaxProblem | undefined
}

const MERGE = '<<'
const TEXT_TAG = 'tag:yaml.org,2002:str'
const PLAIN_TAGS = ['tag:yaml.org,2002:map', 'tag:yaml.org,2002:seq', '!', '?']

/**
 * Parses one YAML document. Scalars are read by `plainScalar`, duplicate keys are refused, merge keys are followed,
 * aliases are expanded up to a limit.
 * @throws SyntaxProblem
 */
export function readTree(yaml: Package, text: string, limits: TreeLimits): YamlValue {
  const document = yaml.parseDocument(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    keepSourceTokens: false,
    logLevel: 'error',
  })
  const [error] = document.errors
  if (error !== undefined) throw new SyntaxProblem(reason(error.code), error.pos[0])
  const reader = new TreeReader(yaml, limits)
  return { value: reader.read(document.contents, 0), doubt: reader.doubt }
}

/** Words for the parser's codes. Its own messages quote the text, which may be a secret. */
function reason(code: string): string {
  if (code === 'RESOURCE_EXHAUSTION') return 'nested too deeply'
  if (code === 'TAB_AS_INDENT') return 'a tab is used to indent'
  return `not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`
}

class TreeReader {
  doubt: SyntaxProblem | undefined
  readonly #yaml: Package
  readonly #limits: TreeLimits
  readonly #anchors = new Map<string, Node>()
  /** Nodes being read, to notice an alias inside its own anchor. */
  readonly #open = new Set<Node>()
  #aliasDepth = 0
  #aliasNodes = 0

  constructor(yaml: Package, limits: TreeLimits) {
    this.#yaml = yaml
    this.#limits = limits
  }

  read(node: unknown, depth: number): unknown {
    const { isAlias, isMap, isScalar, isSeq } = this.#yaml
    if (node === null || node === undefined) return null
    if (depth > this.#limits.maxDepth) throw new SyntaxProblem('nested too deeply', position(node))
    if (isAlias(node)) return this.#alias(node.source, position(node), depth)
    if (this.#aliasDepth > 0 && ++this.#aliasNodes > this.#limits.maxAliasNodes) {
      throw new SyntaxProblem('aliases stand for too much', position(node))
    }
    if (isScalar(node)) {
      if (node.anchor !== undefined) this.#anchors.set(node.anchor, node)
      return this.#scalar(node)
    }
    if (!isMap(node) && !isSeq(node)) throw new SyntaxProblem('not valid YAML', position(node))
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node)
    this.#checkTag(node.tag, position(node))
    this.#open.add(node)
    const value = isMap(node) ? this.#map(node.items, depth) : node.items.map((item) => this.read(item, depth + 1))
    this.#open.delete(node)
    return value
  }

  #scalar(node: { tag?: string; type?: string; source?: string; value: unknown }): unknown {
    if (node.type === 'PLAIN' && node.tag === undefined) return plainScalar(node.source ?? '')
    if (node.tag !== TEXT_TAG) this.#checkTag(node.tag, position(node))
    return typeof node.value === 'string' ? node.value : (node.source ?? '')
  }

  #checkTag(tag: string | undefined, index: number): void {
    if (tag === undefined || PLAIN_TAGS.includes(tag)) return
    this.#doubt(`the tag ${JSON.stringify(tag)} may change a value: write the text itself in quotes`, index)
  }

  #alias(name: string, index: number, depth: number): unknown {
    const node = this.#anchors.get(name)
    if (node === undefined) throw new SyntaxProblem('an alias without its anchor', index)
    if (this.#open.has(node)) throw new SyntaxProblem('an alias inside its own anchor', index)
    this.#aliasDepth += 1
    const value = this.read(node, depth)
    this.#aliasDepth -= 1
    return value
  }

  #map(items: readonly { key: unknown; value: unknown }[], depth: number): Record<string, unknown> {
    const map = emptyRecord<unknown>()
    const merged = emptyRecord<true>()
    for (const { key, value } of items) {
      if (this.#isMerge(key)) {
        this.#merge(map, merged, this.read(value, depth + 1), position(key))
        continue
      }
      const name = this.#key(key)
      if (Object.hasOwn(map, name) && !Object.hasOwn(merged, name)) {
        const kind = this.#isText(key) ? '' : ', one of them not a string: put it in quotes'
        throw new SyntaxProblem(`duplicate key ${JSON.stringify(name)}${kind}`, position(key))
      }
      delete merged[name]
      map[name] = this.read(value, depth + 1)
    }
    return map
  }

  #isMerge(key: unknown): boolean {
    return this.#yaml.isScalar(key) && key.type === 'PLAIN' && key.source === MERGE
  }

  /**
   * A key that Go reads as a boolean is called "true" or "false" in the cluster, whichever way it is written, so here too. One that
   * Go reads as a number gets a spelling there that only Go knows, so it is in doubt.
   */
  #key(key: unknown): string {
    const value = this.read(key, 0)
    if (typeof value === 'string') return value
    if (typeof value === 'boolean') return String(value)
    const name = this.#yaml.isScalar(key) ? (key.source ?? '') : JSON.stringify(value)
    this.#doubt(`the key ${JSON.stringify(name)} is not a string: put it in quotes`, position(key))
    return name
  }

  #isText(key: unknown): boolean {
    return typeof this.read(key, 0) === 'string'
  }

  /** Merged keys give way to the mapping's own; where Go and YAML disagree about which is which, there is doubt. */
  #merge(map: Record<string, unknown>, merged: Record<string, true>, source: unknown, index: number): void {
    for (const from of Array.isArray(source) ? source : [source]) {
      if (typeof from !== 'object' || from === null || Array.isArray(from)) {
        throw new SyntaxProblem('a merge key without a mapping', index)
      }
      for (const [name, value] of Object.entries(from)) {
        if (Object.hasOwn(map, name)) {
          this.#doubt(`the key ${JSON.stringify(name)} is both written and merged`, index)
          continue
        }
        map[name] = value
        merged[name] = true
      }
    }
  }

  #doubt(message: string, index: number): void {
    this.doubt ??= new SyntaxProblem(message, index)
  }
}

function position(node: unknown): number {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined
  const first: unknown = Array.isArray(range) ? range[0] : 0
  return typeof first === 'number' ? first : 0
}
