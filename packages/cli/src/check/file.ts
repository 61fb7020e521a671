/** One file's bytes, by all rules. */
import { WaxsealError } from '@waxseal/core'
import { decodeText } from '@waxseal/core/documents'
import { type Problem, positionAt, START } from './finding.ts'
import { merged } from './groups.ts'
import { mentionsSecret, NEEDLE } from './kinds.ts'
import { checkManifest } from './manifest.ts'
import type { KeyFacts } from './rules/key-facts.ts'
import { findPrivateKeys, mayHoldKey } from './rules/private-key.ts'
import { unexcused } from './suppress.ts'

const MANIFEST_NAME = /\.(?:ya?ml|json|jsonl|tpl|tmpl|gotmpl|j2)$/i
/** Content that begins like a manifest, whatever the file is called. */
const MANIFEST_START =
  /^(?:[ \t]*(?:#.*)?\r?\n|(?:---|%|\{\{).*\n)*(?:(?:apiVersion|kind|metadata|type|data|stringData|items)["']?\s*:|[{[][\s{["']*(?:apiVersion|kind|metadata|items)["'])/
const KIND_OF_ANY = /(?:^|[\s,{"'])(?:kind|apiVersion)["']?\s*:/
const GIT_CRYPT_KEY = Buffer.from('\0GITCRYPTKEY')
/** A NUL within so many bytes makes a file binary, as git has it. */
const BINARY_HEAD = 8000

/** @param path its name tells whether it is a manifest; `-` always is one */
export async function checkBytes(
  path: string,
  bytes: Uint8Array,
  keys: readonly KeyFacts[],
): Promise<readonly Problem[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isNamed = path === '-' || MANIFEST_NAME.test(path)
  if (buffer.subarray(0, GIT_CRYPT_KEY.length).equals(GIT_CRYPT_KEY)) return [gitCryptKey()]
  const wide = wideEncoding(buffer)
  if (wide !== undefined) return isNamed ? checkWide(buffer, wide, keys) : []
  if (isBinary(buffer)) return isNamed ? checkNul(buffer) : []
  const [mayKey, maySecret] = [mayHoldKey(buffer), buffer.includes(NEEDLE)]
  if (!mayKey && !maySecret) return []
  const text = new TextDecoder().decode(buffer)
  const problems = mayKey ? keyProblems(text) : []
  if (maySecret && mentionsSecret(text) && (isNamed || MANIFEST_START.test(text))) {
    problems.push(...invalidUtf8(buffer), ...(await checkManifest(text, keys)))
  }
  return merged(unexcused(problems, text))
}

/** A manifest with a NUL in it is misread by some tools, and refused by others. */
function checkNul(bytes: Buffer): readonly Problem[] {
  if (!bytes.includes(NEEDLE) || !mentionsSecret(bytes.toString('latin1'))) return []
  return [{ rule: 'encoding', message: 'the file holds NUL bytes, so it was not read: save it as UTF-8', ...START }]
}

export function isBinary(head: Uint8Array): boolean {
  return head.subarray(0, BINARY_HEAD).includes(0)
}

function gitCryptKey(): Problem {
  const message = 'a key of git-crypt: whoever has it opens all that is encrypted with it; take it out, and rotate it'
  return { rule: 'private-key', message, ...START }
}

function keyProblems(text: string): Problem[] {
  return findPrivateKeys(text).map(({ index, form }) => ({
    rule: 'private-key',
    message: `a private key in ${form}: take it out, and replace it wherever it is in use`,
    ...positionAt(text, index),
  }))
}

/** The name of an encoding with two bytes a letter, by its byte order mark, or as ASCII text in it looks. */
function wideEncoding(bytes: Buffer): string | undefined {
  const [a, b, c, d] = bytes
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0 && c !== 0 && d === 0)) return 'UTF-16LE'
  if ((a === 0xfe && b === 0xff) || (a === 0 && b !== 0 && c === 0 && d !== 0)) return 'UTF-16BE'
  return undefined
}

/** A manifest in UTF-16, as PowerShell's `>` writes it: its documents are checked all the same. */
async function checkWide(bytes: Buffer, encoding: string, keys: readonly KeyFacts[]): Promise<readonly Problem[]> {
  const decoded = new TextDecoder(encoding).decode(bytes)
  // UTF-32 looks like UTF-16 with a NUL at every other letter.
  const text = decoded.replaceAll('\0', '')
  if ((decoded.length !== text.length && encoding !== 'UTF-16LE') || !KIND_OF_ANY.test(text)) return []
  const problem = {
    rule: 'encoding',
    message: `the file is ${encoding}, which kubectl misreads: save it as UTF-8`,
    ...START,
  } as const
  const others = mentionsSecret(text) ? await checkManifest(text, keys) : []
  return merged(unexcused([problem, ...keyProblems(text), ...others], text))
}

function invalidUtf8(bytes: Buffer): readonly Problem[] {
  try {
    decodeText(bytes)
    return []
  } catch (error) {
    if (!(error instanceof WaxsealError)) throw error
    return [{ rule: 'encoding', message: `${error.message}: save it as UTF-8`, ...START }]
  }
}
