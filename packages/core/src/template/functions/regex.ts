import { CallFault } from '../fault.ts'
import { expand } from '../regex/expand.ts'
import { compile, type Expression, type Match } from '../regex/expression.ts'
import { type ByteString, bytes, EMPTY } from '../text/bytestring.ts'
import { List, strings } from '../value/values.ts'
import { type Context, type FunctionTable, go } from './go.ts'

function compiled({ budget }: Context, pattern: ByteString): Expression {
  const expression = compile(pattern, budget)
  if (typeof expression === 'string') throw new CallFault(`error parsing regexp: ${expression}`)
  return expression
}

/** All matches, or so many of the first. */
function matches(expression: Expression, text: ByteString, limit: bigint): Match[] {
  const found: Match[] = []
  for (const match of expression.matches(text)) {
    if (limit >= 0n && BigInt(found.length) >= limit) break
    found.push(match)
  }
  return found
}

const matched = (text: ByteString, { start, end }: Match): ByteString => bytes(text.slice(start, end))

function test(context: Context, pattern: ByteString, text: ByteString): boolean {
  return compiled(context, pattern).first(text, 0) !== undefined
}

function find(context: Context, pattern: ByteString, text: ByteString): ByteString {
  const match = compiled(context, pattern).first(text, 0)
  return match === undefined ? EMPTY : matched(text, match)
}

function findAll(context: Context, pattern: ByteString, text: ByteString, limit: bigint): List {
  const found = matches(compiled(context, pattern), text, limit)
  context.budget.elements(found.length)
  return new List(
    '[]string',
    found.map((match) => matched(text, match)),
    found.length === 0,
  )
}

function split(context: Context, pattern: ByteString, text: ByteString, limit: bigint): List {
  const expression = compiled(context, pattern)
  if (limit === 0n) return new List('[]string', [], true)
  if (pattern !== '' && text === '') return strings([EMPTY])
  const pieces: ByteString[] = []
  let [start, end] = [0, 0]
  for (const match of matches(expression, text, limit)) {
    if (limit > 0n && BigInt(pieces.length) === limit - 1n) break
    end = match.start
    if (match.end !== 0) pieces.push(bytes(text.slice(start, end)))
    start = match.end
  }
  if (end !== text.length) pieces.push(bytes(text.slice(start)))
  context.budget.elements(pieces.length)
  return strings(pieces)
}

function replaceWith(
  context: Context,
  pattern: ByteString,
  text: ByteString,
  replacement: (match: Match, expression: Expression) => string,
): ByteString {
  const expression = compiled(context, pattern)
  let out = ''
  let last = 0
  for (const match of expression.replaceable(text)) {
    out += text.slice(last, match.start)
    // An empty match right behind another is not replaced.
    if (match.end > last || match.start === 0) out += replacement(match, expression)
    last = match.end
    context.budget.room(out.length)
  }
  return context.budget.made(bytes(out + text.slice(last)))
}

function replaceAll(context: Context, pattern: ByteString, text: ByteString, template: ByteString): ByteString {
  return replaceWith(context, pattern, text, (match, { names }) => {
    context.budget.slow(template)
    return expand(template, text, match, names)
  })
}

function replaceLiteral(context: Context, pattern: ByteString, text: ByteString, literal: ByteString): ByteString {
  return replaceWith(context, pattern, text, () => literal)
}

const FIND_ALL = 'func(string, string, int) []string'
const MUST_FIND_ALL = 'func(string, string, int) ([]string, error)'
const REPLACE = 'func(string, string, string) string'
const MUST_REPLACE = 'func(string, string, string) (string, error)'

export const REGEX: FunctionTable = {
  regexMatch: go('func(string, string) bool', (context, pattern, text) => {
    const expression = compile(pattern, context.budget)
    return typeof expression !== 'string' && expression.first(text, 0) !== undefined
  }),
  mustRegexMatch: go('func(string, string) (bool, error)', test),
  regexFind: go('func(string, string) string', find),
  mustRegexFind: go('func(string, string) (string, error)', find),
  regexFindAll: go(FIND_ALL, findAll),
  mustRegexFindAll: go(MUST_FIND_ALL, findAll),
  regexReplaceAll: go(REPLACE, replaceAll),
  mustRegexReplaceAll: go(MUST_REPLACE, replaceAll),
  regexReplaceAllLiteral: go(REPLACE, replaceLiteral),
  mustRegexReplaceAllLiteral: go(MUST_REPLACE, replaceLiteral),
  regexSplit: go(FIND_ALL, split),
  mustRegexSplit: go(MUST_FIND_ALL, split),
  regexQuoteMeta: go('func(string) string', (_, text) => bytes(text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&'))),
}
