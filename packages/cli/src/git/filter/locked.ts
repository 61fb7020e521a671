import { CliError } from '../../messages.ts'
import type { Git } from '../repo/git.ts'
import { line } from '../repo/git.ts'
import type { Conversion } from './conversion.ts'
import { readHead } from './head.ts'
import { looksEncrypted, noKey } from './keys.ts'
import { openSpool } from './spool.ts'

/** Checking out into a locked clone: everything as git has it. */
export function passing(): Conversion {
  const spool = openSpool()
  return {
    write: (chunk) => spool.append(chunk),
    finish: () => ({ output: spool.pieces() }),
    close: () => spool.close(),
  }
}

/**
 * Staging from a locked clone, which `waxseal git lock` leaves this guard in: ciphertext passes, plaintext does not, or a new secret would be
 * committed readable without anybody noticing. What git has as plaintext already, unchanged, passes too: nothing gets worse by it.
 */
export function guarding(name: string | undefined, git: Git, path: string): Conversion {
  const head = readHead()
  const spool = openSpool()
  return {
    write(chunk) {
      head.push(chunk)
      spool.append(chunk)
    },
    finish() {
      if (looksEncrypted(head.bytes())) return { output: spool.pieces() }
      const content = Buffer.concat([...spool.pieces()].map((piece) => Uint8Array.from(piece)))
      if (isStaged(git, path, content)) return { output: [content] }
      throw noKeyToEncrypt(name)
    },
    close: () => spool.close(),
  }
}

/** Showing differences in a locked clone: there is nothing to open ciphertext with. */
export function plainOnly(name: string | undefined): Conversion {
  const head = readHead()
  const inner = passing()
  return {
    write(chunk) {
      head.push(chunk)
      inner.write(chunk)
    },
    finish() {
      if (looksEncrypted(head.bytes())) throw noKey(name)
      return inner.finish()
    },
    close: () => inner.close(),
  }
}

function isStaged(git: Git, path: string, content: Uint8Array): boolean {
  const staged = git.attempt(['rev-parse', '--verify', '--quiet', `:${path}`])
  if (staged.status !== 0) return false
  return line(git.run(['hash-object', '--stdin'], { input: content })) === line(staged.stdout)
}

function noKeyToEncrypt(name: string | undefined): CliError {
  const { message, hint } = noKey(name)
  return new CliError(`cannot be staged as plain text: ${message}`, { hint })
}
