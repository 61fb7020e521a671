/** `npm run generate`: what is derived in deploy/ — the chart's README table, its schema, and its copies of shared files. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { at, chart, defaults, described, type Schema, values } from './values.ts'

const source = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../deploy/${path}`, import.meta.url)), 'utf8')

const MARKS = ['<!-- values: made by npm run generate -->', '<!-- values: end -->'] as const

/** Type of a value by its default. */
function typeOf(value: unknown): Schema {
  if (Array.isArray(value)) return { type: 'array' }
  if (typeof value === 'object') return { type: 'object' }
  return { type: typeof value === 'number' ? 'integer' : typeof value }
}

function schemaText(): string {
  const tree = defaults()
  const root: { properties: Record<string, unknown> } & Record<string, unknown> = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: false,
    // Helm hands it to every chart.
    properties: { global: { type: 'object' } },
  }
  const groups = new Map([['', root]])
  for (const { path, description, schema } of described()) {
    const parent = groups.get(path.split('.').slice(0, -1).join('.')) ?? root
    const name = path.split('.').at(-1) ?? ''
    if (description !== undefined) {
      parent.properties[name] = { description, ...typeOf(at(tree, path)), ...schema }
      continue
    }
    const group = { type: 'object', additionalProperties: false, properties: {}, ...schema }
    parent.properties[name] = group
    groups.set(path, group)
  }
  return `${JSON.stringify(root, undefined, 2)}\n`
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim()

function readmeText(): string {
  const text = readFileSync(`${chart}/README.md`, 'utf8')
  const rows = values().map(({ path, description, fallback }) => {
    return `| \`${path}\` | ${cell(description)} | \`${cell(JSON.stringify(fallback))}\` |`
  })
  const [begin, end] = MARKS
  const [before = '', rest = ''] = text.split(begin)
  const after = rest.split(end)[1] ?? ''
  return `${before}${begin}\n| value | what | default |\n|---|---|---|\n${rows.join('\n')}\n${end}${after}`
}

/** Path in the chart, and the text that it has to have. */
export function generated(): ReadonlyMap<string, string> {
  return new Map([
    ['README.md', readmeText()],
    ['values.schema.json', schemaText()],
    ['files/crd.yaml', source('crd.yaml')],
    ['files/rules.yaml', source('monitoring/rules.yaml')],
    ['files/dashboard.json', source('monitoring/dashboard.json')],
  ])
}

if (import.meta.main) for (const [path, text] of generated()) writeFileSync(`${chart}/${path}`, text)
