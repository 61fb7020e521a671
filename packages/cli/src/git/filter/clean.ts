import { type KeyFile, kindOfBlob, nonceBuilder, type Verifier, verifier } from '@waxseal/core/git-crypt'
import { ciphers } from '../ciphers.ts'
import type { Conversion, Converted } from './conversion.ts'
import { encrypted, type Former, matching } from './former.ts'
import { readHead } from './head.ts'
import { openSpool } from './spool.ts'

const NONE: Former = { entries: [], stagedOid: () => undefined }

/**
 * Plaintext in, blob out. A file that already is a blob of this very key goes through unchanged: that is how an interrupted unlock or
 * lock, and a work tree half of ciphertext, stay clean for git instead of being encrypted twice.
 */
export function cleaning({ entries }: KeyFile, former: Former = NONE): Conversion {
  const [latest] = entries
  const builder = nonceBuilder(ciphers, latest)
  const match = matching(former)
  const head = readHead()
  const spool = openSpool()
  let check: Verifier | undefined
  return {
    write(chunk) {
      builder.update(chunk)
      match.update(chunk)
      spool.append(chunk)
      const rest = head.push(chunk)
      if (check === undefined && head.isWhole && kindOfBlob(head.bytes()) === 'encrypted') {
        check = verifier(ciphers, entries, head.bytes())
      }
      check?.update(rest)
    },
    finish(): Converted {
      if (check?.entry() !== undefined) return { output: spool.pieces() }
      const output = match.blob(() => spool.pieces()) ?? encrypted(latest, builder.nonce(), spool.pieces())
      if (kindOfBlob(head.bytes()) !== 'encrypted') return { output }
      return { output, warning: 'is encrypted already, with another key, and is encrypted once more' }
    },
    close: () => spool.close(),
  }
}
