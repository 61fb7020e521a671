import type { Finding } from '../finding.ts'

export const FORMATS: readonly ['text', 'json', 'sarif', 'github'] = ['text', 'json', 'sarif', 'github']
export type Format = (typeof FORMATS)[number]

/** What was checked and what came of it. */
export interface Result {
  /** In the order of files and lines. */
  readonly findings: readonly Finding[]
  /** How many files were looked at. */
  readonly files: number
}

/** The whole of stdout. */
export type Formatter = (result: Result) => string
