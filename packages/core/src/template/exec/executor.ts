import { LimitFault } from '../fault.ts'
import type { Context, GoFunction } from '../functions/go.ts'
import { Names } from '../names.ts'
import type { BranchNode, Node, TemplateNode } from '../parse/ast.ts'
import type { TemplateSet } from '../parse/parser.ts'
import { display } from '../printf/print.ts'
import { type ByteString, bytes, decode } from '../text/bytestring.ts'
import { quote } from '../text/quote.ts'
import { isTrue, typeOf } from '../value/types.ts'
import { Dict, Int, int, List, type Maybe } from '../value/values.ts'
import { Evaluator, type Source } from './evaluator.ts'
import { Stop } from './stop.ts'

/** How a list of nodes came to its end. */
type Ending = 'done' | 'break' | 'continue'

const NO_VALUE = bytes('<no value>')
const ROOT = bytes('$')

/** Where the text goes. What was written stays there when the execution stops. */
export interface Output {
  write(text: ByteString): void
}

/** Runs one template of a set over data. Throws Stop, whose text holds nothing of the data. */
export class Executor extends Evaluator {
  private readonly templates: TemplateSet
  private readonly output: Output
  private depth = 0

  constructor(
    source: Source,
    templates: TemplateSet,
    functions: ReadonlyMap<string, GoFunction>,
    context: Context,
    data: Maybe,
    output: Output,
  ) {
    super(source, functions, context, data)
    this.templates = templates
    this.output = output
  }

  run(data: Maybe): void {
    try {
      this.nodes(data, this.templates.get(this.source.name) ?? [])
    } catch (error) {
      if (error instanceof Stop) throw error
      if (error instanceof LimitFault) this.fail(error.message)
      // The engine's own stack, or what a library threw: neither is told.
      this.fail(error instanceof RangeError ? 'exceeded the depth of the stack' : 'internal error')
    }
  }

  private nodes(dot: Maybe, nodes: readonly Node[]): Ending {
    for (const node of nodes) {
      const ending = this.walk(dot, node)
      if (ending !== 'done') return ending
    }
    return 'done'
  }

  private walk(dot: Maybe, node: Node): Ending {
    this.context.budget.spend(1)
    this.node = node
    switch (node.kind) {
      case 'text':
        this.output.write(node.text)
        return 'done'
      case 'action': {
        const value = this.pipeline(dot, node.pipe)
        if (node.pipe.variables.length > 0) return 'done'
        this.node = node
        this.output.write(value === undefined ? NO_VALUE : display(value, this.context.budget))
        return 'done'
      }
      case 'if':
      case 'with':
        return this.scoped(() => this.condition(dot, node))
      case 'range':
        return this.scoped(() => this.range(dot, node))
      case 'template':
        this.include(dot, node)
        return 'done'
      default:
        return node.kind
    }
  }

  private scoped<T>(work: () => T): T {
    const { mark } = this.variables
    const result = work()
    this.variables.release(mark)
    return result
  }

  private condition(dot: Maybe, node: BranchNode): Ending {
    const value = this.pipeline(dot, node.pipe)
    if (isTrue(value)) return this.nodes(node.kind === 'with' ? value : dot, node.list)
    return this.nodes(dot, node.otherwise ?? [])
  }

  private range(dot: Maybe, node: BranchNode): Ending {
    const value = this.pipeline(dot, node.pipe)
    let ran = false
    for (const [index, element] of this.iterate(value, node)) {
      ran = true
      const ending = this.iteration(node, index, element)
      if (ending === 'break') return 'done'
    }
    if (ran) return 'done'
    // In Go a break in here ends this range, but a continue goes on with the one around.
    const ending = this.nodes(dot, node.otherwise ?? [])
    return ending === 'continue' ? ending : 'done'
  }

  private *iterate(value: Maybe, node: BranchNode): Generator<readonly [Maybe, Maybe]> {
    if (value instanceof List) {
      for (const [index, item] of value.items.entries()) yield [int(index), item]
    } else if (value instanceof Dict) {
      const keys = value.sortedKeys()
      this.context.budget.spend(keys.length)
      for (const key of keys) yield [key, value.entries.get(key)]
    } else if (value instanceof Int) {
      if (node.pipe.variables.length > 1) this.fail("can't use a number to iterate over more than one variable")
      for (let i = 0n; i < value.value; i++) yield [undefined, new Int(value.type, i)]
    } else if (value !== undefined && value !== null) {
      this.fail(`range can't iterate over a value of type ${typeOf(value)}`)
    }
  }

  private iteration(node: BranchNode, index: Maybe, element: Maybe): Ending {
    const { assigns, variables } = node.pipe
    const [first, second] = variables
    this.context.budget.spend(1)
    if (first !== undefined && assigns) {
      this.setVariable(first.names[0], second === undefined ? element : index)
      if (second !== undefined) this.setVariable(second.names[0], element)
    } else if (first !== undefined) {
      this.variables.setTop(1, element)
      if (second !== undefined) this.variables.setTop(2, index)
    }
    return this.scoped(() => this.nodes(element, node.list))
  }

  private include(dot: Maybe, node: TemplateNode): void {
    const nodes = this.templates.get(node.name)
    if (nodes === undefined) this.fail(`template ${decode(quote(node.name))} not defined`)
    const { depth: deepest } = this.context.budget.limits
    if (this.depth === deepest) this.fail(`exceeded maximum template depth (${deepest})`)
    const data = node.pipe === undefined ? undefined : this.pipeline(dot, node.pipe)
    const { template, variables } = this
    this.template = node.name
    this.variables = new Names()
    this.variables.push(ROOT, data)
    this.depth += 1
    this.nodes(data, nodes ?? [])
    this.depth -= 1
    this.template = template
    this.variables = variables
  }
}
