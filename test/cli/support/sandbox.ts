/** A folder of its own for one test, with the bins run in it. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { type Bin, type Result, type RunOptions, run } from './bin.ts'
import { KEYS } from './transcript.ts'

type Options = Omit<RunOptions, 'cwd'>

export interface Sandbox {
  readonly folder: string
  readonly waxseal: (args: readonly string[], options?: Options) => Promise<Result>
  readonly kubeseal: (args: readonly string[], options?: Options) => Promise<Result>
  readonly write: (path: string, content: string | Uint8Array) => string
  readonly read: (path: string) => string
  /** Names in the folder, sorted: what a run left there. */
  readonly list: () => readonly string[]
}

/** A fresh folder, removed when the test that asked for it is done. */
export function sandbox(): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-cli-'))
  onTestFinished(() => {
    chmodSync(folder, 0o700)
    rmSync(folder, { recursive: true, force: true })
  })
  const runner =
    (bin: Bin) =>
    (args: readonly string[], options: Options = {}) =>
      run(bin, args, { cwd: folder, ...options })
  return {
    folder,
    waxseal: runner('waxseal'),
    kubeseal: runner('kubeseal'),
    write: (path, content) => {
      writeFileSync(join(folder, path), content)
      return join(folder, path)
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    list: () => readdirSync(folder).toSorted(),
  }
}

/** Certificate and private key of the vectors' RSA-2048 pair. */
export const CERT: string = join(KEYS, 'alpha.crt')
export const KEY: string = join(KEYS, 'alpha.key')

/** A Secret as YAML; `fields` replaces or adds top-level blocks. */
export function secretYaml(name: string, values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`)
  return `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\n  namespace: shop\nstringData:\n${lines.join('')}`
}

/** `expect.stringMatching`, whose type says any. */
export function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern)
}

/** `expect.stringContaining`, whose type says any. */
export function containing(text: string): unknown {
  return expect.stringContaining(text)
}
