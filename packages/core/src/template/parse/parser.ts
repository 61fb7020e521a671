import type { ByteString } from '../text/bytestring.ts'
import { quote } from '../text/quote.ts'
import type { BranchNode, Node, TemplateNode } from './ast.ts'
import { ExpressionParser, newScope } from './expressions.ts'
import { TokenStream } from './token-stream.ts'
import type { Token } from './tokens.ts'

/** Templates by name: the main one and those it defines. */
export type TemplateSet = ReadonlyMap<ByteString, readonly Node[]>

type Closing = { readonly kind: 'end' } | { readonly kind: 'else' }

interface Body {
  readonly nodes: readonly Node[]
  readonly closing: Closing['kind']
}

type Branch = BranchNode['kind']

/**
 * Reads a template and those defined inside of it, in the grammar of Go's text/template.
 * @throws SyntaxFault with the line, where it is none
 */
export function parseTemplate(
  name: ByteString,
  source: ByteString,
  isFunction: (name: string) => boolean,
  nesting: number,
): TemplateSet {
  return new Parser(new TokenStream(name, source), isFunction, nesting).parse(name)
}

class Parser extends ExpressionParser {
  private readonly templates = new Map<ByteString, readonly Node[]>()

  parse(name: ByteString): TemplateSet {
    const { tokens } = this
    const nodes: Node[] = []
    while (tokens.peek().type !== 'eof') {
      if (this.definition()) continue
      const node = this.textOrAction()
      if (node.kind === 'end' || node.kind === 'else') tokens.fail(`unexpected {{${node.kind}}}`)
      else nodes.push(node)
    }
    this.add(name, nodes)
    return this.templates
  }

  /** Reads `{{define}}` to its end, if that is what comes. */
  private definition(): boolean {
    const { tokens } = this
    if (tokens.peek().type !== 'left-delimiter') return false
    const delimiter = tokens.next()
    const word = tokens.nextWord()
    if (word.type !== 'define') {
      tokens.back(delimiter, word)
      return false
    }
    const context = 'define clause'
    const name = this.unquoted(tokens.expect(context, 'string', 'raw-string'))
    tokens.expect(context, 'right-delimiter')
    this.separate(name, context)
    return true
  }

  /** Reads a template of its own, which sees no variables of the one around it, and keeps it. */
  private separate(name: ByteString, context: string): void {
    const outer = this.scope
    this.scope = newScope(outer.nesting)
    const body = this.body()
    if (body.closing !== 'end') this.tokens.fail(`unexpected {{${body.closing}}} in ${context}`)
    this.scope = outer
    this.add(name, body.nodes)
  }

  private add(name: ByteString, nodes: readonly Node[]): void {
    const present = this.templates.get(name)
    if (present === undefined || isBlank(present)) this.templates.set(name, nodes)
    else if (!isBlank(nodes)) this.tokens.fail(`template: multiple definition of template ${quote(name)}`)
  }

  private body(): Body {
    const { tokens } = this
    return this.nested('max depth of blocks exceeded', () => {
      const nodes: Node[] = []
      while (tokens.peekWord().type !== 'eof') {
        const node = this.textOrAction()
        if (node.kind === 'end' || node.kind === 'else') return { nodes, closing: node.kind }
        nodes.push(node)
      }
      return tokens.fail('unexpected EOF')
    })
  }

  private textOrAction(): Node | Closing {
    const { tokens } = this
    const token = tokens.nextWord()
    if (token.type === 'text') return { kind: 'text', position: token.position, text: token.text }
    if (token.type !== 'left-delimiter') return tokens.unexpected(token, 'input')
    tokens.actionLine = token.line
    const node = this.action()
    tokens.actionLine = 0
    return node
  }

  private action(): Node | Closing {
    const { tokens } = this
    const token = tokens.nextWord()
    switch (token.type) {
      case 'if':
      case 'with':
      case 'range':
        return this.branch(token.type)
      case 'block':
        return this.block()
      case 'template':
        return this.template()
      case 'break':
      case 'continue':
        return this.jump(token, token.type)
      case 'else':
        return this.otherwise()
      case 'end':
        tokens.expect('end', 'right-delimiter')
        return { kind: 'end' }
      default: {
        tokens.back(token)
        const pipe = this.pipeline('command', 'right-delimiter')
        return { kind: 'action', position: pipe.position, pipe }
      }
    }
  }

  private branch(kind: Branch): BranchNode {
    const { scope, tokens } = this
    const inSight = scope.variables.mark
    const pipe = this.pipeline(kind, 'right-delimiter')
    const loops = kind === 'range' ? 1 : 0
    scope.ranges += loops
    const { nodes, closing } = this.body()
    scope.ranges -= loops
    const otherwise = closing === 'else' ? this.elseBranch(kind) : undefined
    scope.variables.release(inSight)
    if (otherwise?.closing === 'else') tokens.fail('expected end; found {{else}}')
    return { kind, position: pipe.position, pipe, list: nodes, otherwise: otherwise?.nodes }
  }

  /** `else if` and `else with` are an `else` that holds one branch, and share its end. */
  private elseBranch(kind: Branch): Body {
    const { tokens } = this
    if ((kind === 'if' || kind === 'with') && tokens.peek().type === kind) {
      tokens.next()
      const branch = this.nested('max depth of blocks exceeded', () => this.branch(kind))
      return { nodes: [branch], closing: 'end' }
    }
    return this.body()
  }

  private otherwise(): Closing {
    const { type } = this.tokens.peekWord()
    if (type !== 'if' && type !== 'with') this.tokens.expect('else', 'right-delimiter')
    return { kind: 'else' }
  }

  private jump(token: Token, kind: 'break' | 'continue'): Node {
    const { tokens } = this
    const next = tokens.nextWord()
    if (next.type !== 'right-delimiter') tokens.unexpected(next, `{{${kind}}}`)
    if (this.scope.ranges === 0) tokens.fail(`{{${kind}}} outside {{range}}`)
    return { kind, position: token.position }
  }

  private block(): TemplateNode {
    const context = 'block clause'
    const token = this.tokens.nextWord()
    const name = this.templateName(token, context)
    const pipe = this.pipeline(context, 'right-delimiter')
    this.separate(name, context)
    return { kind: 'template', position: token.position, name, pipe }
  }

  private template(): TemplateNode {
    const { tokens } = this
    const context = 'template clause'
    const token = tokens.nextWord()
    const name = this.templateName(token, context)
    const next = tokens.nextWord()
    let pipe: TemplateNode['pipe']
    if (next.type !== 'right-delimiter') {
      tokens.back(next)
      pipe = this.pipeline(context, 'right-delimiter')
    }
    return { kind: 'template', position: token.position, name, pipe }
  }

  private templateName(token: Token, context: string): ByteString {
    if (token.type !== 'string' && token.type !== 'raw-string') this.tokens.unexpected(token, context)
    return this.unquoted(token)
  }
}

/** Nothing but white space: such a template may be defined again. */
function isBlank(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && /^\s*$/.test(node.text))
}
