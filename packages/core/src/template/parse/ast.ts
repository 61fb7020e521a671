import type { ByteString } from '../text/bytestring.ts'
import type { Complex } from '../value/values.ts'

interface At {
  /** Byte in the template's text, for messages. */
  readonly position: number
}

interface TextNode extends At {
  readonly kind: 'text'
  readonly text: ByteString
}

interface ActionNode extends At {
  readonly kind: 'action'
  readonly pipe: PipeNode
}

export interface BranchNode extends At {
  readonly kind: 'if' | 'with' | 'range'
  readonly pipe: PipeNode
  readonly list: readonly Node[]
  readonly otherwise: readonly Node[] | undefined
}

export interface TemplateNode extends At {
  readonly kind: 'template'
  readonly name: ByteString
  readonly pipe: PipeNode | undefined
}

interface JumpNode extends At {
  readonly kind: 'break' | 'continue'
}

export type Node = TextNode | ActionNode | BranchNode | TemplateNode | JumpNode

export interface PipeNode extends At {
  readonly kind: 'pipe'
  /** `=` rather than `:=`. */
  readonly assigns: boolean
  readonly variables: readonly VariableNode[]
  readonly commands: readonly CommandNode[]
}

export interface CommandNode extends At {
  readonly kind: 'command'
  readonly words: readonly [Operand, ...Operand[]]
}

export interface IdentifierNode extends At {
  readonly kind: 'identifier'
  readonly name: string
}

interface FieldNode extends At {
  readonly kind: 'field'
  readonly names: readonly ByteString[]
}

/** `$name.field`: the first name has its dollar. */
export interface VariableNode extends At {
  readonly kind: 'variable'
  readonly names: readonly [ByteString, ...ByteString[]]
}

/** Fields of something in parentheses or of what a function gives. */
interface ChainNode extends At {
  readonly kind: 'chain'
  readonly base: Operand
  readonly names: readonly ByteString[]
}

interface DotNode extends At {
  readonly kind: 'dot'
}

interface NilNode extends At {
  readonly kind: 'nil'
}

interface BoolNode extends At {
  readonly kind: 'bool'
  readonly value: boolean
}

/** A constant with a value for every type it fits. */
export interface NumberNode extends At {
  readonly kind: 'number'
  readonly text: ByteString
  readonly int: bigint | undefined
  readonly uint: bigint | undefined
  readonly float: number | undefined
  readonly complex: Complex | undefined
}

interface StringNode extends At {
  readonly kind: 'string'
  /** As it is written, with its quotes. */
  readonly literal: ByteString
  readonly text: ByteString
}

export type Operand =
  | IdentifierNode
  | FieldNode
  | VariableNode
  | ChainNode
  | DotNode
  | NilNode
  | BoolNode
  | NumberNode
  | StringNode
  | PipeNode

/** All that a message can point at. */
export type AnyNode = Node | Operand | CommandNode
