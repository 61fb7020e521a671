/** What is generated is what is committed, and the README accounts for every value of Bitnami's chart. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { answerOf } from '../../kube/json.ts'
import { generated } from './generate.ts'
import { chart, values } from './values.ts'

const read = (path: string): string => readFileSync(path, 'utf8')

test.each([...generated().keys()])('%s is up to date (npm run generate)', (path) => {
  expect(read(`${chart}/${path}`)).toBe(generated().get(path))
})

test('every value of Bitnami’s chart is here, or the README says what became of it', () => {
  const names = read(new URL('../fixtures/bitnami-values.txt', import.meta.url).pathname)
    .trim()
    .split('\n')
  const ours = values().map(({ path }) => path)
  const [, table = ''] = read(`${chart}/README.md`).split("## Coming from Bitnami's chart")
  const rows = new Set(
    [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) => cell.match(/[A-Za-z.0-9]+/g) ?? []),
  )
  const known = (name: string): boolean => ours.some((path) => path === name || name.startsWith(`${path}.`))
  expect(names.filter((name) => !known(name) && !rows.has(name))).toEqual([])
  expect([...rows].filter((name) => !names.includes(name) || ours.includes(name))).toEqual([])
})

test('versions of chart, controller and packages are one', () => {
  const { version } = answerOf<{ version: string }>(read(`${chart}/../../../package.json`))
  const text = read(`${chart}/Chart.yaml`)
  expect(text).toContain(`\nversion: ${version}\n`)
  expect(text).toContain(`\nappVersion: ${version}\n`)
})
