/** What a run does when files, engines and people get in its way. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WaxsealError } from '@waxseal/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Context } from '../../src/context.ts'
import { nodeContext } from '../../src/io/node.ts'
import { CliError } from '../../src/messages.ts'
import { type Engine, Refused } from '../../src/reseal/engine.ts'
import { resealFiles } from '../../src/reseal/run.ts'

const VALUE = (letter: string): string => `AgB${letter.repeat(400)}`
const manifest = (name: string, letter = 'x'): string =>
  `kind: SealedSecret\napiVersion: bitnami.com/v1alpha1\nmetadata:\n  name: ${name}\nspec:\n  encryptedData:\n    a: ${VALUE(letter)}\n`

interface World {
  readonly folder: string
  readonly paths: readonly string[]
  readonly context: Context
  readonly said: () => string
  readonly read: (name: string) => string
  readonly run: (reseal: Engine['reseal'], inFlight?: number) => ReturnType<typeof resealFiles>
}

function world(files: Readonly<Record<string, string>>, isTerminal = false): World {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-reseal-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const paths = Object.keys(files).map((name) => join(folder, name))
  let said = ''
  const stderr = {
    isTerminal,
    write: (text: string | Uint8Array) => {
      said += String(text)
    },
  }
  const context = { ...nodeContext(), stderr, env: {} }
  return {
    folder,
    paths,
    context,
    said: () => said,
    read: (name) => readFileSync(join(folder, name), 'utf8'),
    run: (reseal, inFlight = 2) =>
      resealFiles(context, { fingerprint: 'f', inFlight, reseal }, { paths, namespace: undefined, dryRun: false }),
  }
}

/** Seals for nobody: the letters change. */
const fresh: Engine['reseal'] = () => Promise.resolve({ encryptedData: { a: VALUE('y') }, believed: false })

test('a file that somebody else changes meanwhile is not overwritten', async () => {
  const { paths, run, read, folder } = world({ 'a.yaml': manifest('a'), 'b.yaml': manifest('b') })
  const theirs = manifest('theirs')
  const { files } = await run(async (sealed) => {
    if (sealed.metadata.name === 'a') writeFileSync(paths[0] ?? '', theirs)
    return fresh(sealed)
  })
  expect([read('a.yaml'), read('b.yaml')]).toEqual([theirs, manifest('b', 'y')])
  expect(files.flatMap(({ rows }) => rows.map(({ result }) => result))).toEqual(['failed', 'resealed'])
  expect(files[0]?.rows[0]?.error).toMatch(/a\.yaml was changed by somebody else/)
  expect(readdirSync(folder)).toEqual(['a.yaml', 'b.yaml'])
})

describe('failures', () => {
  test.each([new WaxsealError('no-key', 'no key'), new Refused('refused')])(
    '%s is that of one SealedSecret',
    async (error) => {
      const { run, read } = world({ 'a.yaml': manifest('a'), 'b.yaml': manifest('b') })
      const { files, stopped } = await run(async (sealed) => {
        if (sealed.metadata.name === 'a') throw error
        return fresh(sealed)
      })
      expect(files.map(({ changed }) => changed)).toEqual([false, true])
      expect(stopped).toBeUndefined()
      expect(read('b.yaml')).toBe(manifest('b', 'y'))
    },
  )

  test('anything else ends the run, with what was done kept', async () => {
    const names = Array.from({ length: 100 }, (_, i) => `n${i}`)
    const { run, read } = world(Object.fromEntries(names.map((name) => [`${name}.yaml`, manifest(name)])))
    const gone = new CliError('the cluster is gone')
    let asked = 0
    const { files, stopped } = await run(async (sealed) => {
      asked += 1
      await new Promise((resolve) => setTimeout(resolve, 5))
      if (sealed.metadata.name === 'n5') throw gone
      return fresh(sealed)
    })
    expect(stopped).toEqual({ error: gone })
    expect(asked).toBeLessThan(100)
    for (const { path, changed } of files) {
      expect(changed).toBe(true)
      expect(readFileSync(path, 'utf8')).toContain(VALUE('y'))
    }
    expect(names.filter((name) => read(`${name}.yaml`).includes(VALUE('x'))).length).toBe(100 - files.length)
  })
})

test('no more SealedSecrets are in work at a time than the engine takes, also of one file', async () => {
  const many = Array.from({ length: 50 }, (_, i) => manifest(`n${i}`)).join('---\n')
  let [now, most] = [0, 0]
  await world({ 'many.yaml': many, 'more.yaml': many }).run(async (sealed) => {
    now += 1
    most = Math.max(most, now)
    await new Promise((resolve) => setTimeout(resolve, 1))
    now -= 1
    return fresh(sealed)
  }, 3)
  expect(most).toBe(3)
})

describe('a bar', () => {
  const files = Object.fromEntries(Array.from({ length: 3 }, (_, i) => [`${i}.yaml`, manifest(`n${i}`)]))

  test('is drawn on a terminal, and taken away', async () => {
    const { run, said } = world(files, true)
    await run(fresh)
    expect(said()).toMatch(/^\rsealing again \[#{10}\.{20}\] 1\/3/)
    expect(said().endsWith('\r\u001B[K')).toBe(true)
  })

  test('is not drawn elsewhere', async () => {
    const { run, said } = world(files)
    await run(fresh)
    expect(said()).toBe('')
  })
})
