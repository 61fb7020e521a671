/** The script `assets`, with a Go that only pretends to build. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const script = fileURLToPath(new URL('./assets', import.meta.url))
const version = /k8s\.io\/kubernetes v(\S+)/.exec(readFileSync(new URL('./go.mod', import.meta.url), 'utf8'))?.[1]

interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

let dir: string
let folder: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'waxseal-assets-'))
  folder = join(dir, 'cache', 'waxseal', `kube-${version}`)
  mkdirSync(join(dir, 'bin'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function run(path: string): Promise<Result> {
  const env = { PATH: path, HOME: dir, XDG_CACHE_HOME: join(dir, 'cache') }
  return new Promise((resolve) => {
    execFile('/bin/bash', [script], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

const SYSTEM = '/usr/bin:/bin'
const withGo = (): string => `${join(dir, 'bin')}:${SYSTEM}`

/** Puts a `go` into the PATH that says it is `release` and builds programs which say they are Kubernetes `built`. */
function fakeGo(release: string, built: string | undefined = version): void {
  const program = `#!/bin/sh\ncase $(basename "$0") in kubectl) echo "Client Version: v${built}";; *) echo "Kubernetes v${built}";; esac\n`
  writeFileSync(join(dir, 'program'), program, { mode: 0o755 })
  const go = `#!/bin/sh
if [ "$1" = env ]; then echo ${release}; exit; fi
echo built >>'${dir}/builds'
sleep 1
while [ "$1" != -o ]; do shift; done
cp '${dir}/program' "$2"
`
  writeFileSync(join(dir, 'bin', 'go'), go, { mode: 0o755 })
}

test('without Go: what is missing, and what to do', async () => {
  for (const tool of ['dirname', 'sed']) symlinkSync(`/usr/bin/${tool}`, join(dir, 'bin', tool))
  const { code, stdout, stderr } = await run(join(dir, 'bin'))
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^error: Go is not installed; .* Go 1\.26 or newer\nhint: set KUBEBUILDER_ASSETS/)
})

test('with an old Go: which one', async () => {
  fakeGo('go1.25.9')
  const { code, stderr } = await run(withGo())
  expect(code).toBe(1)
  expect(stderr).toMatch(/^error: this is go1\.25\.9; .* Go 1\.26 or newer\n/)
})

test('several at once build once; the next finds it', async () => {
  fakeGo('go1.26.8')
  const results = await Promise.all([run(withGo()), run(withGo()), run(withGo())])
  expect(results.map(({ code, stdout }) => [code, stdout])).toEqual(Array.from(results, () => [0, `${folder}\n`]))
  expect(readFileSync(join(dir, 'builds'), 'utf8')).toBe('built\n')
  const programs = ['etcd', 'kube', 'kube-apiserver', 'kube-controller-manager', 'kubectl']
  expect(readdirSync(folder).toSorted((a, b) => a.localeCompare(b))).toEqual(programs)
  expect(await run(SYSTEM)).toEqual({ code: 0, stdout: `${folder}\n`, stderr: '' })
})

test('the lock of a process that is gone does not count', async () => {
  fakeGo('go1.26.8')
  mkdirSync(join(dir, 'cache', 'waxseal'), { recursive: true })
  // No process has this id: it is above the largest that Linux gives.
  symlinkSync('4194305', `${folder}.lock`)
  expect(await run(withGo())).toMatchObject({ code: 0, stdout: `${folder}\n` })
})

test('what is not what was asked for does not come into place', async () => {
  fakeGo('go1.26.8', '1.0.0')
  const { code, stderr } = await run(withGo())
  expect(code).toBe(1)
  expect(stderr).toContain(`error: the kube-apiserver that was built is not v${version}`)
  expect(readdirSync(folder)).toEqual([])
})
