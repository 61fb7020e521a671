import { hmac } from '@noble/hashes/hmac.js'
import { scrypt } from '@noble/hashes/scrypt.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { type ByteString, bytes, toBytes } from '../text/bytestring.ts'

/** The Master Password algorithm, version 3 without its later changes, as sprig has it. */
const SEED = 'com.lyndir.masterpassword'

const TEMPLATES: ReadonlyMap<string, readonly string[]> = new Map([
  ['maximum', ['anoxxxxxxxxxxxxxxxxx', 'axxxxxxxxxxxxxxxxxno']],
  [
    'long',
    [
      'CvcvnoCvcvCvcv',
      'CvcvCvcvnoCvcv',
      'CvcvCvcvCvcvno',
      'CvccnoCvcvCvcv',
      'CvccCvcvnoCvcv',
      'CvccCvcvCvcvno',
      'CvcvnoCvccCvcv',
      'CvcvCvccnoCvcv',
      'CvcvCvccCvcvno',
      'CvcvnoCvcvCvcc',
      'CvcvCvcvnoCvcc',
      'CvcvCvcvCvccno',
      'CvccnoCvccCvcv',
      'CvccCvccnoCvcv',
      'CvccCvccCvcvno',
      'CvcvnoCvccCvcc',
      'CvcvCvccnoCvcc',
      'CvcvCvccCvccno',
      'CvccnoCvcvCvcc',
      'CvccCvcvnoCvcc',
      'CvccCvcvCvccno',
    ],
  ],
  ['medium', ['CvcnoCvc', 'CvcCvcno']],
  ['short', ['Cvcn']],
  ['basic', ['aaanaaan', 'aannaaan', 'aaannaaa']],
  ['pin', ['nnnn']],
])

const CONSONANTS = 'BCDFGHJKLMNPQRSTVWXYZ'
const VOWELS = 'AEIOU'
const LETTERS = `${VOWELS}${VOWELS.toLowerCase()}${CONSONANTS}${CONSONANTS.toLowerCase()}`
const CLASSES: Readonly<Record<string, string>> = {
  V: VOWELS,
  C: CONSONANTS,
  v: VOWELS.toLowerCase(),
  c: CONSONANTS.toLowerCase(),
  A: VOWELS + CONSONANTS,
  a: LETTERS,
  n: '0123456789',
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: `${LETTERS}0123456789!@#$%^&*()`,
}

function uint32(value: number): string {
  return String.fromCharCode((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
}

/** Undefined for a kind of password that there is not. Takes about 200 ms. */
export function masterPassword(
  counter: number,
  kind: ByteString,
  password: ByteString,
  user: ByteString,
  site: ByteString,
): ByteString | undefined {
  const templates = TEMPLATES.get(kind)
  if (templates === undefined) return undefined
  const salt = bytes(`${SEED}${uint32(user.length)}${user}`)
  const key = scrypt(toBytes(password), toBytes(salt), { N: 32_768, r: 8, p: 2, dkLen: 64 })
  const message = bytes(`${SEED}${uint32(site.length)}${site}${uint32(counter)}`)
  const seed = hmac(sha256, key, toBytes(message))
  const template = templates[(seed[0] ?? 0) % templates.length] ?? ''
  const letters = Array.from(template, (letter, index) => {
    const choices = CLASSES[letter] ?? ''
    return choices.charAt((seed[index + 1] ?? 0) % choices.length)
  })
  return bytes(letters.join(''))
}
