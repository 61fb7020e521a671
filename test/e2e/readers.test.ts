/** What waxseal writes as YAML, read by kubectl, which reads it in Go's way. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expected, sealOddTexts, seen } from '../cli/support/odd-texts.ts'
import { sandbox } from '../cli/support/sandbox.ts'
import { controlPlaneAssets } from '../kube/assets.ts'
import { describeWithControlPlane } from '../kube/describe.ts'

describeWithControlPlane('kubectl', () => {
  test('reads every text as that text', async () => {
    const assets = controlPlaneAssets()
    if ('missing' in assets) throw new Error(assets.missing)
    const box = sandbox()
    await sealOddTexts(box)
    const args = ['annotate', '--local', '-o', 'json', '-f', 'sealed.yaml', 'read=1']
    const { status, stdout, stderr } = spawnSync(join(assets.path, 'kubectl'), args, { cwd: box.folder })
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' })
    expect(seen(JSON.parse(stdout.toString()))).toEqual(expected)
  })
})
