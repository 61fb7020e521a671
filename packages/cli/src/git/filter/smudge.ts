import {
  cipherOf,
  HEADER_LENGTH,
  type KeyEntry,
  kindOfBlob,
  nonceOf,
  truncatedBlob,
  unopenedBlob,
  type Verifier,
  verifier,
} from '@waxseal/core/git-crypt'
import { CliError } from '../../messages.ts'
import { ciphers } from '../ciphers.ts'
import type { Conversion, Converted } from './conversion.ts'
import { readHead } from './head.ts'
import { openSpool } from './spool.ts'

export interface SmudgePolicy {
  /** What to do with a blob that is no ciphertext at all, asked only when there is one. */
  isStrict(): boolean
}

/** Blob in, plaintext out, once the whole of it is verified. A blob that was never encrypted comes out as it is, with a warning. */
export function smudging(entries: readonly KeyEntry[], policy: SmudgePolicy): Conversion {
  const head = readHead()
  const spool = openSpool()
  let check: Verifier | undefined
  return {
    write(chunk) {
      spool.append(chunk)
      const rest = head.push(chunk)
      if (check === undefined && head.isWhole && kindOfBlob(head.bytes()) === 'encrypted') {
        check = verifier(ciphers, entries, head.bytes())
      }
      check?.update(rest)
    },
    finish(): Converted {
      const kind = kindOfBlob(head.bytes())
      if (kind === 'truncated') throw truncatedBlob()
      if (kind === 'not-encrypted') return plain(head.bytes(), spool.pieces(), policy)
      const entry = check?.entry()
      if (entry === undefined) throw unopenedBlob()
      return { output: opened(entry, nonceOf(head.bytes()), spool.pieces()) }
    },
    close: () => spool.close(),
  }
}

function plain(head: Uint8Array, output: Iterable<Uint8Array>, policy: SmudgePolicy): Converted {
  if (head.length === 0) return { output }
  if (policy.isStrict()) {
    throw new CliError('not encrypted in git, and waxseal.strict is set', {
      hint: 'waxseal git status lists such files, status -f stages them encrypted',
    })
  }
  return { output, warning: 'not encrypted in git; waxseal git status tells more' }
}

function* opened(key: KeyEntry, nonce: Uint8Array, blob: Iterable<Uint8Array>): Iterable<Uint8Array> {
  const cipher = cipherOf(ciphers, key, nonce)
  let header = HEADER_LENGTH
  for (const piece of blob) {
    const skipped = Math.min(header, piece.length)
    header -= skipped
    if (skipped < piece.length) yield cipher.apply(piece.subarray(skipped))
  }
}
