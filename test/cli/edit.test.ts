/** waxseal edit: the values in an editor, which here is a script; what changed is sealed, the rest stays byte for byte. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { binPath, type Result } from './support/bin.ts'
import { CERT, containing, KEY, matching, type Sandbox, sandbox } from './support/sandbox.ts'
import { masked, openedValues, sealedValues, writeLayout } from './support/sealed.ts'
import { onTerminal } from './support/terminal.ts'

const EDIT = ['edit', '--key', KEY, '--cert', CERT]
const DB = [...EDIT, '--name', 'db', 'all.yaml']

/** Makes an editor of shell commands; `$1` is the file. Where it was and what it held is in `seen` and `path`. */
function editor(box: Sandbox, commands: string): Record<string, string> {
  const file = box.write('editor', `cat "$1" >> seen; echo "$1" > path; ${commands}\n`)
  return { EDITOR: `sh ${file}` }
}

function edit(box: Sandbox, commands: string, args: readonly string[] = DB): Promise<Result> {
  return box.waxseal(args, { env: editor(box, commands) })
}

/** The folder of the edited file is gone. */
function expectWiped(box: Sandbox): void {
  const path = box.read('path').trim()
  expect(path).toMatch(/waxseal-edit-[^/]+\/db\.yaml$/)
  expect(existsSync(join(path, '..'))).toBe(false)
}

