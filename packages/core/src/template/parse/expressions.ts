import { Names } from '../names.ts'
import { type ByteString, bytes } from '../text/bytestring.ts'
import { quote } from '../text/quote.ts'
import { unquote } from '../text/unquote.ts'
import type { CommandNode, Operand, PipeNode, VariableNode } from './ast.ts'
import { describeOperand } from './describe.ts'
import { readNumber } from './number.ts'
import type { TokenStream } from './token-stream.ts'
import type { Token, TokenType } from './tokens.ts'

const OPERAND_STARTS: ReadonlySet<TokenType> = new Set<TokenType>([
  'bool',
  'character',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'raw-string',
  'string',
  'variable',
  'left-paren',
])
const NO_FIELDS: ReadonlySet<Operand['kind']> = new Set(['bool', 'string', 'number', 'nil', 'dot'])
const NO_COMMANDS: ReadonlySet<Operand['kind']> = new Set(['bool', 'dot', 'nil', 'number', 'string'])

/** What one template definition knows while it is read. */
export interface Scope {
  /** Names in sight, each with its dollar. */
  readonly variables: Names<true>
  /** Parentheses and blocks around. */
  nesting: number
  /** `range` around, for break and continue. */
  ranges: number
}

export function newScope(nesting = 0): Scope {
  const variables = new Names<true>()
  variables.push(bytes('$'), true)
  return { variables, nesting, ranges: 0 }
}

/** Reads pipelines and all below them. */
export class ExpressionParser {
  protected readonly tokens: TokenStream
  protected scope: Scope = newScope()
  private readonly isFunction: (name: string) => boolean
  private readonly maximumNesting: number

  constructor(tokens: TokenStream, isFunction: (name: string) => boolean, maximumNesting: number) {
    this.tokens = tokens
    this.isFunction = isFunction
    this.maximumNesting = maximumNesting
  }

  protected pipeline(context: string, end: TokenType): PipeNode {
    const { tokens } = this
    const { position } = tokens.peekWord()
    const declared = this.declarations(context)
    const commands: CommandNode[] = []
    for (;;) {
      const token = tokens.nextWord()
      if (token.type === end) break
      if (!OPERAND_STARTS.has(token.type)) tokens.unexpected(token, context)
      tokens.back(token)
      commands.push(this.command())
    }
    if (commands.length === 0) tokens.fail(`missing value for ${context}`)
    const literal = commands.findIndex(({ words }, index) => index > 0 && NO_COMMANDS.has(words[0].kind))
    if (literal > 0) tokens.fail(`non executable command in pipeline stage ${literal + 1}`)
    return { kind: 'pipe', position, ...declared, commands }
  }

  /** `$x :=`, `$x =` and in a range also `$i, $x :=`, if they are there. */
  private declarations(context: string): Pick<PipeNode, 'assigns' | 'variables'> {
    const { tokens } = this
    const variables: VariableNode[] = []
    let assigns = false
    while (tokens.peekWord().type === 'variable') {
      const variable = tokens.nextWord()
      const following = tokens.peek()
      const next = tokens.nextWord()
      if (next.type === 'assign' || next.type === 'declare') {
        assigns = next.type === 'assign'
        variables.push(this.introduce(variable))
        break
      }
      if (!(next.type === 'char' && next.text === ',')) {
        if (following.type === 'space') tokens.back(variable, following, next)
        else tokens.back(variable, next)
        break
      }
      variables.push(this.introduce(variable))
      this.checkList(context, variables.length)
    }
    return { assigns, variables }
  }

  private introduce(variable: Token): VariableNode {
    this.scope.variables.push(variable.text, true)
    return { kind: 'variable', position: variable.position, names: [variable.text] }
  }

  private checkList(context: string, count: number): void {
    if (context !== 'range' || count > 1) this.tokens.fail(`too many declarations in ${context}`)
    const { type } = this.tokens.peekWord()
    if (type !== 'variable' && type !== 'right-delimiter' && type !== 'right-paren') {
      this.tokens.fail('range can only initialize variables')
    }
  }

  private command(): CommandNode {
    const { tokens } = this
    const { position } = tokens.peekWord()
    const words: Operand[] = []
    for (;;) {
      tokens.peekWord()
      const operand = this.operand()
      if (operand !== undefined) words.push(operand)
      const token = tokens.next()
      if (token.type === 'space') continue
      if (token.type === 'right-delimiter' || token.type === 'right-paren') tokens.back(token)
      else if (token.type !== 'pipe') tokens.unexpected(token, 'operand')
      break
    }
    const [first, ...rest] = words
    if (first === undefined) return tokens.fail('empty command')
    return { kind: 'command', position, words: [first, ...rest] }
  }

  private operand(): Operand | undefined {
    const { tokens } = this
    const term = this.term()
    if (term === undefined || tokens.peek().type !== 'field') return term
    const { position } = tokens.peek()
    const names: ByteString[] = []
    while (tokens.peek().type === 'field') names.push(bytes(tokens.next().text.slice(1)))
    if (term.kind === 'field') return { kind: 'field', position, names: [...term.names, ...names] }
    if (term.kind === 'variable') return { kind: 'variable', position, names: [...term.names, ...names] }
    if (NO_FIELDS.has(term.kind)) tokens.fail(`unexpected . after term ${quote(describeOperand(term))}`)
    return { kind: 'chain', position, base: term, names }
  }

  private term(): Operand | undefined {
    const { tokens } = this
    const token = tokens.nextWord()
    const { position, text, type } = token
    switch (type) {
      case 'identifier':
        if (!this.isFunction(text)) tokens.fail(`function ${quote(text)} not defined`)
        return { kind: 'identifier', position, name: text }
      case 'dot':
        return { kind: 'dot', position }
      case 'nil':
        return { kind: 'nil', position }
      case 'bool':
        return { kind: 'bool', position, value: text === 'true' }
      case 'variable':
        if (this.scope.variables.find(text) === undefined) tokens.fail(`undefined variable ${quote(text)}`)
        return { kind: 'variable', position, names: [text] }
      case 'field':
        return { kind: 'field', position, names: [bytes(text.slice(1))] }
      case 'character':
      case 'complex':
      case 'number': {
        const constant = readNumber(text, type)
        return typeof constant === 'string' ? tokens.fail(constant) : { ...constant, position }
      }
      case 'left-paren':
        return this.nested('max expression depth exceeded', () =>
          this.pipeline('parenthesized pipeline', 'right-paren'),
        )
      case 'string':
      case 'raw-string':
        return { kind: 'string', position, literal: text, text: this.unquoted(token) }
      default:
        tokens.back(token)
        return undefined
    }
  }

  protected unquoted(token: Token): ByteString {
    return unquote(token.text) ?? this.tokens.fail('invalid syntax')
  }

  protected nested<T>(message: string, read: () => T): T {
    if (this.scope.nesting >= this.maximumNesting) this.tokens.fail(message)
    this.scope.nesting += 1
    const result = read()
    this.scope.nesting -= 1
    return result
  }
}
