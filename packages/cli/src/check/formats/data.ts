import { type Format, writeData } from '../../output/format.ts'
import { isError } from '../finding.ts'
import { RULES } from '../rules.ts'
import type { Formatter } from './format.ts'

/** All of it, for programs. */
export const data =
  (format: Format): Formatter =>
  ({ findings, files }) => {
    const errors = findings.filter(isError).length
    return writeData(format, {
      findings: findings.map(({ rule, path, line, column, message }) => {
        return { rule, severity: RULES[rule].severity, path, line, column, message }
      }),
      files,
      errors,
      warnings: findings.length - errors,
    })
  }
