import { ed25519 } from '@noble/curves/ed25519.js'
import forge from 'node-forge'
import { CallFault } from '../fault.ts'
import type { Context } from '../functions/go.ts'
import { type ByteString, bytes, fromBytes, toBytes } from '../text/bytestring.ts'
import { encodeDer, oid, sequence, TAG } from './der.ts'
import { CURVES, ED25519, type PrivateKey } from './keys.ts'

/** sha256WithRSAEncryption. */
const RSA_SHA256 = '1.2.840.113549.1.1.11'
/** Steps of an RSA operation in node-forge, and of one on a curve. */
const COST = { rsa: 40_000, curve: 5000 } as const

const UNSUPPORTED = 'error creating certificate: x509: only RSA, ECDSA and Ed25519 keys supported'

/** AlgorithmIdentifier of the signatures that a key makes. */
export function signatureAlgorithm(key: PrivateKey): ByteString {
  switch (key.algorithm) {
    case 'rsa':
      return sequence(oid(RSA_SHA256), encodeDer(TAG.null))
    case 'ecdsa':
      return sequence(oid(CURVES[key.curve].signature))
    case 'ed25519':
      return sequence(ED25519)
    default:
      throw new CallFault(UNSUPPORTED)
  }
}

export function sign({ budget }: Context, key: PrivateKey, message: ByteString): ByteString {
  budget.spend(key.algorithm === 'rsa' ? COST.rsa : COST.curve)
  switch (key.algorithm) {
    case 'rsa': {
      const rsa = forge.pki.privateKeyFromAsn1(forge.asn1.fromDer(key.der))
      return bytes(rsa.sign(forge.md.sha256.create().update(message)))
    }
    case 'ecdsa':
      return fromBytes(CURVES[key.curve].curve.sign(toBytes(message), key.secret, { format: 'der' }))
    case 'ed25519':
      return fromBytes(ed25519.sign(toBytes(message), key.seed))
    default:
      throw new CallFault(UNSUPPORTED)
  }
}
