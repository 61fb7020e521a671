/** Scanners find nothing in what is rendered, but what exceptions.yaml gives a reason for. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { controlPlaneAssets } from '../../kube/assets.ts'
import { answer, answerOf } from '../../kube/json.ts'
import { describeWithToolsInCluster } from '../../tools/describe.ts'
import { runTool } from '../../tools/tools.ts'
import { renderText, type Settings } from '../chart/render.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'waxseal-scan-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Exception {
  readonly check: string
  readonly object: string
  readonly reason: string
}

interface Finding {
  readonly check: string
  readonly object: string
}

const exceptions = answer<readonly Exception[]>(
  parse(readFileSync(new URL('exceptions.yaml', import.meta.url), 'utf8')),
)
const used = new Set<Exception>()

/** What nobody gave a reason for. */
const unexplained = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap(({ check, object }) => {
    const known = exceptions.find((exception) => exception.check === check && ['*', object].includes(exception.object))
    if (known !== undefined) used.add(known)
    return known === undefined ? [`${check}: ${object}`] : []
  })

function checkov(framework: string, file: string): Finding[] {
  const args = ['--skip-download', '--quiet', '--compact', '--framework', framework, '-f', file, '-o', 'json']
  const { stdout } = runTool('checkov', args, { cwd: root })
  const { results, summary } = answerOf<{
    readonly results: { readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[] }
    readonly summary: { readonly passed: number; readonly parsing_errors: number }
  }>(stdout)
  expect(summary.passed).toBeGreaterThan(10)
  expect(summary.parsing_errors).toBe(0)
  return results.failed_checks.map(({ check_id: id, resource }) => {
    // Kind.namespace.name, and of a Pod in a Deployment its selector, too.
    const [kind, , name] = resource.split('.')
    return {
      check: `checkov ${id}`,
      object: framework === 'dockerfile' ? `Dockerfile/${resource.replace(/^\//, '')}` : `${kind}/${name}`,
    }
  })
}

/** kube-score's grade of a check that found nothing. */
const ALL_OK = 10

function kubeScore(file: string): Finding[] {
  const { stdout } = runTool('kube-score', ['score', '--output-format', 'json', file])
  const objects =
    answerOf<
      readonly {
        readonly type_meta: { readonly kind: string }
        readonly object_meta: { readonly name: string }
        readonly checks: readonly {
          readonly check: { readonly id: string }
          readonly grade: number
          readonly skipped: boolean
        }[]
      }[]
    >(stdout)
  expect(objects.length).toBeGreaterThan(0)
  return objects.flatMap(({ type_meta: { kind }, object_meta: { name }, checks }) =>
    checks
      .filter(({ grade, skipped }) => !skipped && grade < ALL_OK)
      .map(({ check }) => ({ check: `kube-score ${check.id}`, object: `${kind}/${name}` })),
  )
}

function manifests(name: string, text: string): string {
  const file = join(folder, `${name}.yaml`)
  writeFileSync(file, text)
  return file
}

function kustomized(path: string): string {
  const assets = controlPlaneAssets()
  const { stdout } = spawnSync(join('path' in assets ? assets.path : '', 'kubectl'), ['kustomize', join(root, path)], {
    encoding: 'utf8',
  })
  return stdout
}

/** As docs/hardening.md recommends. */
const HARDENED: Settings = {
  replicas: 2,
  'pdb.create': true,
  'image.digest': `sha256:${'0'.repeat(64)}`,
  'networkPolicy.enabled': true,
  'networkPolicy.egress.enabled': true,
}

describeWithToolsInCluster(['helm', 'checkov', 'kube-score'], 'scanners', () => {
  test.each([
    ['the chart, hardened', () => renderText(HARDENED)],
    ['the chart as it is', () => renderText()],
    ['deploy', () => kustomized('deploy')],
    ['deploy/high-availability', () => kustomized('deploy/high-availability')],
  ])('%s', (name, text) => {
    const file = manifests(name.replaceAll('/', '-'), text())
    expect(unexplained([...checkov('kubernetes', file), ...kubeScore(file)])).toEqual([])
  })

  test('the Dockerfile', () => {
    expect(unexplained(checkov('dockerfile', 'deploy/image/Dockerfile'))).toEqual([])
  })

  test('each notices what is wrong', () => {
    const file = manifests(
      'wrong',
      renderText({ 'containerSecurityContext.allowPrivilegeEscalation': true, 'image.tag': 'latest' }),
    )
    const found = [...checkov('kubernetes', file), ...kubeScore(file)].map(({ check }) => check)
    for (const check of ['checkov CKV_K8S_20', 'checkov CKV_K8S_14', 'kube-score container-image-tag'])
      expect(found).toContain(check)
  })

  test('every exception is still needed', () => {
    expect(exceptions.filter((exception) => !used.has(exception))).toEqual([])
    expect(exceptions.filter(({ reason }) => reason.length < 10)).toEqual([])
  })
})
