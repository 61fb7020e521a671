/** The formats of `waxseal check`. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { containing, matching, sandbox } from '../support/sandbox.ts'
import { PLAIN, sealedJson, writeAll } from './fixtures.ts'

describe('--format', () => {
  test('json', async () => {
    const box = sandbox()
    writeAll(box, { 'a.yaml': PLAIN })
    const { stdout } = await box.waxseal(['check', '--format', 'json'])
    expect(JSON.parse(stdout)).toEqual({
      findings: [
        {
          rule: 'plaintext-secret',
          severity: 'error',
          path: 'a.yaml',
          line: 7,
          column: 3,
          message: containing('shop/db'),
        },
      ],
      files: 1,
      errors: 1,
      warnings: 0,
    })
  })

  test('github: workflow commands, escaped', async () => {
    const box = sandbox()
    writeAll(box, { 'a, b:%\n.yaml': PLAIN })
    const { stdout } = await box.waxseal(['check', '--format', 'github'])
    expect(stdout).toMatch(
      /^::error file=a%2C b%3A%25%0A\.yaml,line=7,col=3,title=waxseal plaintext-secret::Secret shop\/db .*\n$/,
    )
  })

  test('text: a file name cannot add lines', async () => {
    const box = sandbox()
    writeAll(box, { 'a\n\u001B[2Jb.yaml': PLAIN })
    const { stdout } = await box.waxseal(['check'])
    expect(stdout).toMatch(/^a\\n\\u001b\[2Jb\.yaml:7:3: error: .*\n$/)
  })

  test('sarif: what the format demands', async () => {
    const box = sandbox()
    writeAll(box, { 'a b/#c.yaml': PLAIN, 'd.yaml': sealedJson({ namespace: undefined }) })
    const { stdout } = await box.waxseal(['check', '--format', 'sarif'])
    const text = matching(/./)
    const at = (uri: string, startLine: number, startColumn: number) => [
      { physicalLocation: { artifactLocation: { uri }, region: { startLine, startColumn } } },
    ]
    const rules = RULES.map(({ id, level }) => {
      return { id, shortDescription: { text }, defaultConfiguration: { level } }
    })
    const index = (id: string) => RULES.findIndex((rule) => rule.id === id)
    const results = [
      {
        ruleId: 'plaintext-secret',
        ruleIndex: index('plaintext-secret'),
        level: 'error',
        message: { text },
        locations: at('a%20b/%23c.yaml', 7, 3),
      },
      {
        ruleId: 'missing-namespace',
        ruleIndex: index('missing-namespace'),
        level: 'warning',
        message: { text },
        locations: at('d.yaml', 5, 5),
      },
    ]
    expect(JSON.parse(stdout)).toEqual({
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'waxseal', version: matching(/^\d+\.\d+\.\d+/), rules } },
          columnKind: 'utf16CodeUnits',
          results,
        },
      ],
    })
  })
})

/** As docs/check.md lists them. */
const RULES = [
  ...readFileSync(new URL('../../../docs/check.md', import.meta.url), 'utf8').matchAll(/^### (\S+) \((\w+)\)$/gm),
].map(([, id = '', level = '']) => ({ id, level }))
