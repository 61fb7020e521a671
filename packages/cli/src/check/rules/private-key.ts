import { isOpenSecretKey, OPENPGP_HEADER } from './openpgp-key.ts'

/** Private keys in a text, as PEM blocks, OpenPGP keys, identities of age, as base64 of such, or as base64 of their bytes. What merely looks like one (an example, an encrypted key) is not meant. */

export interface KeyFound {
  /** Where the block, or its base64, begins. */
  readonly index: number
  readonly form: 'plain text' | 'base64'
}

/** Base64 that a PEM block with a private key shows in, by where it begins within a group of three bytes. */
interface Trace {
  readonly fragment: string
  /** What to put in front of the base64 and of its decoded text, to have a whole block again. */
  readonly lead: string
  readonly drop: number
  readonly prefix: string
}

const WORDS = 'PRIVATE KEY'
const TRACES: readonly Trace[] = [
  { fragment: 'LS0tLS1CRUdJTi', lead: '', drop: 0, prefix: '' },
  ...[0, 1, 2].map(traceAt),
]

function traceAt(drop: number): Trace {
  const letters = btoa(`${' '.repeat(drop)}${WORDS}-----`)
  const from = Math.ceil((drop * 8) / 6)
  const to = Math.floor(((drop + WORDS.length) * 8) / 6)
  return { fragment: letters.slice(from, to), lead: letters.slice(0, from), drop, prefix: '-----BEGIN ' }
}

/**
 * Base64 of a key without PEM around it, by how its bytes begin. DER: a sequence, version and algorithm (RFC 5208, RFC 8017 A.1.2,
 * RFC 8410), after lengths that take 4 bytes for RSA, so that these letters always stand alike; and a key file of git-crypt.
 */
const BARE: readonly { readonly fragment: string; readonly whole: RegExp }[] = [
  {
    fragment: 'IBADANBgkqhkiG9w0BAQEFAASC',
    whole: /\bMII[A-Za-z0-9+/]{3}IBADANBgkqhkiG9w0BAQEFAASC[A-Za-z0-9+/]{20}/g,
  },
  { fragment: 'IBAAKC', whole: /\bMII[A-Za-z0-9+/]{3}IBAAKC[A-Za-z0-9+/]{40}/g },
  { fragment: 'GByqGSM49AgEG', whole: /\bMI[A-Za-z0-9+/]{2}AgEAMB[A-Z]GByqGSM49AgEG[A-Za-z0-9+/]{20}/g },
  { fragment: 'MC4CAQAwBQYDK2Vw', whole: /\bMC4CAQAwBQYDK2VwBCIEI[A-Za-z0-9+/]{42}/g },
  { fragment: 'AEdJVENSWVBUS0VZ', whole: /\bAEdJVENSWVBUS0VZAAAA[A-Za-z0-9+/]{20}/g },
]

/** An identity of age in Bech32, also one of its hybrid form. An example has the same letter all over. */
const AGE = /\bAGE-SECRET-KEY-(?:PQ-)?1([QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58,})/g
const AGE_WORDS = 'AGE-SECRET-KEY-'
const FEW_LETTERS = 8

const NEEDLES: readonly Buffer[] = [
  WORDS,
  AGE_WORDS,
  ...TRACES.map(({ fragment }) => fragment),
  ...BARE.map(({ fragment }) => fragment),
].map((text) => Buffer.from(text))

/** Whether looking closer is worth it. No false negatives; costs a scan of the bytes. */
export function mayHoldKey(bytes: Buffer): boolean {
  return NEEDLES.some((needle) => bytes.includes(needle))
}

export function findPrivateKeys(text: string): readonly KeyFound[] {
  const plain = [...plainKeys(text)].map((index): KeyFound => ({ index, form: 'plain text' }))
  return [...plain, ...encodedKeys(text), ...bareKeys(text)].toSorted((a, b) => a.index - b.index)
}

const HEADER = /-----BEGIN (?:[A-Z0-9]+ )?PRIVATE KEY-----/g
/** How far behind the header its data may begin: quotes, comment marks and headers stand between. */
const REACH = 400
const DATA = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}/

function* plainKeys(text: string): Iterable<number> {
  for (const { 0: header, index } of text.matchAll(HEADER)) {
    const behind = text.slice(index + header.length, index + header.length + REACH).replace(/\\+[nrt]/g, '\n')
    const data = DATA.exec(behind.split('-----')[0] ?? '')?.[0]
    if (data !== undefined && isOpenKey(data)) yield index
  }
  for (const { 0: header, index } of text.matchAll(OPENPGP_HEADER))
    if (isOpenSecretKey(text.slice(index + header.length))) yield index
  for (const { 1: letters = '', index } of text.matchAll(AGE)) if (new Set(letters).size > FEW_LETTERS) yield index
}

/** PKCS#1, PKCS#8 and SEC1 begin with a sequence and a version; an encrypted PKCS#8 key has no version. */
const DER_KEY = /^30(?:[0-7].|81..|82....)02010[01]/
/** OpenSSH's own format, by its magic, with the cipher `none`. */
const OPENSSH_KEY = Buffer.from('openssh-key-v1\0\0\0\0\u0004none').toString('hex')

function isOpenKey(base64: string): boolean {
  const start = Buffer.from(base64.slice(0, 40), 'base64').toString('hex')
  return DER_KEY.test(start) || start.startsWith(OPENSSH_KEY)
}

/** More base64 than this behind a header is looked at no further: certificates may stand in front of a key. */
const MAX_RUN = 64 * 1024
/** Letters of base64, in lines that may be indented, as YAML and `base64` wrap them. */
const RUN = /[A-Za-z0-9+/]+(?:(?:\r?\n[ \t]*|\\+n)[A-Za-z0-9+/]+)*/y

function encodedKeys(text: string): readonly KeyFound[] {
  const found: { readonly from: number; readonly to: number }[] = []
  for (const { fragment, lead, drop, prefix } of TRACES) {
    for (let at = text.indexOf(fragment); at !== -1; at = text.indexOf(fragment, at + 1)) {
      if (found.some(({ from, to }) => at >= from && at < to)) continue
      RUN.lastIndex = 0
      const run = RUN.exec(text.slice(at, at + MAX_RUN))?.[0] ?? ''
      const letters = lead + run.replace(/\\+n|\s+/g, '')
      const decoded = prefix + Buffer.from(letters, 'base64').toString('latin1').slice(drop)
      if (!plainKeys(decoded)[Symbol.iterator]().next().done) found.push({ from: at, to: at + run.length })
    }
  }
  return found.map(({ from }) => ({ index: from, form: 'base64' }))
}

/** Those without a header in front: with one, the block has been found already, or says that it is no open key. */
function bareKeys(text: string): readonly KeyFound[] {
  return BARE.flatMap(({ whole }) => [...text.matchAll(whole)])
    .filter(({ index }) => !text.slice(Math.max(0, index - REACH), index).includes('PRIVATE KEY-----'))
    .map(({ index }): KeyFound => ({ index, form: 'base64' }))
}
