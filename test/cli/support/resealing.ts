/** SealedSecrets for tests of `waxseal reseal` and `waxseal verify`: sealed for bravo, while alpha is the newest key. */
import { join } from 'node:path'
import { expect } from 'vitest'
import { CERT, KEY, type Sandbox, secretYaml } from './sandbox.ts'
import { KEYS } from './transcript.ts'

export const OLD: { readonly cert: string; readonly key: string } = {
  cert: join(KEYS, 'bravo.crt'),
  key: join(KEYS, 'bravo.key'),
}
/** What opens and seals without a cluster. */
export const OFFLINE: readonly string[] = ['--key', OLD.key, '--key', KEY, '--cert', CERT]

/** A SealedSecret as YAML, sealed with `kubeseal`, which notes no key, or with `waxseal`. */
export async function sealed(
  box: Sandbox,
  name: string,
  values: Readonly<Record<string, string>>,
  cert: string = OLD.cert,
): Promise<string> {
  const { stdout } = await box.kubeseal(['--cert', cert, '-o', 'yaml'], { stdin: secretYaml(name, values) })
  return stdout
}

export const noted = async (box: Sandbox, name: string, cert: string = OLD.cert): Promise<string> =>
  (await box.waxseal(['seal', '--cert', cert], { stdin: secretYaml(name, { a: 'one' }) })).stdout

/** The text with every sealed value and the note of the key masked. */
export const masked = (text: string): string =>
  text.replaceAll(/\bA[A-Za-z0-9+/]{300,}=*/g, '<sealed>').replaceAll(/\b[0-9a-f]{64}\b/g, '<key>')

/** Opens all with the newest key alone; the values as text, by data key. */
export async function opened(box: Sandbox, path: string): Promise<string> {
  const { stdout, code } = await box.waxseal(['unseal', '--key', KEY, '-o', 'json', path])
  expect(code).toBe(0)
  const data = [...stdout.matchAll(/"data": \{([^}]*)\}/g)].map(([, items]) => items).join()
  return [...data.matchAll(/"(\w+)": "([A-Za-z0-9+/]+=*)"/g)]
    .map(([, key, value]) => `${key}=${Buffer.from(value ?? '', 'base64').toString()}`)
    .join(' ')
}

/** A text that fits the pattern, inside of an object. */
export const like = (pattern: RegExp): unknown => expect.stringMatching(pattern)
