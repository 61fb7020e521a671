import { writeJson } from '@waxseal/core/documents'
import { isError } from '../finding.ts'
import { RULES } from '../rules.ts'
import type { Formatter } from './format.ts'

export const json: Formatter = ({ findings, files }) => {
  const errors = findings.filter(isError).length
  return writeJson({
    findings: findings.map(({ rule, path, line, column, message }) => {
      return { rule, severity: RULES[rule].severity, path, line, column, message }
    }),
    files,
    errors,
    warnings: findings.length - errors,
  })
}
