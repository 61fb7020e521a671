/** Opening SealedSecrets whose Secrets are rendered from templates. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { asObject, asStringMap } from '@waxseal/core'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { CERT, containing, KEY, type Sandbox, sandbox, secretYaml } from './support/sandbox.ts'
import { sealedValues } from './support/sealed.ts'

const MARKER = 'hunter2-PLAINTEXT'

/** A SealedSecret `shop/db` with these templates. */
async function sealedWith(
  box: Sandbox,
  data: Readonly<Record<string, string | null>>,
  values: Readonly<Record<string, string>> = { password: MARKER },
): Promise<string> {
  return stringify({
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name: 'db', namespace: 'shop' },
    spec: { encryptedData: await sealedValues(box, 'db', values), template: { data } },
  })
}

function valuesOf(json: string): Record<string, string> {
  const data = asStringMap(asObject(JSON.parse(json), 'Secret').data, 'data')
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))
}

const PROGRAMS = [
  ['waxseal unseal', (box: Sandbox) => box.waxseal(['unseal', '--key', KEY, '-o', 'json', 'db.yaml'])],
  [
    'kubeseal --recovery-unseal',
    (box: Sandbox) => box.kubeseal(['--recovery-unseal', '--recovery-private-key', KEY, '-f', 'db.yaml']),
  ],
] as const

describe.for(PROGRAMS)('%s', ([, open]) => {
  test('renders values, texts and functions; null leaves a key out', async () => {
    const box = sandbox()
    const data = { user: 'scott', url: 'pg://{{ .user }}:{{ .password | b64enc }}@db', password: null }
    box.write('db.yaml', await sealedWith(box, data))
    const { code, stdout, stderr } = await open(box)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(valuesOf(stdout)).toEqual({ user: 'scott', url: `pg://scott:${btoa(MARKER)}@db` })
  })

  test('says which template failed, and nothing of what was decrypted', async () => {
    const box = sandbox()
    const data = { broken: '{{ .a', 'app.conf': 'password\n  {{ fail (printf "%s!" .password) }}' }
    box.write('db.yaml', await sealedWith(box, data))
    const { code, stdout, stderr } = await open(box)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(
      'template: app.conf:2:5: executing "app.conf" at <fail (printf "%s!" .password)>: error calling fail',
    )
    expect(stderr).toContain('template: broken:1: unclosed action (broken)')
    expect(stderr).not.toContain(MARKER)
  })

  test('a template without end comes to one', async () => {
    const box = sandbox()
    box.write(
      'db.yaml',
      await sealedWith(box, {
        v: '{{ define "x" }}{{ range until 9999 }}{{ template "x" }}{{ end }}{{ end }}{{ template "x" }}',
      }),
    )
    const { code, stdout, stderr } = await open(box)
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: containing('template: v:1:') })
  })
})

test('not even the trace of a failure shows what was decrypted', async () => {
  const box = sandbox()
  box.write('db.yaml', await sealedWith(box, { v: '{{ fail .password }}' }))
  const { code, stderr } = await box.waxseal(['unseal', '--key', KEY, 'db.yaml'], { env: { WAXSEAL_DEBUG: '1' } })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^ {4}at /m)
  expect(stderr).not.toContain(MARKER)
})

test('the engine is loaded for templates only', async () => {
  const box = sandbox()
  const env = { NODE_V8_COVERAGE: join(box.folder, 'loaded') }
  const loads = async (args: readonly string[], stdin: string): Promise<boolean> => {
    const before = new Set(filesIn(env.NODE_V8_COVERAGE))
    const { code, stderr } = await box.waxseal(args, { stdin, env })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const texts = filesIn(env.NODE_V8_COVERAGE)
      .filter((file) => !before.has(file))
      .map((file) => readFileSync(file, 'utf8'))
    expect(texts.join()).toContain('bundle/waxseal.js')
    return texts.join().includes('lazy/template.js')
  }
  expect(await loads(['seal', '--cert', CERT], secretYaml('db', { password: 'x' }))).toBe(false)
  expect(await loads(['unseal', '--key', KEY], await sealedWith(box, { password: null }))).toBe(false)
  expect(await loads(['unseal', '--key', KEY], await sealedWith(box, { v: '{{ .password }}' }))).toBe(true)
})

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name))
  } catch {
    return []
  }
}
