/** What comes in and goes out in ways that are not the usual ones, the same for all commands. */
import { spawn } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { binPath } from './support/bin.ts'
import { CERT, KEY, type Sandbox, sandbox, secretYaml } from './support/sandbox.ts'

async function sealed(box: Sandbox): Promise<string> {
  const many = Array.from({ length: 20 }, (_, index) => secretYaml(`s${index}`, { password: 'hunter2' })).join('---\n')
  return (await box.waxseal(['seal', '--cert', CERT], { stdin: many })).stdout
}

describe('standard output that is closed ends the program quietly, as SIGPIPE would', () => {
  test.for([
    ['help', 'help'],
    ['completion', 'completion zsh'],
    ['check', 'check plain.yaml'],
    ['check --format sarif', 'check --format sarif plain.yaml'],
    ['unseal', 'unseal --key key.pem sealed.yaml'],
    ['verify', 'verify --key key.pem sealed.yaml'],
    ['set --dry-run', 'set --cert cert.pem --name s1 -n shop --dry-run sealed.yaml password=cert.pem'],
    ['cert', 'cert --cert cert.pem'],
    ['raw', 'raw --cert cert.pem --scope cluster-wide cert.pem'],
  ] as const)('%s', async ([, line]) => {
    const box = sandbox()
    box.write('sealed.yaml', await sealed(box))
    box.write('plain.yaml', secretYaml('a', { b: 'c' }))
    const args = line.replace('key.pem', KEY).replaceAll('cert.pem', CERT).split(' ')
    const child = spawn(process.execPath, [binPath('waxseal'), ...args], {
      cwd: box.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.destroy()
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect({ code, stderr }).toEqual({ code: 141, stderr: '' })
  })
})

describe('a SealedSecret as Windows programs save it', () => {
  const forms = [
    ['CRLF', (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'))],
    ['a byte order mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
    ['UTF-16', (text: string) => Buffer.from(`\uFEFF${text.replaceAll('\n', '\r\n')}`, 'utf16le')],
  ] as const

  test.for(forms)('%s: opened, verified, sealed again, and edited in the same form', async ([, form]) => {
    const box = sandbox()
    box.write('file.yaml', form(await sealed(box)))
    const choice = ['--name', 's3', '-n', 'shop']
    const opened = await box.waxseal(['unseal', '--key', KEY, 'file.yaml'])
    expect(opened.stdout.match(/^kind: Secret\r?$/gm)).toHaveLength(20)
    expect((await box.waxseal(['verify', '--key', KEY, 'file.yaml'])).code).toBe(0)
    box.write('value', 'new')
    const editor = `sed -i 's/hunter2/edited/'`
    for (const args of [
      ['set', '--cert', CERT, ...choice, 'file.yaml', 'token=value'],
      ['edit', '--key', KEY, '--cert', CERT, ...choice, 'file.yaml'],
    ])
      expect(await box.waxseal(args, { env: { EDITOR: editor } })).toMatchObject({ code: 0 })
    const { stdout } = await box.waxseal(['unseal', '--key', KEY, 'file.yaml'])
    expect(stdout).toContain(`password: ${btoa('edited')}`)
    expect(stdout).toContain(`token: ${btoa('new')}`)
    expect((await box.waxseal(['rm', ...choice, 'file.yaml', 'token'])).code).toBe(0)
    expect(isFormOf(form, box.read('file.yaml'))).toBe(true)
    expect(box.list()).toEqual(['file.yaml', 'value'])
  })
})

/** Whether the file still begins and breaks its lines as the form does. */
function isFormOf(form: (text: string) => Buffer, content: string): boolean {
  const [wanted, mark] = [form('a\nb\n').toString('utf8'), '\uFEFF']
  const breaks = (text: string): boolean => /\r\0?\n/.test(text)
  return content.startsWith(mark) === wanted.startsWith(mark) && breaks(content) === breaks(wanted)
}
