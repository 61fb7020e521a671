import { RULES } from '../rules.ts'
import type { Formatter } from './format.ts'

/** Workflow commands of GitHub Actions, which show each finding at its line. Escaped as its toolkit does it. */
export const github: Formatter = ({ findings }) =>
  findings
    .map(({ path, line, column, rule, message }) => {
      const properties = { file: path, line: String(line), col: String(column), title: `waxseal ${rule}` }
      const shown = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`)
      return `::${RULES[rule].severity} ${shown.join(',')}::${data(message)}\n`
    })
    .join('')

function data(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(value: string): string {
  return data(value).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
