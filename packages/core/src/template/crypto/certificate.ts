import { sha256 } from '@noble/hashes/sha2.js'
import { encodeBase64 } from '../../bytes.ts'
import { writePem } from '../../pem.ts'
import { CallFault } from '../fault.ts'
import type { Context } from '../functions/go.ts'
import { randomBelow } from '../functions/random.ts'
import { type ByteString, bytes, fromBytes, isValidUtf8, toBytes } from '../text/bytestring.ts'
import { Certificate } from '../value/values.ts'
import { bitString, childrenOf, encodeDer, explicit, integer, oid, readDer, sequence, TAG } from './der.ts'
import { type PrivateKey, publicKeyInfo, writeKey } from './keys.ts'
import { sign, signatureAlgorithm } from './sign.ts'

export interface Request {
  readonly commonName: ByteString
  /** 4 or 16 bytes each. */
  readonly addresses: readonly (readonly number[])[]
  readonly names: readonly ByteString[]
  readonly days: bigint
  readonly isAuthority: boolean
}

export interface Issuer {
  readonly key: PrivateKey
  /** DER of its name. */
  readonly name: ByteString
  readonly keyIdentifier: ByteString | undefined
}

const DAY = 86_400_000
/** The end of the year 9999, beyond which certificates have no dates. */
const LAST = 253_402_300_799_000

/** Bits of KeyUsage: digitalSignature and keyEncipherment, with keyCertSign for an authority. */
const KEY_USAGE = { leaf: '\x05\xa0', authority: '\x02\xa4' } as const
const EXTENSION = {
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  basicConstraints: '2.5.29.19',
  subjectKeyIdentifier: '2.5.29.14',
  authorityKeyIdentifier: '2.5.29.35',
  alternativeNames: '2.5.29.17',
} as const
const SERVER_AUTH = oid('1.3.6.1.5.5.7.3.1')
const CLIENT_AUTH = oid('1.3.6.1.5.5.7.3.2')
const TRUE = encodeDer(0x01, '\xff')

/** Makes a certificate as sprig does; without an issuer it signs itself. Throws CallFault. */
export function createCertificate(context: Context, request: Request, key: PrivateKey, issuer?: Issuer): Certificate {
  const info = publicKeyInfo(key)
  if (info === undefined) throw new CallFault('error creating certificate: x509: unsupported public key')
  const subject = nameOf(request.commonName)
  const signer = issuer ?? { key, name: subject, keyIdentifier: undefined }
  const algorithm = signatureAlgorithm(signer.key)
  const serial = integer(1n + randomBelow(context, (1n << 128n) - 1n))
  const start = context.ports.clock()
  const end = start + Number(request.days) * DAY
  const tbs = sequence(
    explicit(0, integer(2n)),
    serial,
    algorithm,
    signer.name,
    sequence(dateOf(start), dateOf(end)),
    subject,
    info,
    explicit(3, sequence(...extensions(request, info, subject === signer.name ? undefined : signer.keyIdentifier))),
  )
  const certificate = sequence(tbs, algorithm, bitString(sign(context, signer.key, tbs)))
  return new Certificate(bytes(writePem('CERTIFICATE', encodeBase64(toBytes(certificate)))), writeKey(key))
}

function nameOf(commonName: ByteString): ByteString {
  if (commonName === '') return sequence()
  if (!isValidUtf8(commonName)) throw new CallFault('error creating certificate: asn1: string not valid UTF-8')
  const isPrintable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(commonName)
  const value = encodeDer(isPrintable ? TAG.printable : TAG.utf8, commonName)
  return sequence(encodeDer(TAG.set, sequence(oid('2.5.4.3'), value)))
}

function dateOf(milliseconds: number): ByteString {
  if (!(milliseconds >= -LAST && milliseconds <= LAST)) {
    throw new CallFault('error creating certificate: cannot represent time as GeneralizedTime')
  }
  const date = new Date(milliseconds)
  const text = date.toISOString().replace(/[-:T]|\..*$/g, '')
  const year = date.getUTCFullYear()
  return year >= 1950 && year < 2050
    ? encodeDer(TAG.utcTime, `${text.slice(2)}Z`)
    : encodeDer(TAG.generalizedTime, `${text}Z`)
}

function extensions(request: Request, info: ByteString, authority: ByteString | undefined): ByteString[] {
  const { isAuthority, names, addresses } = request
  const usage = encodeDer(TAG.bits, isAuthority ? KEY_USAGE.authority : KEY_USAGE.leaf)
  const out = [
    extension(EXTENSION.keyUsage, usage, true),
    extension(EXTENSION.extendedKeyUsage, sequence(SERVER_AUTH, CLIENT_AUTH), false),
    extension(EXTENSION.basicConstraints, isAuthority ? sequence(TRUE) : sequence(), true),
  ]
  if (isAuthority)
    out.push(extension(EXTENSION.subjectKeyIdentifier, encodeDer(TAG.octets, keyIdentifier(info)), false))
  if (authority !== undefined) {
    out.push(extension(EXTENSION.authorityKeyIdentifier, sequence(encodeDer(0x80, authority)), false))
  }
  const all = [
    ...names.map((name) => encodeDer(0x82, name)),
    ...addresses.map((address) => encodeDer(0x87, String.fromCharCode(...address))),
  ]
  if (all.length > 0) out.push(extension(EXTENSION.alternativeNames, sequence(...all), false))
  return out
}

function extension(id: string, value: ByteString, critical: boolean): ByteString {
  return sequence(oid(id), critical ? TRUE : '', encodeDer(TAG.octets, value))
}

/** The first 160 bits of SHA-256 over the key's bits (RFC 7093 method 1). */
function keyIdentifier(info: ByteString): ByteString {
  const bits = childrenOf(readDer(info))[1]?.content.slice(1) ?? ''
  return fromBytes(sha256(toBytes(bytes(bits))).subarray(0, 20))
}

/** The name of a certificate's subject and its key's identifier, if it has one. Throws RangeError on what is none. */
export function readIssuer(der: ByteString): Omit<Issuer, 'key'> {
  const [tbs] = childrenOf(readDer(der))
  const fields = childrenOf(tbs)
  const [, , , , subject, info] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields
  if (subject?.tag !== TAG.sequence || info?.tag !== TAG.sequence) throw new RangeError('not a certificate')
  const wrapped = fields.find(({ tag }) => tag === 0xa3)
  const all = wrapped === undefined ? [] : childrenOf(readDer(wrapped.content))
  const id = oid(EXTENSION.subjectKeyIdentifier)
  const found = all.map((one) => childrenOf(one)).find(([name]) => name?.raw === id)
  const value = found?.at(-1)
  return { name: subject.raw, keyIdentifier: value === undefined ? undefined : readDer(value.content).content }
}
