import type { DocumentPath } from './locate.ts'
import { RULES, type RuleName } from './rules.ts'

/** Both from 1; the column in UTF-16 units. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** What is wrong in a file. The message names keys and objects, never a value. */
export interface Problem extends Position {
  readonly rule: RuleName
  readonly message: string
  /** Problems of one document with the same group are told as one, at the first that no comment excuses. */
  readonly group?: string
}

export interface Finding extends Problem {
  /** As the person named the file, or the folder it is in. */
  readonly path: string
}

/** What is wrong in a document, where the place is known as a path into its value. */
export interface Draft {
  readonly rule: RuleName
  readonly message: string
  readonly path: DocumentPath
  readonly group?: string
}

export const START: Position = { line: 1, column: 1 }

export function isError({ rule }: Pick<Finding, 'rule'>): boolean {
  return RULES[rule].severity === 'error'
}

/** The position of an offset in a text. */
export function positionAt(text: string, offset: number): Position {
  let line = 1
  let lineStart = 0
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1
    lineStart = at + 1
  }
  return { line, column: offset - lineStart + 1 }
}
