import { cbc } from '@noble/ciphers/aes.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { encodeBase64 as encodeSalt, hashSync } from 'bcryptjs'
import { decodeBase64, encodeBase64, toHex } from '../../bytes.ts'
import { masterPassword } from '../crypto/master-password.ts'
import { CallFault } from '../fault.ts'
import { type ByteString, bytes, decode, fromBytes, isValidUtf8, toBytes } from '../text/bytestring.ts'
import { type Context, type FunctionTable, type GoFunction, go } from './go.ts'

const BLOCK = 16
const AES_KEY = 32
const BCRYPT_COST = 10
const BCRYPT_LONGEST = 72
/** Steps that the slow ones take, for the budget. */
const STEPS = { bcrypt: 70_000, masterPassword: 300_000 } as const
const HASHED_BYTES_A_STEP = 32

function hexHash(hash: (message: Uint8Array) => Uint8Array): GoFunction {
  return go('func(string) string', ({ budget }, text) => {
    budget.spend(4 + Math.ceil(text.length / HASHED_BYTES_A_STEP))
    return bytes(toHex(hash(toBytes(text))))
  })
}

function adler32(text: ByteString): number {
  let [a, b] = [1, 0]
  for (let i = 0; i < text.length; i++) {
    a = (a + text.charCodeAt(i)) % 65_521
    b = (b + a) % 65_521
  }
  return b * 65_536 + a
}

/** A bcrypt hash; an error of Go's library is the text, as in sprig. */
function bcrypt({ budget, ports }: Context, password: ByteString): ByteString {
  if (password.length > BCRYPT_LONGEST) {
    return bytes('failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes')
  }
  // The library takes text only, and other bytes would be hashed as something else.
  if (!isValidUtf8(password)) throw new CallFault('password is not valid UTF-8')
  budget.spend(STEPS.bcrypt)
  const salt = encodeSalt(ports.random(16), 16)
  return bytes(hashSync(decode(password), `$2a$${BCRYPT_COST}$${salt}`))
}

/** The first 32 bytes of the password, filled up with zeros. */
function aesKey(password: ByteString): Uint8Array<ArrayBuffer> {
  return toBytes(bytes(password.slice(0, AES_KEY).padEnd(AES_KEY, '\0')))
}

/** AES-256-CBC with a random vector before the ciphertext: sprig's format, which nothing authenticates. */
function encryptAes({ budget, ports }: Context, password: ByteString, text: ByteString): ByteString {
  if (text === '') return text
  budget.spend(20 + Math.ceil(text.length / 4))
  const vector = ports.random(BLOCK)
  const padding = BLOCK - (text.length % BLOCK)
  const padded = toBytes(bytes(text + String.fromCharCode(padding).repeat(padding)))
  const sealed = cbc(aesKey(password), vector, { disablePadding: true }).encrypt(padded)
  return budget.made(bytes(encodeBase64(Uint8Array.from([...vector, ...sealed]))))
}

function decryptAes({ budget }: Context, password: ByteString, text: ByteString): ByteString {
  if (text === '') return text
  budget.spend(20 + Math.ceil(text.length / 4))
  const sealed = base64(text)
  if (sealed.length < BLOCK) throw new CallFault('runtime error: slice bounds out of range')
  if (sealed.length % BLOCK !== 0) throw new CallFault('crypto/cipher: input not full blocks')
  if (sealed.length === BLOCK) throw new CallFault('runtime error: index out of range')
  const cipher = cbc(aesKey(password), sealed.subarray(0, BLOCK), { disablePadding: true })
  const opened = cipher.decrypt(sealed.subarray(BLOCK))
  const padding = opened.at(-1) ?? 0
  if (padding > opened.length) throw new CallFault('runtime error: slice bounds out of range')
  return fromBytes(opened.subarray(0, opened.length - padding))
}

function base64(text: ByteString): Uint8Array {
  try {
    return decodeBase64(text)
  } catch {
    throw new CallFault('illegal base64 data')
  }
}

export const CRYPTO: FunctionTable = {
  sha1sum: hexHash(sha1),
  sha256sum: hexHash(sha256),
  sha512sum: hexHash(sha512),
  adler32sum: go('func(string) string', ({ budget }, text) => {
    budget.spend(Math.ceil(text.length / HASHED_BYTES_A_STEP))
    return bytes(String(adler32(text)))
  }),
  bcrypt: go('func(string) string', bcrypt),
  htpasswd: go('func(string, string) string', (context, user, password) =>
    user.includes(':') ? bytes(`invalid username: ${user}`) : bytes(`${user}:${bcrypt(context, password)}`),
  ),
  derivePassword: go(
    'func(uint32, string, string, string, string) string',
    ({ budget }, counter, kind, password, user, site) => {
      budget.spend(STEPS.masterPassword)
      const made = masterPassword(Number(counter), kind, password, user, site)
      return made ?? bytes(`cannot find password template ${kind}`)
    },
  ),
  encryptAES: go('func(string, string) (string, error)', encryptAes),
  decryptAES: go('func(string, string) (string, error)', decryptAes),
}
