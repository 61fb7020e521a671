import type { Finding } from '../finding.ts'

export type CheckFormat = 'text' | 'json' | 'yaml' | 'name' | 'sarif' | 'github'

/** What was checked and what came of it. */
export interface Result {
  /** In the order of files and lines. */
  readonly findings: readonly Finding[]
  /** How many files were looked at. */
  readonly files: number
}

/** The whole of stdout. */
export type Formatter = (result: Result) => string | Promise<string>
