/** Making keys, and the key files that open. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CERT, containing, matching, sandbox, secretYaml } from './support/sandbox.ts'
import { KEYS } from './support/transcript.ts'

describe('waxseal keys generate', () => {
  test('makes a pair that seals and opens, the key readable by its owner only', async () => {
    const box = sandbox()
    const made = await box.waxseal(['keys', 'generate', '--bits', '2048', '--cn', 'shop', '--ttl', '30d'])
    expect(made).toMatchObject({
      code: 0,
      stdout: '',
      stderr: matching(/^key\.pem: private key.*\ncert\.pem: .*\nnext: waxseal seal .*--cert cert\.pem\n$/),
    })
    expect(statSync(join(box.folder, 'key.pem')).mode & 0o777).toBe(0o600)
    expect(box.read('key.pem')).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/)
    const info = await box.waxseal(['cert', '--cert', 'cert.pem', '--info', '-o', 'json'])
    expect(JSON.parse(info.stdout)).toMatchObject({ subject: 'CN=shop', keyBits: 2048, daysLeft: 29 })
    const sealed = await box.waxseal(['seal', '--cert', 'cert.pem'], { stdin: secretYaml('db', { password: 'x' }) })
    const opened = await box.waxseal(['unseal', '--key', 'key.pem'], { stdin: sealed.stdout })
    expect(opened.stdout).toContain('password: eA==')
  })

  test('never overwrites, and leaves nothing when it fails', async () => {
    const box = sandbox()
    box.write('cert.pem', 'mine\n')
    const result = await box.waxseal(['keys', 'generate', '--bits', '2048'])
    expect(result).toMatchObject({ code: 1, stderr: matching(/^error: cert\.pem: file exists.*\nhint: /) })
    expect(box.list()).toEqual(['cert.pem'])
    expect(box.read('cert.pem')).toBe('mine\n')
    const folder = await box.waxseal(['keys', 'generate', '--key-out', 'none/key.pem'])
    expect(folder.stderr).toMatch(/^error: write none\/key\.pem: no such file or directory\nhint: /)
  })

  test.for([
    ['--bits', '1024'],
    ['--bits', 'many'],
    ['--ttl', 'soon'],
    ['--ttl', '0d'],
    ['--key-out', 'cert.pem'],
    ['extra'],
  ])('%s is wrong usage', async (args) => {
    const box = sandbox()
    const result = await box.waxseal(['keys', 'generate', ...args])
    expect(result).toMatchObject({
      code: 2,
      stdout: '',
      stderr: matching(/^error: .*\nhint: waxseal keys generate --help/),
    })
    expect(box.list()).toEqual([])
  })
})

describe('waxseal unseal --key', () => {
  test.for([
    'alpha.key',
    'alpha-pkcs8.key',
    'alpha-crlf.key',
    'alpha-both.pem',
    'alpha-secret.yaml',
    'alpha-secret.json',
    'ring-list.yaml',
    'ring-secretlist.json',
    'ring-docs.yaml',
    'ring-stream.json',
  ])('%s', async (name) => {
    const box = sandbox()
    const cert = name.startsWith('ring') ? join(KEYS, 'bravo.crt') : CERT
    const { stdout } = await box.waxseal(['seal', '--cert', cert], { stdin: secretYaml('db', { password: 'x' }) })
    const result = await box.waxseal(['unseal', '--key', join(KEYS, name)], { stdin: stdout })
    expect(result).toMatchObject({ code: 0, stdout: containing('password: eA==') })
  })

  test('several keys, each value with its own', async () => {
    const box = sandbox()
    const one = await box.waxseal(['seal', '--cert', CERT], { stdin: secretYaml('a', { x: '1' }) })
    const two = await box.waxseal(['seal', '--cert', join(KEYS, 'bravo.crt')], { stdin: secretYaml('b', { x: '2' }) })
    const keys = ['--key', join(KEYS, 'alpha.key'), '--key', join(KEYS, 'bravo.key')]
    const opened = await box.waxseal(['unseal', ...keys, '-o', 'yaml'], { stdin: `${one.stdout}---\n${two.stdout}` })
    expect(opened.stdout).toMatch(/x: MQ==[\s\S]*---[\s\S]*x: Mg==/)
  })
})
