import { writeJson } from '@waxseal/core/documents'
import { VERSION } from '../../version.ts'
import type { Finding } from '../finding.ts'
import { RULE_NAMES, RULES } from '../rules.ts'
import type { Formatter } from './format.ts'

/** SARIF 2.1.0 (OASIS), which code scanning takes. */
export const sarif: Formatter = ({ findings }) =>
  writeJson({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'waxseal',
            version: VERSION,
            rules: RULE_NAMES.map((id) => ({
              id,
              shortDescription: { text: RULES[id].summary },
              defaultConfiguration: { level: RULES[id].severity },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map(result),
      },
    ],
  })

function result({ rule, message, path, line, column }: Finding): object {
  return {
    ruleId: rule,
    ruleIndex: RULE_NAMES.indexOf(rule),
    level: RULES[rule].severity,
    message: { text: message },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(path) }, region: { startLine: line, startColumn: column } },
      },
    ],
  }
}

/** A URI reference: relative for a relative path, as code scanning wants it. */
function uriOf(path: string): string {
  const encoded = path.split(/[/\\]/).map(encodeURIComponent).join('/')
  if (path.startsWith('/')) return `file://${encoded}`
  return /^[A-Za-z]:[/\\]/.test(path) ? `file:///${encoded.replace('%3A', ':')}` : encoded
}
