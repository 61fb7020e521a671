/** The commands of docs/reseal.md that need no cluster, run in their order. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { binPath } from '../cli/support/bin.ts'
import { secretYaml } from '../cli/support/sandbox.ts'
import { blocks, root } from './blocks.ts'

const env = { ...process.env, PATH: `${root}node_modules/.bin${delimiter}${process.env.PATH}` }
const vector = (name: string): string => `${root}test/vectors/keys/${name}`

test('the commands of docs/reseal.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-docs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'repository'))
  for (const [from, to] of [
    ['bravo.key', 'old.pem'],
    ['alpha.key', 'new.pem'],
    ['alpha.crt', 'new.crt'],
  ] as const)
    copyFileSync(vector(from), join(folder, to))
  const sealed = spawnSync(process.execPath, [binPath('waxseal'), 'seal', '--cert', vector('bravo.crt')], {
    input: secretYaml('db', { password: 'x' }),
  })
  writeFileSync(join(folder, 'repository/db.yaml'), sealed.stdout)
  const script = blocks('docs/reseal.md', 'offline').join('\n')
  const { status, stdout } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  const opens = 'repository/db.yaml: SealedSecret shop/db: ok (1 value)\n'
  const changed = 'repository/db.yaml\n'
  expect({ status, stdout }).toEqual({ status: 0, stdout: opens + changed + changed + opens })
})
