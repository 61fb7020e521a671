import { RE2JS, RE2JSException } from 're2js'
import type { Budget } from '../budget.ts'
import { type ByteString, decode, encode, isValidUtf8, runeAt, toBytes } from '../text/bytestring.ts'
import { withPlainBrackets, withUniqueNames } from './pattern.ts'

interface Span {
  readonly start: number
  readonly end: number
}

/** Where an expression and its groups matched, in bytes; the group 0 is the match. */
export interface Match extends Span {
  readonly groups: readonly (Span | undefined)[]
}

/** Longer patterns, and more repetitions in one, take long to compile. */
const LONGEST = 2000
const MOST_REPETITIONS = 2000
/** Instructions that are run in a step; a text of that many bytes runs all of them for each byte at worst. */
const INSTRUCTIONS_A_STEP = 30
const COMPILE_COST = 20
/** How far a search is taken to read beyond what it finds. */
const AHEAD = 16

/** A compiled expression of RE2, whose time is linear in the text and in the expression. */
export class Expression {
  readonly names: ReadonlyMap<string, readonly number[]>
  private readonly program: RE2JS
  private readonly size: number
  private readonly budget: Budget

  constructor(program: RE2JS, names: ReadonlyMap<string, readonly number[]>, budget: Budget) {
    this.program = program
    this.names = names
    this.size = program.programSize()
    this.budget = budget
  }

  first(text: ByteString, from: number): Match | undefined {
    return this.searcher(text)(from)
  }

  /** Every match as Go's FindAll has them: no empty one right behind another. */
  *matches(text: ByteString): Generator<Match> {
    let before = -1
    const search = this.searcher(text)
    for (let at = 0; at <= text.length; ) {
      const match = search(at)
      if (match === undefined) return
      const isEmpty = match.end === at
      if (!(isEmpty && match.start === before)) yield match
      before = match.end
      at = isEmpty ? at + Math.max(runeAt(text, at).width, 1) : match.end
    }
  }

  /** Every match as Go's ReplaceAll looks for them. */
  *replaceable(text: ByteString): Generator<Match> {
    const search = this.searcher(text)
    for (let at = 0; at <= text.length; ) {
      const match = search(at)
      if (match === undefined) return
      yield match
      at = Math.max(match.end, at + Math.max(runeAt(text, at).width, 1))
    }
  }

  private cost(length: number): number {
    return 1 + Math.ceil((length * this.size) / INSTRUCTIONS_A_STEP)
  }

  private searcher(text: ByteString): (from: number) => Match | undefined {
    const matcher = this.program.matcher(toBytes(text))
    const groupCount = matcher.groupCount()
    // One reading of the whole text; each search goes on where the one before ended.
    this.budget.spend(this.cost(text.length))
    return (from) => {
      this.budget.spend(this.cost(AHEAD))
      // It may have to read to the end to know that nothing longer matches.
      this.budget.look()
      if (!matcher.find(from)) return undefined
      const groups = Array.from({ length: groupCount + 1 }, (_, group) => {
        const start = matcher.start(group)
        return start < 0 ? undefined : { start, end: matcher.end(group) }
      })
      const [whole] = groups
      return whole === undefined ? undefined : { ...whole, groups }
    }
  }
}

/** A string says what is wrong with the pattern, without a piece of it. */
export function compile(pattern: ByteString, budget: Budget): Expression | string {
  if (pattern.length > LONGEST) return 'expression too long'
  if (!isValidUtf8(pattern)) return 'invalid UTF-8'
  const text = decode(pattern)
  const repetitions = repetitionsOf(text)
  if (repetitions > MOST_REPETITIONS) return 'expression too large'
  budget.spend(COMPILE_COST * (text.length + repetitions))
  try {
    const unique = withUniqueNames(withPlainBrackets(text))
    const program = RE2JS.compile(unique.text)
    return new Expression(program, groupNames(program, unique.originals), budget)
  } catch (error) {
    if (error instanceof RE2JSException) return reasonOf(error)
    throw error
  }
}

function repetitionsOf(text: string): number {
  let sum = 0
  for (const [, least = '0', most = '0'] of text.matchAll(/\{([0-9]+),?([0-9]*)\}/g)) {
    sum += Math.max(Number(least), Number(most))
  }
  return sum
}

function groupNames(program: RE2JS, originals: ReadonlyMap<string, string>): ReadonlyMap<string, readonly number[]> {
  const names = new Map<string, number[]>()
  for (const [name, index] of Object.entries(program.namedGroups())) {
    const key = encode(originals.get(name) ?? name)
    names.set(
      key,
      [...(names.get(key) ?? []), index].toSorted((a, b) => a - b),
    )
  }
  return names
}

/** The reason is what stands before the piece of the pattern that re2js quotes. */
function reasonOf(error: Error): string {
  const known = /^error parsing regexp: ([a-zA-Z ()\]-]+?)(?:: `|$)/.exec(error.message.split('\n')[0] ?? '')?.[1]
  return known ?? 'invalid expression'
}
