/** The commands of the pages about tasks, run in their order, in a folder with what the page takes for granted. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { controlPlaneAssets } from '../kube/assets.ts'
import { blocks, marks, root } from './blocks.ts'

const assets = controlPlaneAssets()
const kubectl = 'missing' in assets ? [] : [assets.path]
const env = {
  ...process.env,
  PATH: [`${root}node_modules/.bin`, ...kubectl, process.env.PATH].join(delimiter),
  PASSWORD: 'tr0ub4dor',
}

interface Ran {
  readonly folder: string
  readonly run: (script: string) => string
}

/** Runs all blocks of a page with that mark, after `prepare`. */
function page(name: string, mark: string, prepare: string): Ran {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-docs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const run = (script: string): string => {
    const options = { cwd: folder, env: { ...env, HOME: folder }, encoding: 'utf8' } as const
    const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], options)
    expect({ status, stderr }).toMatchObject({ status: 0 })
    return stdout
  }
  for (const key of ['alpha', 'bravo']) {
    for (const end of ['key', 'crt'])
      copyFileSync(`${root}test/vectors/keys/${key}.${end}`, join(folder, `${key}.${end}`))
  }
  run(prepare)
  run(blocks(name, mark).join('\n'))
  return { folder, run }
}

/** Blocks that are not run, since they talk to a cluster: waxseal's and kubectl's ways there have tests of their own. */
const CLUSTER = /^(?:waxseal cert (?:-w|--context|--cert cert\.pem --info)|waxseal verify clusters)/

test.skipIf(kubectl.length === 0)('docs/seal.md', () => {
  const { run } = page('docs/seal.md', 'seal', 'rm *.key *.crt')
  expect(run('waxseal unseal --key key.pem sealed.yaml')).toContain(`password: ${btoa('tr0ub4dor')}\n`)
  expect(run('cat sealed/shop.yaml')).toMatch(
    /^# The shop\.\napiVersion: v1\nkind: ConfigMap\n.*\ndata: \{currency: "EUR"\} {3}# stays as it is\n---\n/,
  )
  expect(run('waxseal verify --key key.pem sealed')).toContain('sealed/shop/api.yaml: SealedSecret shop/api: ok')
})

test.skipIf(kubectl.length === 0)('docs/unseal.md', () => {
  const { run } = page('docs/unseal.md', 'unseal', 'rm *.key *.crt')
  expect(run('cat opens.json; ls')).toMatch(/"opens": true[\s\S]*\ncert\.pem\nkey\.pem\nopens\.json\nsealed\.yaml\n$/)
})

test('docs/clusters.md', () => {
  const names = 'mv alpha.crt staging.pem; mv alpha.key staging.key; mv bravo.crt prod.pem; mv bravo.key prod.key'
  const { run } = page('docs/clusters.md', 'clusters', names)
  expect(run('waxseal unseal --key prod.key clusters/prod/db.yaml')).toContain(btoa('tr0ub4dor'))
  expect(run('waxseal unseal --key staging.key clusters/staging/db.yaml')).toContain(
    btoa('correct horse battery'.slice(0, 21)),
  )
})

test.skipIf(kubectl.length === 0)('docs/ci.md', () => {
  const prepare = `git init -q .
    mkdir -p clusters/prod; mv alpha.crt clusters/cert.pem; rm *.key *.crt
    printf 'resources: [cm.yaml]\\n' > clusters/prod/kustomization.yaml
    printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: a}\\n' > clusters/prod/cm.yaml`
  const { run, folder } = page('docs/ci.md', 'ci', prepare)
  mkdirSync(join(folder, 'bad'))
  const secret = 'printf "apiVersion: v1\\nkind: Secret\\nmetadata: {name: a}\\nstringData: {a: b}\\n" > bad/s.yaml'
  expect(run(`${secret}; git add bad; ! git -c user.name=a -c user.email=a@b commit -qm x 2>&1`)).toContain(
    '[plaintext-secret]',
  )
})

test.skipIf(kubectl.length === 0)('docs/kubeseal.md', () => {
  const { run } = page('docs/kubeseal.md', 'kubeseal', 'mv alpha.crt cert.pem; mv alpha.key key.pem')
  expect(run('waxseal unseal --key key.pem sealed.yaml')).toContain(btoa('tr0ub4dor'))
})

test.for(['docs/seal.md', 'docs/unseal.md', 'docs/clusters.md', 'docs/ci.md', 'docs/kubeseal.md'])(
  '%s: nothing goes untried',
  (name) => {
    const untried = marks(name).filter(({ mark }) => mark === undefined)
    for (const { script } of untried) for (const line of script.trim().split('\n')) expect(line).toMatch(CLUSTER)
  },
)
