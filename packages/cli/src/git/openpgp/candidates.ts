/** Opening the keys in the repository: for each key whichever copy can be opened, past those that cannot. */
import { type KeyFile, parseKeyFile } from '@waxseal/core/git-crypt'
import { CliError } from '../../messages.ts'
import { fileNameOf } from '../keys/installed.ts'
import type { SharedKey } from '../keys/shared.ts'
import type { GitContext } from '../tools.ts'

/** Opens one copy. Throws CliError with the reason. */
export type Opener = (copy: SharedKey) => Promise<Uint8Array>

/**
 * The keys of which a copy opens. What does not open is told as a warning when another copy of that key did not make up for it. CliError
 * when none opens at all.
 */
export async function openCopies(
  copies: readonly SharedKey[],
  open: Opener,
  { stderr }: GitContext,
): Promise<readonly KeyFile[]> {
  const keys: KeyFile[] = []
  const failures: string[] = []
  for (const name of new Set(copies.map(({ name }) => name))) {
    const reasons: string[] = []
    for (const copy of copies.filter((each) => each.name === name)) {
      const key = await openCopy(copy, open, reasons)
      if (key === undefined) continue
      keys.push(key)
      reasons.length = 0
      break
    }
    failures.push(...reasons)
  }
  if (keys.length === 0) {
    throw new CliError(`no key could be opened: ${failures.join('; ')}`, {
      hint: 'somebody who has the key can give it to you: waxseal git add-gpg-user USER',
    })
  }
  for (const failure of failures) stderr.write(`warning: ${failure}\n`)
  return keys
}

async function openCopy(copy: SharedKey, open: Opener, reasons: string[]): Promise<KeyFile | undefined> {
  try {
    const key = parseKeyFile(await open(copy))
    if (key.name === copy.name) return key
    reasons.push(`${copy.path}: holds the key "${fileNameOf(key.name)}", not "${fileNameOf(copy.name)}"`)
  } catch (error) {
    // A copy that opens for others only, or is damaged, must not keep the next from being tried.
    if (!(error instanceof Error)) throw error
    reasons.push(`${copy.path}: ${error.message}`)
  }
  return undefined
}
