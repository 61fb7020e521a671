/** The messages of errors in the sources, as they are written there, with `…` for what is filled in. */
import { globSync, readFileSync } from 'node:fs'
import { root } from './blocks.ts'

export interface Message {
  readonly file: string
  readonly error: string
  readonly text: string
}

const SOURCES = ['packages/cli/src', 'packages/core/src']
const ERRORS = ['CliError', 'UsageError', 'WaxsealError', 'Refusal', 'SyntaxProblem']

export function messages(): readonly Message[] {
  return SOURCES.flatMap((folder) =>
    globSync('**/*.ts', { cwd: root + folder }).flatMap((path) => {
      const source = readFileSync(`${root}${folder}/${path}`, 'utf8')
      return ERRORS.flatMap((error) =>
        thrown(source, error).map((text) => ({ file: `${folder}/${path}`, error, text })),
      )
    }),
  )
}

/** First argument that is a text; codes of WaxsealError and statuses of Refusal stand in front of it. */
function thrown(source: string, error: string): readonly string[] {
  return [...source.matchAll(new RegExp(`new ${error}\\(\\s*`, 'g'))].flatMap(({ 0: call, index }) => {
    let at = index + call.length
    at += /^(?:'[a-z-]+'|status|code),\s*/.exec(source.slice(at))?.[0].length ?? 0
    const text = literalAt(source, at)
    return text === undefined ? [] : [text]
  })
}

/** A string or template that begins at the index, with `…` for each expression in it; undefined where none begins. */
function literalAt(source: string, start: number): string | undefined {
  const quote = source[start]
  if (quote !== "'" && quote !== '"' && quote !== '`') return undefined
  let text = ''
  for (let at = start + 1; at < source.length; at++) {
    const unit = source[at]
    if (unit === quote) return text
    if (unit === '\\') text += source[++at] ?? ''
    else if (quote === '`' && source.startsWith('${', at)) {
      at = endOfExpression(source, at + 2)
      text += '…'
    } else text += unit
  }
  return undefined
}

/** The index of the brace that ends an expression of a template. */
function endOfExpression(source: string, from: number): number {
  let depth = 1
  for (let at = from; at < source.length; at++) {
    if (source[at] === '`') at = skipTemplate(source, at)
    else if (source[at] === '{') depth += 1
    else if (source[at] === '}') depth -= 1
    if (depth === 0) return at
  }
  return source.length
}

function skipTemplate(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '`') return at
    if (source.startsWith('${', at)) at = endOfExpression(source, at + 2)
  }
  return source.length
}

/** All texts of the sources, so that messages which are put together are found as well. */
export function literals(): readonly string[] {
  return SOURCES.flatMap((folder) =>
    globSync('**/*.ts', { cwd: root + folder }).flatMap((path) => {
      const source = readFileSync(`${root}${folder}/${path}`, 'utf8')
      return [...source.matchAll(/['"`]/g)].flatMap(({ index }) => literalAt(source, index) ?? [])
    }),
  )
}
