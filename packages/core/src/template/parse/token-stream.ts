import { SyntaxFault } from '../fault.ts'
import type { ByteString } from '../text/bytestring.ts'
import { Lexer } from './lexer.ts'
import { describe, type Token, type TokenType } from './tokens.ts'

/** Tokens with as many given back as the grammar looks ahead. */
export class TokenStream {
  private readonly lexer: Lexer
  private readonly pending: Token[] = []
  /** The line of the newest token, which errors name. */
  private line = 1
  /** Where the action began that is being read; 0 outside. */
  actionLine = 0
  private readonly name: string

  constructor(name: string, source: ByteString) {
    this.name = name
    this.lexer = new Lexer(source)
  }

  next(): Token {
    const token = this.pending.pop() ?? this.lexer.next()
    if (this.pending.length === 0) this.line = token.line
    return token
  }

  /** Gives tokens back, in the order in which they come again. */
  back(token: Token, ...later: readonly Token[]): void {
    for (let i = later.length - 1; i >= 0; i--) this.pending.push(later[i] ?? token)
    this.pending.push(token)
  }

  peek(): Token {
    const token = this.next()
    this.back(token)
    return token
  }

  nextWord(): Token {
    let token = this.next()
    while (token.type === 'space') token = this.next()
    return token
  }

  peekWord(): Token {
    const token = this.nextWord()
    this.back(token)
    return token
  }

  expect(context: string, ...types: readonly TokenType[]): Token {
    const token = this.nextWord()
    if (!types.includes(token.type)) this.unexpected(token, context)
    return token
  }

  unexpected(token: Token, context: string): never {
    if (token.type !== 'error') this.fail(`unexpected ${describe(token)} in ${context}`)
    const elsewhere = this.actionLine !== 0 && this.actionLine !== token.line
    const where = `${this.name}:${this.actionLine}`
    const start = token.text.endsWith(' action') ? ' started at' : ' in action started at'
    this.fail(`${token.text}${elsewhere ? `${start} ${where}` : ''}`)
  }

  fail(message: string): never {
    throw new SyntaxFault(this.line, message)
  }
}
