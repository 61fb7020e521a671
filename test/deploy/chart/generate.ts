/** `npm run generate`: what is derived in deploy/ — the chart's README table, its schema, and its copies of shared files. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
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

/** The definition's schema as JSON Schema, for tools that judge files without a cluster (kubeconform, editors). */
function sealedSecretSchema(): string {
  const schema = at(parse(source('crd.yaml')), 'spec.versions.0.schema.openAPIV3Schema')
  return `${JSON.stringify(plain(schema), undefined, 2)}\n`
}

/** Without what only OpenAPI or Kubernetes knows: nullable, and the marks for unknown fields and base64. */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain)
  if (typeof node !== 'object' || node === null) return node
  const entries = Object.entries(node).filter(([key]) => key !== 'nullable' && !key.startsWith('x-kubernetes-'))
  const kept = entries.filter(([key, value]) => key !== 'format' || value === 'date-time')
  const nullable = 'nullable' in node && node.nullable === true
  return Object.fromEntries(
    kept.map(([key, value]) => [key, key === 'type' && nullable ? [value, 'null'] : plain(value)]),
  )
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
    ['../../schemas/sealedsecret_v1alpha1.json', sealedSecretSchema()],
    ['files/crd.yaml', source('crd.yaml')],
    ['files/rules.yaml', source('monitoring/rules.yaml')],
    ['files/dashboard.json', source('monitoring/dashboard.json')],
  ])
}

if (import.meta.main) for (const [path, text] of generated()) writeFileSync(`${chart}/${path}`, text)
