/** `waxseal check`: which files it looks at, what is excused, how it ends. */
import { chmodSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CONFIG_MAP, PLAIN, privateKeys, sealedJson, writeAll } from './check/fixtures.ts'
import { pathsOf, rulesIn } from './check/found.ts'
import { containing, matching, sandbox } from './support/sandbox.ts'

describe('waxseal check', () => {
  test('says where, what and which rule, sums up on stderr, and never shows a value', async () => {
    const box = sandbox()
    writeAll(box, { 'apps/db.yaml': `${CONFIG_MAP}---\n${PLAIN}`, 'apps/ok.yaml': sealedJson(), 'README.md': 'x' })
    const result = await box.waxseal(['check'])
    expect(result).toMatchObject({ code: 1, stderr: '3 files checked: 1 error, 0 warnings\n' })
    expect(result.stdout).toMatch(
      /^apps\/db\.yaml:15:3: error: Secret shop\/db is not sealed: stringData\.password .* \[plaintext-secret\]\n$/,
    )
    for (const format of ['text', 'json', 'sarif', 'github']) {
      const { stdout, stderr } = await box.waxseal(['check', '--format', format])
      expect(stdout + stderr).not.toContain('hunter2')
    }
  })

  test('nothing found: no output, exit code 0', async () => {
    const box = sandbox()
    writeAll(box, { 'a.yaml': sealedJson() })
    expect(await box.waxseal(['check', '.'])).toEqual({
      code: 0,
      stdout: '',
      stderr: '1 file checked: 0 errors, 0 warnings\n',
      timedOut: false,
    })
  })

  test('warnings fail with --strict only; -q prints only what fails', async () => {
    const box = sandbox()
    writeAll(box, { 'a.yaml': sealedJson({ namespace: undefined }) })
    expect(await box.waxseal(['check', 'a.yaml'])).toMatchObject({
      code: 0,
      stdout: containing('a.yaml:5:5: warning: '),
      stderr: '1 file checked: 0 errors, 1 warning\n',
    })
    expect(await box.waxseal(['check', '-q'])).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(await box.waxseal(['check', '-q', '--strict'])).toMatchObject({
      code: 1,
      stdout: containing('[missing-namespace]'),
      stderr: '',
    })
  })

  test('standard input', async () => {
    const box = sandbox()
    const { code, stdout } = await box.waxseal(['check', '-'], { stdin: PLAIN })
    expect({ code, stdout }).toEqual({ code: 1, stdout: matching(/^stdin:7:3: error: /) })
  })

  test.for([
    [
      ['--format', 'xml'],
      /^error: invalid argument "xml" for "--format" flag: .*use text, json, yaml, name, sarif or github\nhint: /,
    ],
    [['--format', 'json', '-o', 'yaml'], /^error: --format is another name of --output: one will do\nhint: /],
    [['--disable', 'nope'], /^error: unknown rule: nope\nhint: waxseal check --list-rules/],
    [['nowhere'], /^error: open nowhere: no such file or directory\nhint: /],
    [['--cert', 'nowhere.pem'], /^error: open nowhere.pem: no such file or directory\n/],
    [['--cert', 'https://example.com/cert.pem'], /^error: --cert https:.*: check works offline/],
  ] as const)('%s is wrong usage', async ([args, error]) => {
    const box = sandbox()
    expect(await box.waxseal(['check', ...args])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: matching(error),
    })
  })

  test('--disable and --list-rules', async () => {
    const box = sandbox()
    const { stdout } = await box.waxseal(['check', '--list-rules'])
    expect(stdout).toMatch(/^plaintext-secret +error +A Secret /)
    expect(await rulesIn(PLAIN, ['--disable', 'plaintext-secret'])).toEqual([])
  })
})

