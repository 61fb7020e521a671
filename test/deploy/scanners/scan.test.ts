/** deploy/scan, with programs in the place of scanners: which of them it runs, and what it makes of what they say. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const SCAN = fileURLToPath(new URL('../../../deploy/scan', import.meta.url))

/** Runs it where only these scanners are installed; each ends with its status. */
function scan(scanners: Readonly<Record<string, number>>, args: readonly string[] = ['manifests.yaml']) {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-scan-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'manifests.yaml'), 'kind: List\n')
  for (const [name, status] of Object.entries(scanners)) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*"\nexit ${status}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const env = { PATH: `${folder}:/usr/bin:/bin` }
  const { status, stdout, stderr } = spawnSync(SCAN, args, { cwd: folder, env })
  return { status, stdout: stdout.toString(), stderr: stderr.toString() }
}

test('what is installed runs on the manifests, what is not is told', () => {
  const { status, stdout, stderr } = scan({ 'kube-linter': 0, kubesec: 0 })
  expect(status).toBe(0)
  expect(stdout).toContain('kube-linter lint manifests.yaml\n')
  expect(stdout).toContain('kubesec scan manifests.yaml\n')
  expect(stderr).toBe('left out: kubeaudit is not installed\nleft out: kubescape is not installed\n')
})

test('one that finds something fails it, and the others run all the same', () => {
  const { status, stdout } = scan({ kubesec: 2, kubescape: 0 })
  expect(status).toBe(1)
  expect(stdout).toContain('=== kubescape\n')
})

test('wrong usage and missing files are told', () => {
  expect(scan({}, ['--all'])).toMatchObject({ status: 2, stdout: '' })
  expect(scan({}, ['gone.yaml'])).toMatchObject({ status: 2, stderr: 'error: gone.yaml cannot be read\n' })
})
