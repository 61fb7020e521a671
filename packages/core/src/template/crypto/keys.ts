import { ed25519 } from '@noble/curves/ed25519.js'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import forge from 'node-forge'
import { encodeBase64 } from '../../bytes.ts'
import { writePem } from '../../pem.ts'
import type { Context } from '../functions/go.ts'
import { type ByteString, bytes, fromBytes, toBytes } from '../text/bytestring.ts'
import { bitString, childrenOf, encodeDer, explicit, integer, oid, readDer, sequence, TAG } from './der.ts'
import { createDsaKey } from './dsa.ts'

export type CurveName = 'P-256' | 'P-384' | 'P-521'

interface CurveFacts {
  readonly oid: ByteString
  readonly curve: typeof p256
  /** Bytes of a private key. */
  readonly size: number
  /** ecdsa-with-SHA256, -SHA384, -SHA512. */
  readonly signature: string
}

export const CURVES: Readonly<Record<CurveName, CurveFacts>> = {
  'P-256': { oid: oid('1.2.840.10045.3.1.7'), curve: p256, size: 32, signature: '1.2.840.10045.4.3.2' },
  'P-384': { oid: oid('1.3.132.0.34'), curve: p384, size: 48, signature: '1.2.840.10045.4.3.3' },
  'P-521': { oid: oid('1.3.132.0.35'), curve: p521, size: 66, signature: '1.2.840.10045.4.3.4' },
}

export type PrivateKey =
  | { readonly algorithm: 'rsa' | 'dsa'; readonly der: ByteString }
  | { readonly algorithm: 'ecdsa'; readonly curve: CurveName; readonly secret: Uint8Array }
  | { readonly algorithm: 'ed25519'; readonly seed: Uint8Array }

export const EC_PUBLIC_KEY: ByteString = oid('1.2.840.10045.2.1')
export const ED25519: ByteString = oid('1.3.101.112')
export const RSA_ENCRYPTION: ByteString = oid('1.2.840.113549.1.1.1')

/** Steps that making a key takes, for the budget. */
const COST = { rsa2048: 100_000, rsa4096: 700_000, curve: 5000 } as const

/** node-forge uses the platform's own generator where there is one. */
export function createRsaKey({ budget }: Context, bits: 2048 | 4096): PrivateKey {
  budget.spend(bits === 4096 ? COST.rsa4096 : COST.rsa2048)
  const { privateKey } = forge.pki.rsa.generateKeyPair({ bits, e: 0x10001 })
  return { algorithm: 'rsa', der: bytes(forge.asn1.toDer(forge.pki.privateKeyToAsn1(privateKey)).getBytes()) }
}

/** A key as genPrivateKey makes it. Undefined for a kind it does not know. */
export function createKey(context: Context, kind: ByteString): PrivateKey | undefined {
  switch (kind as string) {
    case '':
    case 'rsa':
      return createRsaKey(context, 4096)
    case 'dsa':
      return { algorithm: 'dsa', der: createDsaKey(context) }
    case 'ecdsa':
      context.budget.spend(COST.curve)
      return { algorithm: 'ecdsa', curve: 'P-256', secret: p256.utils.randomSecretKey(context.ports.random(48)) }
    case 'ed25519':
      context.budget.spend(COST.curve)
      return { algorithm: 'ed25519', seed: context.ports.random(32) }
    default:
      return undefined
  }
}

export function writeKey(key: PrivateKey): ByteString {
  const pem = (label: string, der: ByteString): ByteString => bytes(writePem(label, encodeBase64(toBytes(der))))
  switch (key.algorithm) {
    case 'rsa':
      return pem('RSA PRIVATE KEY', key.der)
    case 'dsa':
      return pem('DSA PRIVATE KEY', key.der)
    case 'ecdsa':
      return pem('EC PRIVATE KEY', sec1(key.curve, key.secret))
    default: {
      const seed = encodeDer(TAG.octets, encodeDer(TAG.octets, fromBytes(key.seed)))
      return pem('PRIVATE KEY', sequence(integer(0n), sequence(ED25519), seed))
    }
  }
}

function sec1(name: CurveName, secret: Uint8Array): ByteString {
  const { oid: parameters, curve } = CURVES[name]
  const point = bitString(fromBytes(curve.getPublicKey(secret, false)))
  const body = encodeDer(TAG.octets, fromBytes(secret))
  return sequence(integer(1n), body, explicit(0, parameters), explicit(1, point))
}

/** SubjectPublicKeyInfo. Undefined for DSA, which certificates are not made for. */
export function publicKeyInfo(key: PrivateKey): ByteString | undefined {
  switch (key.algorithm) {
    case 'rsa': {
      const [, modulus, exponent] = childrenOf(readDer(key.der))
      const numbers = sequence(modulus?.raw ?? '', exponent?.raw ?? '')
      return sequence(sequence(RSA_ENCRYPTION, encodeDer(TAG.null)), bitString(numbers))
    }
    case 'ecdsa': {
      const { oid: parameters, curve } = CURVES[key.curve]
      return sequence(sequence(EC_PUBLIC_KEY, parameters), bitString(fromBytes(curve.getPublicKey(key.secret, false))))
    }
    case 'ed25519':
      return sequence(sequence(ED25519), bitString(fromBytes(ed25519.getPublicKey(key.seed))))
    default:
      return undefined
  }
}
