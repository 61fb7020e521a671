/**
 * git-crypt's key file: magic, format number, a header of fields, then entries of fields. A field is be32 id, be32 length, data; id 0
 * ends a header or entry. Unknown odd fields must be understood, unknown even ones may be skipped.
 */
import { concat, equalBytes, utf8 } from '../bytes.ts'
import { KeyFileError } from './key-file-error.ts'
import { checkKeyName } from './key-name.ts'

export interface KeyEntry {
  readonly version: number
  /** 32 bytes. */
  readonly aesKey: Uint8Array
  /** 64 bytes. */
  readonly hmacKey: Uint8Array
}

export interface KeyFile {
  /** Undefined for the default key. */
  readonly name: string | undefined
  /** At least one, the highest version first: that one encrypts. */
  readonly entries: readonly [KeyEntry, ...KeyEntry[]]
}

const AES_LENGTH = 32
const HMAC_LENGTH = 64
/** Random bytes that make up one entry. */
export const ENTRY_LENGTH: number = AES_LENGTH + HMAC_LENGTH
/** What a whole key file may weigh: the largest field, and some room. */
export const MAX_KEY_FILE: number = 2 * 1024 * 1024

const MAGIC = utf8('\0GITCRYPTKEY')
const FORMAT = 2
const MAX_FIELD = 1024 * 1024
const HEADER_NAME = 1
const ENTRY_VERSION = 1
const ENTRY_AES = 3
const ENTRY_HMAC = 5

/** @throws KeyFileError; never reads or allocates beyond the file, whatever its lengths claim. */
export function parseKeyFile(bytes: Uint8Array): KeyFile {
  const reader = readerOf(bytes)
  if (!equalBytes(reader.take(MAGIC.length, notAKey), MAGIC)) throw isLegacy(bytes) ? legacy() : notAKey()
  const format = reader.number()
  if (format !== FORMAT) {
    throw new KeyFileError('incompatible', `key file has format ${format}, only ${FORMAT} is known`)
  }
  const header = fields(reader, new Set([HEADER_NAME]))
  const name = header.get(HEADER_NAME)
  const entries: KeyEntry[] = []
  while (!reader.atEnd()) entries.push(entryOf(fields(reader, new Set([ENTRY_VERSION, ENTRY_AES, ENTRY_HMAC]))))
  return keyFile(name === undefined ? undefined : checkKeyName(latin1(name)), entries)
}

/** Puts the entries in order. @throws KeyFileError for none, or for two of one version: which one counts would be chance */
export function keyFile(name: string | undefined, entries: readonly KeyEntry[]): KeyFile {
  const [first, ...rest] = entries.toSorted((a, b) => b.version - a.version)
  if (first === undefined) throw new KeyFileError('no-entries', 'key file holds no key')
  if (new Set(entries.map(({ version }) => version)).size < entries.length) {
    throw malformed('two keys of the same version')
  }
  return { name, entries: [first, ...rest] }
}

export function writeKeyFile({ name, entries }: KeyFile): Uint8Array {
  const header = name === undefined ? [] : [field(HEADER_NAME, utf8(checkKeyName(name)))]
  const body = entries.flatMap(({ version, aesKey, hmacKey }) => [
    field(ENTRY_VERSION, be32(version)),
    field(ENTRY_AES, aesKey),
    field(ENTRY_HMAC, hmacKey),
    be32(0),
  ])
  return concat(MAGIC, be32(FORMAT), ...header, be32(0), ...body)
}

/** A new entry out of ENTRY_LENGTH random bytes. */
export function entryFrom(random: Uint8Array, version = 0): KeyEntry {
  return { version, aesKey: random.slice(0, AES_LENGTH), hmacKey: random.slice(AES_LENGTH, ENTRY_LENGTH) }
}

/** Reads the format of git-crypt 0.3 and before: the two keys and nothing else. @throws KeyFileError `malformed` */
export function parseLegacyKeyFile(bytes: Uint8Array): KeyFile {
  if (!isLegacy(bytes)) throw malformed(`a key file from before git-crypt 0.4 has exactly ${ENTRY_LENGTH} bytes`)
  return keyFile(undefined, [entryFrom(bytes)])
}

const isLegacy = (bytes: Uint8Array): boolean => bytes.length === ENTRY_LENGTH && !startsWithMagic(bytes)

const startsWithMagic = (bytes: Uint8Array): boolean => equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)

function entryOf(found: ReadonlyMap<number, Uint8Array>): KeyEntry {
  const exactly = (id: number, length: number, what: string): Uint8Array => {
    const data = found.get(id)
    if (data?.length !== length) throw malformed(data === undefined ? `no ${what}` : `${what} of a wrong length`)
    return data
  }
  const version = exactly(ENTRY_VERSION, 4, 'key version')
  return {
    version: number32(version),
    aesKey: exactly(ENTRY_AES, AES_LENGTH, 'AES key'),
    hmacKey: exactly(ENTRY_HMAC, HMAC_LENGTH, 'HMAC key'),
  }
}

/** The known fields up to the end mark. */
function fields(reader: Reader, known: ReadonlySet<number>): ReadonlyMap<number, Uint8Array> {
  const found = new Map<number, Uint8Array>()
  for (let id = reader.number(); id !== 0; id = reader.number()) {
    const length = reader.number()
    if (length > MAX_FIELD) throw malformed('a field larger than 1 MiB')
    const data = reader.take(length)
    if (known.has(id)) {
      if (found.has(id)) throw malformed('a field that is there twice')
      found.set(id, data)
    } else if (id % 2 === 1) {
      throw new KeyFileError('incompatible', `key file has a field (${id}) that this version does not know`)
    }
  }
  return found
}

interface Reader {
  atEnd(): boolean
  number(): number
  take(length: number, error?: () => KeyFileError): Uint8Array
}

function readerOf(bytes: Uint8Array): Reader {
  let at = 0
  const take = (length: number, error = truncated): Uint8Array => {
    if (bytes.length - at < length) throw error()
    at += length
    return bytes.slice(at - length, at)
  }
  return { take, atEnd: () => at === bytes.length, number: () => number32(take(4)) }
}

const number32 = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)

function be32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

const field = (id: number, data: Uint8Array): Uint8Array => concat(be32(id), be32(data.length), data)

/** Byte by byte, so that the check of the name sees what stands there. */
const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')

const malformed = (what: string): KeyFileError => new KeyFileError('malformed', `malformed key file: ${what}`)
const truncated = (): KeyFileError => malformed('it is truncated')
const notAKey = (): KeyFileError => new KeyFileError('malformed', 'not a git-crypt key file')

function legacy(): KeyFileError {
  return new KeyFileError(
    'legacy',
    'key file is from before git-crypt 0.4',
    'waxseal git migrate-key OLD NEW writes it in the present format',
  )
}
