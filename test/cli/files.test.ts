/** Writing that fails: the old file stays, nothing is left behind, and the message says why. */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { binPath, type Result, runProgram } from './support/bin.ts'
import { CERT, containing, KEY, matching, type Sandbox, sandbox, secretYaml } from './support/sandbox.ts'
import { KEYS } from './support/transcript.ts'

const SECRET = secretYaml('db', { password: 'hunter2' })
const seal = (...args: string[]) => [process.execPath, binPath('waxseal'), 'seal', '--cert', CERT, ...args]

/** Root may write anywhere, unless that capability is dropped. */
const UNPRIVILEGED =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search,-fowner'] : []

function command(box: Sandbox, words: readonly string[], stdin = SECRET): Promise<Result> {
  const [program = '', ...args] = words
  return runProgram(program, args, { cwd: box.folder, stdin })
}

describe('waxseal seal -w', () => {
  test('into a missing folder', async () => {
    const box = sandbox()
    const result = await box.waxseal(['seal', '--cert', CERT, '-w', 'none/out.yaml'], { stdin: SECRET })
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toBe(
      'error: write none/out.yaml: no such file or directory\nhint: make the folder first: mkdir -p none\n',
    )
  })

  test('over a folder', async () => {
    const box = sandbox()
    const result = await box.waxseal(['seal', '--cert', CERT, '-w', '.'], { stdin: SECRET })
    expect(result).toMatchObject({ code: 1, stderr: 'error: write .: is a directory\n' })
  })

  test('into a folder that must not be written', async () => {
    const box = sandbox()
    box.write('out.yaml', 'old\n')
    chmodSync(box.folder, 0o555)
    const result = await command(box, [...UNPRIVILEGED, ...seal('-w', 'out.yaml')])
    expect(result).toMatchObject({
      code: 1,
      stdout: '',
      stderr: matching(/^error: write out\.yaml: permission denied/),
    })
    expect(box.read('out.yaml')).toBe('old\n')
    expect(box.list()).toEqual(['out.yaml'])
  })

  test('over a file that must not be written, also by set, rm and reseal', async () => {
    const box = sandbox()
    const sealed = await box.waxseal(['seal', '--cert', CERT], { stdin: SECRET })
    chmodSync(box.write('out.yaml', sealed.stdout), 0o444)
    box.write('value', 'x')
    const waxseal = [process.execPath, binPath('waxseal')]
    const BRAVO = join(KEYS, 'bravo.crt')
    for (const words of [
      seal('-w', 'out.yaml'),
      [...waxseal, 'set', '--cert', CERT, 'out.yaml', 'password=value'],
      [...waxseal, 'rm', 'out.yaml', 'password'],
      [...waxseal, 'reseal', '--key', KEY, '--cert', BRAVO, 'out.yaml'],
    ]) {
      const result = await command(box, [...UNPRIVILEGED, ...words])
      expect(result).toMatchObject({ code: 1, stdout: '' })
      expect(result.stderr).toContain('write out.yaml: permission denied\n')
      expect(result.stderr).toContain('hint: the file is read-only: chmod u+w out.yaml')
    }
    expect(box.read('out.yaml')).toBe(sealed.stdout)
    expect(box.list()).toEqual(['out.yaml', 'value'])
  })

  test('a file that must not be read', async () => {
    const box = sandbox()
    chmodSync(box.write('secret.yaml', SECRET), 0o000)
    const result = await command(box, [...UNPRIVILEGED, ...seal('secret.yaml')])
    expect(result).toMatchObject({
      code: 1,
      stdout: '',
      stderr: matching(/^error: open secret\.yaml: permission denied/),
    })
  })

  test('past the size that files may have', async () => {
    const box = sandbox()
    box.write('out.yaml', 'old\n')
    const many = Array.from({ length: 40 }, (_, i) => secretYaml(`s${i}`, { x: '1' })).join('---\n')
    const limited = ['sh', '-c', 'trap "" XFSZ; ulimit -f 8; exec "$@"', 'sh']
    const result = await command(box, [...limited, ...seal('-w', 'out.yaml')], many)
    expect(result).toMatchObject({
      code: 1,
      stdout: '',
      stderr: matching(/^error: write out\.yaml: file too large/),
    })
    expect(box.read('out.yaml')).toBe('old\n')
    expect(box.list()).toEqual(['out.yaml'])
  })

  test.runIf(process.getuid?.() === 0)('on a full disk', async () => {
    const box = sandbox()
    const many = Array.from({ length: 100 }, (_, i) => secretYaml(`s${i}`, { x: '1' })).join('---\n')
    const script =
      'mount -t tmpfs -o size=64k none . && cd "$PWD" && echo old > out.yaml && { "$@"; code=$?; cat out.yaml; ls -A; exit $code; }'
    const result = await command(
      box,
      ['unshare', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', ...seal('-w', 'out.yaml')],
      many,
    )
    expect(result).toMatchObject({ code: 1, stdout: 'old\nout.yaml\n' })
    expect(result.stderr).toMatch(
      /^error: write out\.yaml: no space left on device\nhint: out\.yaml is as it was before\n$/,
    )
  })

  test.runIf(existsSync('/dev/full'))('to a device that is full', async () => {
    const box = sandbox()
    const result = await box.waxseal(['seal', '--cert', CERT, '-w', '/dev/full'], { stdin: SECRET })
    expect(result).toMatchObject({
      code: 1,
      stderr: containing('error: write /dev/full: no space left on device'),
    })
    expect(existsSync('/dev/full')).toBe(true)
  })

  test('to /dev/stdout and - prints', async () => {
    const box = sandbox()
    for (const path of ['/dev/stdout', '-']) {
      const result = await command(box, ['sh', '-c', `"$@" -w ${path} | cat`, 'sh', ...seal()])
      expect(result.stdout).toContain('kind: SealedSecret')
    }
  })
})

describe('standard output', () => {
  test.runIf(existsSync('/dev/full'))('that is full', async () => {
    const box = sandbox()
    const result = await command(box, ['sh', '-c', '"$@" > /dev/full', 'sh', ...seal()])
    expect(result).toMatchObject({
      code: 1,
      stderr: containing('error: write standard output: no space left on device'),
    })
  })

  test('that is closed ends the program quietly, as SIGPIPE would', async () => {
    const box = sandbox()
    const code = await new Promise<number | null>((resolve) => {
      const [program = '', ...args] = seal()
      const child = spawn(program, args, { cwd: box.folder, stdio: ['pipe', 'pipe', 'pipe'] })
      let stderr = ''
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString()
      })
      child.stdout.destroy()
      child.once('close', (exitCode) => resolve(stderr === '' ? exitCode : -1))
      setTimeout(() => child.stdin.end(SECRET), 200)
    })
    expect(code).toBe(141)
  })

  test('takes a megabyte through a slow pipe', async () => {
    const box = sandbox()
    const many = Array.from({ length: 1000 }, (_, i) => secretYaml(`s${i}`, { x: '1' })).join('---\n')
    const result = await command(
      box,
      ['sh', '-c', '"$@" | { sleep 0.2; grep -c "kind: SealedSecret"; }', 'sh', ...seal()],
      many,
    )
    expect(result).toMatchObject({ stdout: '1000\n', stderr: '' })
  })
})

describe('standard input', () => {
  test('that is a terminal is announced', async () => {
    const box = sandbox()
    const line = seal()
      .map((word) => `'${word}'`)
      .join(' ')
    const result = await command(box, ['script', '-qec', line, '/dev/null'], '\u0004')
    expect(result.stdout).toContain('reading Secrets from the terminal; end with Ctrl-D')
  })

  test('is not waited for when the certificate is missing', async () => {
    const box = sandbox()
    const args = [binPath('waxseal'), 'seal', '--cert', 'gone.pem']
    const child = spawn(process.execPath, args, { cwd: box.folder, stdio: ['pipe', 'ignore', 'ignore'] })
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1)
  })
})

describe('waxseal unseal -w', () => {
  test('makes what it writes private, also over a file that was not', async () => {
    const box = sandbox()
    const sealed = await box.waxseal(['seal', '--cert', CERT], { stdin: SECRET })
    chmodSync(box.write('open.yaml', 'old\n'), 0o644)
    await box.waxseal(['unseal', '--key', KEY, '-w', join(box.folder, 'open.yaml')], { stdin: sealed.stdout })
    const { stdout } = await command(box, ['stat', '-c', '%a', 'open.yaml'])
    expect(stdout).toBe('600\n')
  })
})
