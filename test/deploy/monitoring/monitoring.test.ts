/** Alerts and dashboard: what they ask for exists in the controller's metrics, and the alerts fire when they should. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { answer, answerOf } from '../../kube/json.ts'
import { describeWithTools } from '../../tools/describe.ts'
import { runTool } from '../../tools/tools.ts'
import { metricsOf } from './metrics.ts'

const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const read = (path: string): string => readFileSync(file(path), 'utf8')

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly annotations: { readonly runbook_url: string }
}

const alerts = (): readonly Rule[] =>
  answer<{ groups: readonly { rules: readonly Rule[] }[] }>(parse(read('deploy/monitoring/rules.yaml'))).groups.flatMap(
    ({ rules }) => rules,
  )

interface Panel {
  readonly title: string
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[]
}

const panels = (): readonly Panel[] =>
  answerOf<{ panels: readonly Panel[] }>(read('deploy/monitoring/dashboard.json')).panels

/** The series that a query asks for, with the labels that it names: `NAME{label="..."}` and `by (label)`. */
function asked(query: string): { name: string; labels: string[] }[] {
  const grouped = [...query.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/,\s*/))
  return [...query.matchAll(/\b((?:sealed_secrets_controller|waxseal)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', selector = '']) => ({
      name,
      labels: [...selector.matchAll(/(\w+)\s*[=!]/g)].map(([, label = '']) => label).concat(grouped),
    }),
  )
}

/** Labels that Prometheus adds to what it scrapes. */
const TARGET = new Set(['instance', 'job', 'namespace', 'pod'])

describeWithTools(['promtool'], 'monitoring', () => {
  test('every query of alerts and dashboard asks for what the controller has', async () => {
    const metrics = await metricsOf()
    const queries = [
      ...alerts().map(({ alert, expr }) => ({ of: alert, expr })),
      ...panels().flatMap(({ title, targets }) => targets.map(({ expr }) => ({ of: title, expr }))),
    ]
    expect(queries.length).toBeGreaterThan(15)
    const wrong = queries.flatMap(({ of, expr }) =>
      asked(expr).flatMap(({ name, labels }) => {
        const known = metrics.get(name)
        if (known === undefined) return [`${of}: no metric ${name}`]
        const unknown = labels.filter((label) => !known.has(label) && !TARGET.has(label))
        return unknown.map((label) => `${of}: ${name} has no label ${label}`)
      }),
    )
    expect(wrong).toEqual([])
    expect(queries.filter(({ expr }) => asked(expr).length === 0)).toEqual([])
  })

  test('the alerts are valid, and each is tried: when it fires and when not', () => {
    expect(runTool('promtool', ['check', 'rules', '--lint-fatal', file('deploy/monitoring/rules.yaml')])).toMatchObject(
      { status: 0 },
    )
    const tried = runTool('promtool', ['test', 'rules', file('deploy/monitoring/rules.test.yaml')])
    expect(tried).toMatchObject({ status: 0 })
    const cases = read('deploy/monitoring/rules.test.yaml')
    for (const { alert } of alerts()) {
      expect(cases).toMatch(new RegExp(`alertname: ${alert}, exp_alerts: \\[\\]`))
      expect(cases).toMatch(new RegExp(`alertname: ${alert}\\n\\s+exp_alerts:\\n`))
    }
  })

  test('every query of the dashboard is valid PromQL', () => {
    const rules = panels()
      .flatMap(({ targets }) => targets)
      .map(({ expr }, index) => ({
        record: `panel:${index}`,
        // Grafana fills this in.
        expr: expr.replaceAll('$__rate_interval', '5m'),
      }))
    const folder = mkdtempSync(join(tmpdir(), 'waxseal-panels-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'rules.yaml'), JSON.stringify({ groups: [{ name: 'panels', rules }] }))
    expect(runTool('promtool', ['check', 'rules', join(folder, 'rules.yaml')])).toMatchObject({ status: 0 })
  })

  test('every alert has a runbook page, with what it means, where to look and what to do', () => {
    for (const { alert, annotations } of alerts()) {
      expect(annotations.runbook_url).toBe(`https://github.com/waxseal/waxseal/blob/main/docs/runbooks/${alert}.md`)
      const page = read(`docs/runbooks/${alert}.md`)
      expect(page.startsWith(`# ${alert}\n`)).toBe(true)
      for (const part of ['**What it means.**', '**Look.**', '**Do.**']) expect(page).toContain(part)
    }
  })
})
