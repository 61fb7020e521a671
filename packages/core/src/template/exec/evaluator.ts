import { CallFault, LimitFault } from '../fault.ts'
import type { Context, GoFunction } from '../functions/go.ts'
import { Names } from '../names.ts'
import type { AnyNode, CommandNode, IdentifierNode, Operand, PipeNode, VariableNode } from '../parse/ast.ts'
import { describeOperand } from '../parse/describe.ts'
import { type ByteString, bytes, decode } from '../text/bytestring.ts'
import { isTrue } from '../value/types.ts'
import type { Maybe } from '../value/values.ts'
import { assign, assignConstant, idealNumber, Misfit } from './assign.ts'
import { readField } from './fields.ts'
import { locate } from './location.ts'
import { Stop } from './stop.ts'

/** The template as a whole. */
export interface Source {
  /** What messages call it. */
  readonly name: ByteString
  readonly text: ByteString
}

/** The value that a pipeline hands to its next command; `none` before the first. */
type Final = { readonly value: Maybe } | 'none'

const ROOT = bytes('$')

/** Evaluates pipelines as Go's text/template does, reflection and all. */
export class Evaluator {
  protected readonly source: Source
  protected readonly context: Context
  private readonly functions: ReadonlyMap<string, GoFunction>
  /** What messages point at: the node looked at last, as in Go. */
  protected node: AnyNode
  protected template: ByteString
  protected variables: Names<Maybe>

  constructor(source: Source, functions: ReadonlyMap<string, GoFunction>, context: Context, data: Maybe) {
    this.source = source
    this.functions = functions
    this.context = context
    this.template = source.name
    this.node = { kind: 'text', position: 0, text: bytes('') }
    this.variables = new Names()
    this.variables.push(ROOT, data)
  }

  protected fail(message: string): never {
    throw new Stop(`${locate(this.source.name, this.source.text, this.template, this.node)}: ${message}`)
  }

  /** Errors of functions and of arguments that do not fit become the end; what is unknown is not told. */
  protected guarded<T>(work: () => T, prefix = ''): T {
    try {
      return work()
    } catch (error) {
      if (error instanceof Stop || error instanceof LimitFault || error instanceof RangeError) throw error
      if (error instanceof CallFault || error instanceof Misfit) return this.fail(`${prefix}${error.message}`)
      return this.fail(prefix.replace(/: $/, ''))
    }
  }

  protected pipeline(dot: Maybe, pipe: PipeNode): Maybe {
    this.node = pipe
    let final: Final = 'none'
    let value: Maybe
    for (const command of pipe.commands) {
      // A nil inside of an interface is forgotten between commands.
      value = this.command(dot, command, final) ?? undefined
      final = { value }
    }
    for (const { names } of pipe.variables) {
      if (!pipe.assigns) this.variables.push(names[0], value)
      else this.setVariable(names[0], value)
    }
    return value
  }

  protected setVariable(name: ByteString, value: Maybe): void {
    if (!this.variables.set(name, value)) this.fail(`undefined variable: ${decode(name)}`)
  }

  private command(dot: Maybe, command: CommandNode, final: Final): Maybe {
    this.context.budget.spend(1)
    const [first, ...rest] = command.words
    switch (first.kind) {
      case 'identifier':
        return this.function(dot, first, command, rest, final)
      case 'field':
      case 'chain':
      case 'variable':
        return this.path(dot, first, rest, final)
      case 'pipe':
        this.notAFunction(first, rest, final)
        return this.pipeline(dot, first)
      case 'nil':
        this.node = first
        this.notAFunction(first, rest, final)
        return this.fail('nil is not a command')
      default:
        this.node = first
        this.notAFunction(first, rest, final)
        return this.constant(dot, first)
    }
  }

  private notAFunction(first: Operand, rest: readonly Operand[], final: Final): void {
    if (rest.length > 0 || final !== 'none') {
      this.fail(`can't give argument to non-function ${decode(describeOperand(first))}`)
    }
  }

  private constant(dot: Maybe, node: Operand): Maybe {
    if (node.kind === 'dot') return dot
    if (node.kind === 'bool') return node.value
    if (node.kind === 'string') return node.text
    return node.kind === 'number' ? this.guarded(() => idealNumber(node)) : undefined
  }

