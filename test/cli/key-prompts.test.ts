/** `waxseal keys rotate` and `prune` on a terminal, made by `script` (util-linux): every step is asked for, and only a yes is one. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeUnless } from '../git/support/needs.ts'
import type { Sandbox } from './support/sandbox.ts'
import { ASKING_ROTATE, BIN, expectAllOpen, PASSPHRASE, ROTATE, stateOf, VAULT, vault } from './support/vault.ts'

interface Shown {
  readonly code: number | null
  readonly text: string
  /** The questions, without what follows. */
  readonly asked: readonly string[]
}

/** Answers the questions in turn; after the last answer, with `\u0004` as at the end of a terminal. */
async function onTerminal({ folder }: Sandbox, args: readonly string[], answers: readonly string[]): Promise<Shown> {
  const line = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, ...PASSPHRASE, NO_COLOR: '1' },
  })
  let text = ''
  const asked: string[] = []
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    const questions = [...text.matchAll(/^(.*)\? \[y\/N\] /gm)].map(([, question = '']) => question)
    while (asked.length < questions.length) {
      child.stdin.write(answers[asked.length] ?? '\u0004')
      asked.push(questions[asked.length] ?? '')
    }
  })
  await once(child, 'close')
  return { code: child.exitCode, text, asked }
}

const missing =
  spawnSync('script', ['--version']).error === undefined ? undefined : 'script (util-linux) is not installed'

describeUnless(missing, 'asked on a terminal', () => {
  const QUESTIONS = [
    /^write 2 keys to keys\.gpg for a passphrase$/,
    /^add a new key to folder vault\/keys$/,
    /^seal the SealedSecrets in 6 files again$/,
    /^retire the old keys that nothing needs$/,
  ]

  test('yes to everything, in any case, rotates', async () => {
    const box = await vault()
    const { code, asked } = await onTerminal(box, ASKING_ROTATE, ['y\n', 'Yes\r', 'YES\n', 'y\n'])
    expect([code, asked]).toEqual([0, QUESTIONS.map((question) => expect.stringMatching(question) as unknown)])
    expect(await stateOf(box)).toEqual(['active, seals', 'retired'])
    expectAllOpen(box)
  })

  const REFUSALS = [
    ['n\n', 0],
    ['n\n', 1],
    ['n\n', 2],
    ['n\n', 3],
    ['\n', 1],
    ['yesterday\n', 2],
    ['\u0004', 3],
  ] as const

  test.each(REFUSALS)('%j at step %i stops before it, and the same command goes on', async (no, step) => {
    const box = await vault()
    const { code, text, asked } = await onTerminal(box, ASKING_ROTATE, [...Array<string>(step).fill('y\n'), no])
    const stopped = /error: stopped before this step: [^\r\n]*\r?\nhint: what is done stays/
    expect([code, text]).toEqual([1, expect.stringMatching(stopped)])
    expect(asked).toEqual(QUESTIONS.slice(0, step + 1).map((question) => expect.stringMatching(question) as unknown))
    expect(existsSync(join(box.folder, 'keys.gpg'))).toBe(step > 0)
    expect(await stateOf(box)).toEqual(step > 1 ? ['active, seals', 'active'] : ['active, seals'])
    expectAllOpen(box)
    expect((await box.waxseal(ROTATE, { env: PASSPHRASE })).code).toBe(0)
    expect(await stateOf(box)).toEqual(['active, seals', 'retired'])
    expectAllOpen(box)
  })

  test('prune asks for each key', async () => {
    const box = await vault()
    for (let time = 0; time < 2; time++) expect((await box.waxseal(ROTATE, { env: PASSPHRASE })).code).toBe(0)
    const prune = ['keys', 'prune', ...VAULT, '--backup', 'keys.gpg', 'repository']
    const { code, text } = await onTerminal(box, prune, ['y\n', 'n\n'])
    expect([code, text]).toEqual([1, expect.stringContaining('error: stopped before this step: delete ')])
    expect(await stateOf(box)).toEqual(['active, seals', 'retired'])
    expectAllOpen(box)
  })
})
