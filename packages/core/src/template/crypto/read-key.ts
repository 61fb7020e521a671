import forge from 'node-forge'
import { parsePem } from '../../pem.ts'
import { CallFault } from '../fault.ts'
import { type ByteString, bytes, decode, fromBytes, toBytes } from '../text/bytestring.ts'
import { childrenOf, type Der, readDer, TAG, toNumber } from './der.ts'
import { CURVES, type CurveName, EC_PUBLIC_KEY, ED25519, type PrivateKey, RSA_ENCRYPTION } from './keys.ts'

/** No certificate and no key is longer. */
const LONGEST = 65_536

/** The first block of a PEM text. Undefined where there is none. */
export function firstBlock(text: ByteString): { label: string; der: ByteString } | undefined {
  if (text.length > LONGEST) return undefined
  const block = parsePem(decode(text)).find(({ der }) => der !== undefined)
  return block?.der === undefined ? undefined : { label: block.label, der: fromBytes(block.der) }
}

/** Reads a private key of PKCS#1, SEC 1, PKCS#8 or OpenSSL's DSA form. Throws CallFault. */
export function readKey(text: ByteString): PrivateKey {
  const block = firstBlock(text)
  if (block === undefined) throw new CallFault('no PEM data in input')
  const { label, der } = block
  if (!label.endsWith('PRIVATE KEY')) throw new CallFault('no private key data in PEM block')
  try {
    if (label === 'PRIVATE KEY') return fromPkcs8(der)
    if (label === 'RSA PRIVATE KEY') return rsa(der)
    if (label === 'EC PRIVATE KEY') return fromSec1(der, undefined)
    if (label === 'DSA PRIVATE KEY') return dsa(der)
  } catch {
    // What a parser says may hold pieces of the key.
    throw new CallFault('malformed private key')
  }
  throw new CallFault('invalid private key type')
}

function rsa(der: ByteString): PrivateKey {
  const key = forge.pki.privateKeyFromAsn1(forge.asn1.fromDer(der))
  // Signing with numbers that do not belong together could tell one of them.
  if (key.p.multiply(key.q).compareTo(key.n) !== 0) throw new RangeError('not an RSA key')
  return { algorithm: 'rsa', der }
}

function dsa(der: ByteString): PrivateKey {
  if (childrenOf(readDer(der)).length < 6) throw new RangeError('not a DSA key')
  return { algorithm: 'dsa', der }
}

function fromPkcs8(der: ByteString): PrivateKey {
  const [, algorithm, key] = childrenOf(readDer(der))
  const [id, parameters] = childrenOf(algorithm)
  if (key?.tag !== TAG.octets) throw new RangeError('no key')
  if (id?.raw === RSA_ENCRYPTION) return rsa(key.content)
  if (id?.raw === EC_PUBLIC_KEY) return fromSec1(key.content, parameters)
  if (id?.raw !== ED25519) throw new RangeError('unknown algorithm')
  const seed = readDer(key.content)
  if (seed.content.length !== 32) throw new RangeError('not an Ed25519 key')
  return { algorithm: 'ed25519', seed: toBytes(seed.content) }
}

/** The curve stands in the key, or around it in PKCS#8. */
function fromSec1(der: ByteString, outer: Der | undefined): PrivateKey {
  const [, secret, ...optional] = childrenOf(readDer(der))
  const inner = optional.find(({ tag }) => tag === 0xa0)
  const parameters = outer?.raw ?? (inner === undefined ? undefined : readDer(inner.content).raw)
  const curve = curveOf(parameters)
  if (secret?.tag !== TAG.octets || curve === undefined) throw new RangeError('not an EC key')
  const { size, curve: points } = CURVES[curve]
  const padded = toBytes(bytes(secret.content.slice(-size).padStart(size, '\0')))
  if (toNumber(secret.content) >> BigInt(size * 8) !== 0n || !points.utils.isValidSecretKey(padded)) {
    throw new RangeError('not a key of the curve')
  }
  return { algorithm: 'ecdsa', curve, secret: padded }
}

function curveOf(parameters: ByteString | undefined): CurveName | undefined {
  const names: readonly CurveName[] = ['P-256', 'P-384', 'P-521']
  return names.find((name) => CURVES[name].oid === parameters)
}