  /** Fields, one after the other; the last may be a method with arguments. */
  private path(dot: Maybe, node: Operand, rest: readonly Operand[], final: Final): Maybe {
    this.node = node
    if (node.kind === 'variable') return this.variable(dot, node, rest, final)
    if (node.kind === 'field') return this.fields(dot, dot, node, node.names, rest, final)
    if (node.kind !== 'chain') return undefined
    if (node.base.kind === 'nil') this.fail('indirection through explicit nil in chain')
    const base = this.argument(dot, undefined, node.base)
    return this.fields(dot, base, node, node.names, rest, final)
  }

  private variable(dot: Maybe, node: VariableNode, rest: readonly Operand[], final: Final): Maybe {
    const [name, ...names] = node.names
    const variable = this.variables.find(name)
    if (variable === undefined) return this.fail(`undefined variable: ${decode(name)}`)
    if (names.length > 0) return this.fields(dot, variable.value, node, names, rest, final)
    this.notAFunction(node, rest, final)
    return variable.value
  }

  private fields(
    dot: Maybe,
    start: Maybe,
    node: Operand,
    names: readonly ByteString[],
    rest: readonly Operand[],
    final: Final,
  ): Maybe {
    let value = start
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1
      const given = isLast ? { rest, final } : { rest: [], final: 'none' as const }
      value = this.field(dot, value, name, node, given.rest, given.final)
    }
    return value
  }

  private field(
    dot: Maybe,
    receiver: Maybe,
    name: ByteString,
    node: Operand,
    rest: readonly Operand[],
    final: Final,
  ): Maybe {
    this.context.budget.spend(1)
    const found = this.guarded(() => readField(receiver, name, rest.length > 0 || final !== 'none'))
    return found.method === undefined ? found.value : this.call(dot, found.method, node, decode(name), rest, final)
  }

  private function(
    dot: Maybe,
    name: IdentifierNode,
    node: CommandNode | IdentifierNode,
    rest: readonly Operand[],
    final: Final,
  ): Maybe {
    this.node = name
    const found = this.functions.get(name.name)
    if (found === undefined) return this.fail(`"${name.name}" is not a defined function`)
    return this.call(dot, found, node, name.name, rest, final)
  }

  private call(
    dot: Maybe,
    { parameters, variadic, call }: GoFunction,
    node: AnyNode,
    name: string,
    rest: readonly Operand[],
    final: Final,
  ): Maybe {
    const count = rest.length + (final === 'none' ? 0 : 1)
    const fixed = variadic ? parameters.length - 1 : parameters.length
    if (variadic && count < fixed) {
      this.fail(`wrong number of args for ${name}: want at least ${fixed} got ${rest.length}`)
    }
    if (!variadic && count !== fixed) this.fail(`wrong number of args for ${name}: want ${fixed} got ${count}`)
    if (name === 'and' || name === 'or') return this.shortCircuit(dot, name === 'or', rest, final)
    const typeAt = (index: number): string => parameters[Math.min(index, parameters.length - 1)] ?? 'any value'
    const args = rest.map((operand, index) => this.argument(dot, typeAt(index), operand))
    if (final !== 'none') args.push(this.guarded(() => assign(final.value, typeAt(rest.length))))
    this.context.budget.spend(1 + args.length)
    const place = this.node
    this.node = node
    const result = this.guarded(() => call(this.context, args), `error calling ${name}: `)
    this.node = place
    return result
  }

  private shortCircuit(dot: Maybe, until: boolean, rest: readonly Operand[], final: Final): Maybe {
    let value: Maybe
    for (const operand of rest) {
      value = this.argument(dot, 'any value', operand)
      if (isTrue(value) === until) return value
    }
    return final === 'none' ? value : final.value
  }

  /** An operand as an argument of such a type; without one, as it is. */
  private argument(dot: Maybe, type: string | undefined, node: Operand): Maybe {
    this.context.budget.spend(1)
    this.node = node
    const fit = (value: Maybe): Maybe => (type === undefined ? value : this.guarded(() => assign(value, type)))
    switch (node.kind) {
      case 'dot':
        return fit(dot)
      case 'field':
      case 'variable':
      case 'chain':
        return fit(this.path(dot, node, [], 'none'))
      case 'pipe':
        return fit(this.pipeline(dot, node))
      case 'identifier':
        return fit(this.function(dot, node, node, [], 'none'))
      default:
        return type === undefined ? this.constant(dot, node) : this.guarded(() => assignConstant(node, type))
    }
  }
}