describe('which files', () => {
  test('what git ignores is left out, what is named is not', async () => {
    const box = sandbox()
    writeAll(box, {
      '.gitignore': 'build/\n*.secret.yaml\n!kept.secret.yaml\n/top.yaml\n',
      'build/a.yaml': PLAIN,
      'x.secret.yaml': PLAIN,
      'kept.secret.yaml': PLAIN,
      'top.yaml': PLAIN,
      'sub/top.yaml': PLAIN,
      'sub/.gitignore': '*\n!.gitignore\n!top.yaml\n',
      'sub/other.yaml': PLAIN,
      'node_modules/p/a.yaml': PLAIN,
      '.git/a.yaml': PLAIN,
      '.github/a.yaml': PLAIN,
    })
    symlinkSync('x.secret.yaml', join(box.folder, 'link.yaml'))
    expect(await pathsOf(box, [])).toEqual(['.github/a.yaml', 'kept.secret.yaml', 'sub/top.yaml'])
    expect(await pathsOf(box, ['sub'])).toEqual(['sub/top.yaml'])
    expect(await pathsOf(box, ['build', 'top.yaml', 'link.yaml'])).toEqual(['build/a.yaml', 'top.yaml', 'link.yaml'])
    expect(await pathsOf(box, ['--exclude', 'sub/', '--exclude', '.github'])).toEqual(['kept.secret.yaml'])
  })

  test('patterns of the folders above apply, up to the top of the repository', async () => {
    const box = sandbox()
    const files = { '.gitignore': 'local.yaml\n', 'a/b/local.yaml': PLAIN, 'a/b/c.yaml': PLAIN }
    writeAll(box, { ...files, '.git/HEAD': '', '.git/info/exclude': 'c.yaml\n' })
    expect(await pathsOf(box, ['a/b'])).toEqual([])
    expect(await pathsOf(box, ['a/b/c.yaml'])).toEqual(['a/b/c.yaml'])
  })

  test('a folder that cannot be read is an error, not silence', async () => {
    const box = sandbox()
    writeAll(box, { 'closed/a.yaml': PLAIN, 'b.yaml': PLAIN })
    chmodSync(box.folder, 0o755)
    chmodSync(join(box.folder, 'closed'), 0)
    chmodSync(join(box.folder, 'b.yaml'), 0)
    const { code, stdout } = await box.waxseal(['check'], process.getuid?.() === 0 ? { uid: 65534 } : {})
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: matching(/^closed:1:1: .*permission denied.*\nb\.yaml:1:1: .*\[unreadable-file\]\n$/),
    })
  })
})

describe('# waxseal:ignore', () => {
  test.for([
    ['on the line', PLAIN.replace('"hunter2"', 'hunter2 # waxseal:ignore plaintext-secret'), []],
    ['above', PLAIN.replace('  password', '  # test only, waxseal:ignore plaintext-secret\n  password'), []],
    [
      'at the head of the document',
      `${CONFIG_MAP}---\n# why\n# waxseal:ignore private-key, plaintext-secret\n\n${PLAIN}`,
      [],
    ],
    ['on the separator', `${CONFIG_MAP}--- # waxseal:ignore plaintext-secret\n${PLAIN}`, []],
    [
      'for the next document only',
      `# waxseal:ignore plaintext-secret\n${CONFIG_MAP}---\n${PLAIN}`,
      ['16 plaintext-secret'],
    ],
    ['for another rule', `# waxseal:ignore private-key\n${PLAIN}`, ['8 plaintext-secret']],
    [
      'two lines above',
      `# waxseal:ignore\n${PLAIN.replace('stringData', '# waxseal:ignore plaintext-secret\nstringData')}`,
      ['9 plaintext-secret'],
    ],
  ] as const)('%s', async ([, content, expected]) => {
    const found = await rulesIn(content)
    expect(found.map((each) => each.replace(/:\d+/, ''))).toEqual(expected)
  })

  test('above a key in any file', async () => {
    const { pkcs8 = '' } = privateKeys()
    expect(await rulesIn(`// waxseal:ignore private-key\n${pkcs8}`, [], 'a.ts')).toEqual([])
    expect(await rulesIn(`${pkcs8}// waxseal:ignore private-key\n`, [], 'a.ts')).toEqual(['1:1 private-key'])
  })
})
