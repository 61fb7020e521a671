import { visible } from '../../git/repo/raw-path.ts'
import { RULES } from '../rules.ts'
import type { Formatter } from './format.ts'

/** `path:line:column: severity: message [rule]`, as compilers have it and editors jump to. */
export const text: Formatter = ({ findings }) =>
  findings
    .map(({ path, line, column, rule, message }) => {
      return `${visible(`${path}:${line}:${column}: ${RULES[rule].severity}: ${message} [${rule}]`)}\n`
    })
    .join('')