describe('waxseal edit', () => {
  test('shows the values, seals what changed, keeps the rest byte for byte', async () => {
    const box = sandbox()
    const before = await writeLayout(box)
    const result = await edit(box, `sed -i 's/a: "1"/a: changed/; $a \\ \\ b: |\\n    two\\n    lines' "$1"`)
    expect(result).toEqual({
      code: 0,
      stdout: '',
      stderr: 'all.yaml: SealedSecret shop/db: set a, b\n',
      timedOut: false,
    })
    expect(box.read('seen')).toMatch(
      /^# .*shop\/db.*\n#.*\napiVersion: v1\nkind: Secret\nstringData:\n {2}a: "1"\n {2}c: "3"\n$/,
    )
    expect(await openedValues(box, 'all.yaml')).toEqual({ a: 'changed', b: 'two\nlines\n', c: '3' })
    const after = box.read('all.yaml')
    expect(masked(after)).toBe(masked(before).replace(/( {8}a: .*\n)/, '$1        b: <sealed>\n'))
    expect(/ c: .*/.exec(after)).toEqual(expect.arrayContaining([/ c: .*/.exec(before)?.[0]]))
    expectWiped(box)
  })

  test('removes, and shows what is no text as base64', async () => {
    const box = sandbox()
    box.write('bin', Uint8Array.of(0, 255, 10))
    await writeLayout(box)
    await box.waxseal(['set', '--cert', CERT, '--name', 'db', 'all.yaml', 'blob=bin'])
    const before = box.read('all.yaml')
    const result = await edit(box, `sed -i '/  c:/d' "$1"`)
    expect(result).toMatchObject({ code: 0, stderr: 'all.yaml: SealedSecret shop/db: removed c\n' })
    expect(box.read('seen')).toContain('\ndata:\n  blob: AP8K\n')
    expect(box.read('all.yaml')).toBe(before.replace(/ {8}c: .*\n/, ''))
  })

  test('the file is private, in memory, and nothing of it stays, not even what the editor leaves beside it', async () => {
    const box = sandbox()
    await writeLayout(box)
    const look = `stat -c %a "$1" "$(dirname "$1")" > modes; cp "$1" "$1~"; mkdir "$(dirname "$1")/d"; cp "$1" "$(dirname "$1")/d/x"`
    expect(await edit(box, look)).toMatchObject({ code: 0, stderr: 'all.yaml: nothing was changed\n' })
    expect(box.read('modes')).toBe('600\n700\n')
    expect(box.read('path')).toMatch(existsSync('/dev/shm') ? /^\/dev\/shm\// : /^\//)
    expectWiped(box)
  })

  test('values that YAML could misread come back as they were', async () => {
    const box = sandbox()
    const odd = {
      a: 'yes',
      b: '0123',
      c: ' x\n\n',
      d: '',
      e: 'tab\there',
      f: '\uFEFFmark',
      g: 'a\r\nb',
      h: '# no: "comment"',
    }
    const values = await sealedValues(box, 'db', odd)
    const head = 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}\n'
    const text = `${head}spec: {encryptedData: ${JSON.stringify(values)}}\n`
    box.write('all.yaml', text)
    expect(await edit(box, 'true')).toMatchObject({ code: 0, stderr: 'all.yaml: nothing was changed\n' })
    expect(box.read('all.yaml')).toBe(text)
    expect(await edit(box, `printf '  new: "1"\\n' >> "$1"`)).toMatchObject({ code: 0 })
    expect(await openedValues(box, 'all.yaml')).toEqual({ ...odd, new: '1' })
  })

  test('VISUAL wins, and templates do not matter', async () => {
    const box = sandbox()
    await writeLayout(box)
    box.write('all.yaml', box.read('all.yaml').replace('type: Opaque', 'data: {url: "{{ .a }}"}'))
    const { EDITOR = '' } = editor(box, `echo '  new: x' >> "$1"`)
    const result = await box.waxseal(DB, { env: { VISUAL: EDITOR, EDITOR: 'false' } })
    expect(result).toMatchObject({ code: 0, stderr: containing('set new') })
  })

  test.for([
    ['fails', 'echo x >> "$1"; exit 3', /^error: the editor ".*" failed \(exit code 3\): nothing was changed\n/],
    ['is ended', 'kill -9 $$', /^(Killed\n)?error: the editor ".*" failed \((exit code 137|signal SIGKILL)\)/],
    ['saves nothing', ': > "$1"', /^error: the saved text is empty: nothing was changed\nhint: /],
    ['removes the file', 'rm "$1"', /^error: temporary file .*: no such file or directory/],
    ['saves invalid YAML', `echo 'stringData: {hunter2' > "$1"`, /^error: document 1, line \d: /],
    [
      'saves a number',
      `echo '  new: 0123' >> "$1"`,
      /^error: stringData\.new: must be text, not a number\nhint: put it in quotes/,
    ],
    ['saves bad base64', `echo 'data: {new: "#"}' >> "$1"`, /^error: data\.new: illegal base64.*\nhint: /],
    ['saves a bad key', `echo '  "n o": x' >> "$1"`, /^error: data: "n o" cannot be a key/],
    [
      'saves a key that is a boolean',
      `echo '  on: x' >> "$1"`,
      /^error: a key reads as true: .*\nhint: put it in quotes/,
    ],
    ['saves something else', `echo 'type: Opaque' >> "$1"`, /^error: type: only data and stringData can be edited/],
    ['saves two documents', `echo '---\nkind: Secret' >> "$1"`, /^error: the saved text has several documents/],
  ] as const)('an editor that %s changes nothing', async ([, commands, error]) => {
    const box = sandbox()
    const before = await writeLayout(box)
    const result = await edit(box, commands)
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: matching(error) })
    expect(result.stderr).not.toContain('hunter2')
    expect(box.read('all.yaml')).toBe(before)
    expectWiped(box)
  })

  test('there is no such editor', async () => {
    const box = sandbox()
    await writeLayout(box)
    const result = await box.waxseal(DB, { env: { EDITOR: 'no-such-editor' } })
    expect(result).toMatchObject({
      code: 1,
      stderr: matching(/failed \(exit code 127\).*\nhint: EDITOR names/),
    })
  })

  test('on a terminal the same text is offered again until it is right', async () => {
    const box = sandbox()
    await writeLayout(box)
    const env = editor(
      box,
      `if grep -q oops "$1"; then sed -i 's/oops.*/right: "1"/' "$1"; else echo '  oops' >> "$1"; fi`,
    )
    const steps = [{ shown: 'Edit again? [Y/n] ', keys: '\n' }]
    const { code, screen } = await onTerminal('waxseal', DB, steps, { cwd: box.folder, env: { ...env, NO_COLOR: '1' } })
    expect(screen).toMatch(
      /^error: document 1, line \d+: not valid YAML.*\s+Edit again\? \[Y\/n\] \s+all\.yaml: .* set right\s*$/,
    )
    expect(code).toBe(0)
    expect(await openedValues(box, 'all.yaml')).toEqual({ a: '1', c: '3', right: '1' })
  })

  test('no ends it', async () => {
    const box = sandbox()
    const before = await writeLayout(box)
    const steps = [{ shown: 'Edit again? [Y/n] ', keys: 'n\n' }]
    const env = editor(box, 'exit 1')
    const { code, screen } = await onTerminal('waxseal', DB, steps, { cwd: box.folder, env: { ...env, NO_COLOR: '1' } })
    expect(code).toBe(1)
    expect(screen).toContain('error: cancelled: nothing was changed')
    expect(box.read('all.yaml')).toBe(before)
    expectWiped(box)
  })

  test('a file changed by somebody else is not overwritten; on a terminal the edit is put on top of it', async () => {
    const box = sandbox()
    const before = await writeLayout(box)
    const theirs = before.replace(/ {8}c: .*\n/, '')
    box.write('theirs', theirs)
    const change = `sed -i 's/  a: "1"/  a: mine/' "$1"; cp theirs all.yaml`
    expect(await edit(box, change)).toMatchObject({
      code: 1,
      stderr: 'error: all.yaml was changed by somebody else in the meantime\nhint: it was not overwritten: try again\n',
    })
    expect(box.read('all.yaml')).toBe(theirs)
    box.write('all.yaml', before)
    const steps = [{ shown: 'Edit again? [Y/n] ', keys: 'y\n' }]
    const { code } = await onTerminal('waxseal', DB, steps, { cwd: box.folder, env: editor(box, change) })
    expect(code).toBe(0)
    expect(await openedValues(box, 'all.yaml')).toEqual({ a: 'mine' })
    expect(box.read('seen')).toMatch(/ a: mine\n$/)
  })

  test.for(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('%s wipes and leaves the file', async (signal) => {
    const box = sandbox()
    const before = await writeLayout(box)
    const child = spawn(process.execPath, [binPath('waxseal'), ...DB], {
      cwd: box.folder,
      env: { PATH: process.env.PATH ?? '', ...editor(box, 'exec sleep 30') },
      stdio: 'ignore',
    })
    while (!existsSync(join(box.folder, 'path'))) await new Promise((resolve) => setTimeout(resolve, 20))
    await new Promise((resolve) => setTimeout(resolve, 100))
    child.kill(signal)
    const ended = await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)))
    expect(ended).toBe(signal)
    expectWiped(box)
    expect(box.read('all.yaml')).toBe(before)
  })

  test('--dry-run prints the file and leaves it', async () => {
    const box = sandbox()
    const before = await writeLayout(box)
    const result = await edit(box, `sed -i '/  c:/d' "$1"`, [...DB, '--dry-run'])
    expect(result).toMatchObject({ code: 0, stdout: before.replace(/ {8}c: .*\n/, '') })
    expect(box.read('all.yaml')).toBe(before)
    expect(statSync(join(box.folder, 'all.yaml')).isFile()).toBe(true)
  })

  test.for([
    [
      [...EDIT.slice(0, 1), '--cert', CERT, 'all.yaml'],
      2,
      /^error: a private key is needed: --key FILE, or --from-cluster.*\nhint: waxseal edit/,
    ],
    [EDIT, 2, /^error: one FILE is needed/],
    [[...EDIT, 'all.yaml'], 1, /^error: all\.yaml holds 2 SealedSecrets that fit/],
    [
      ['edit', '--key', KEY.replace('alpha', 'bravo'), '--cert', CERT, '--name', 'db', 'all.yaml'],
      1,
      /^error: all\.yaml: SealedSecret shop\/db: no key could decrypt secret \(a, c\)\nhint: .*waxseal set/,
    ],
    [[...DB, '--cert', 'gone.pem'], 1, /^error: open gone\.pem: no such file/],
  ] as const)('%s fails before an editor opens', async ([args, code, error]) => {
    const box = sandbox()
    const before = await writeLayout(box)
    expect(await edit(box, 'true', args)).toMatchObject({ code, stdout: '', stderr: matching(error) })
    expect(box.read('all.yaml')).toBe(before)
    expect(box.list()).toEqual(['all.yaml', 'editor'])
    expect(
      existsSync('/dev/shm') ? readdirSync('/dev/shm').filter((name) => name.startsWith('waxseal-edit')) : [],
    ).toEqual([])
  })
})
