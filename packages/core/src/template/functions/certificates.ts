import { decodeBase64 } from '../../bytes.ts'
import { createCertificate, type Issuer, type Request, readIssuer } from '../crypto/certificate.ts'
import { createKey, createRsaKey, type PrivateKey, writeKey } from '../crypto/keys.ts'
import { firstBlock, readKey } from '../crypto/read-key.ts'
import { CallFault } from '../fault.ts'
import { type ByteString, bytes, decode, fromBytes } from '../text/bytestring.ts'
import { parseIpv4, parseIpv6 } from '../url/ip.ts'
import { Certificate, type List } from '../value/values.ts'
import { type Context, type FunctionTable, go } from './go.ts'

/** Adds where it went wrong to what went wrong. */
function during<T>(step: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof CallFault) throw new CallFault(`${step}: ${error.message}`)
    throw error
  }
}

function decoded(text: ByteString, what: string): ByteString {
  try {
    return fromBytes(decodeBase64(text))
  } catch {
    throw new CallFault(`unable to decode base64 ${what}`)
  }
}

function subjectOf(pem: ByteString): Omit<Issuer, 'key'> {
  const block = firstBlock(pem)
  if (block === undefined) throw new CallFault('unable to decode certificate')
  try {
    return readIssuer(block.der)
  } catch {
    throw new CallFault('error parsing certificate: malformed certificate')
  }
}

function addressesOf(list: List): (readonly number[])[] {
  return list.items.map((item) => {
    if (typeof item !== 'string') throw new CallFault('error parsing ip: not a string')
    const text = decode(item)
    const address = parseIpv4(text) ?? parseIpv6(text)
    if (address === undefined) throw new CallFault('error parsing ip')
    return address
  })
}

function namesOf(list: List): ByteString[] {
  return list.items.map((item) => {
    if (typeof item !== 'string') throw new CallFault('error processing alternate dns name: not a string')
    return item
  })
}

function authority(context: Context, commonName: ByteString, days: bigint, key: PrivateKey): Certificate {
  return createCertificate(context, { commonName, days, addresses: [], names: [], isAuthority: true }, key)
}

function request(commonName: ByteString, addresses: List, names: List, days: bigint): Request {
  return { commonName, days, addresses: addressesOf(addresses), names: namesOf(names), isAuthority: false }
}

function issuerOf({ cert, key }: Certificate): Issuer {
  return { ...subjectOf(cert), key: during('error parsing private key', () => readKey(key)) }
}

const givenKey = (pem: ByteString): PrivateKey => during('parsing private key', () => readKey(pem))

export const CERTIFICATES: FunctionTable = {
  genPrivateKey: go('func(string) string', (context, kind) => {
    const key = createKey(context, kind)
    return key === undefined ? bytes(`Unknown type ${kind}`) : writeKey(key)
  }),
  buildCustomCert: go('func(string, string) (sprig.certificate, error)', (_, certificate, key) => {
    const [certificatePem, keyPem] = [decoded(certificate, 'certificate'), decoded(key, 'private key')]
    subjectOf(certificatePem)
    during('error parsing private key', () => readKey(keyPem))
    return new Certificate(certificatePem, keyPem)
  }),
  genCA: go('func(string, int) (sprig.certificate, error)', (context, name, days) =>
    authority(context, name, days, createRsaKey(context, 2048)),
  ),
  genCAWithKey: go('func(string, int, string) (sprig.certificate, error)', (context, name, days, pem) =>
    authority(context, name, days, givenKey(pem)),
  ),
  genSelfSignedCert: go(
    'func(string, []interface {}, []interface {}, int) (sprig.certificate, error)',
    (context, name, addresses, names, days) =>
      createCertificate(context, request(name, addresses, names, days), createRsaKey(context, 2048)),
  ),
  genSelfSignedCertWithKey: go(
    'func(string, []interface {}, []interface {}, int, string) (sprig.certificate, error)',
    (context, name, addresses, names, days, pem) =>
      createCertificate(context, request(name, addresses, names, days), givenKey(pem)),
  ),
  genSignedCert: go(
    'func(string, []interface {}, []interface {}, int, sprig.certificate) (sprig.certificate, error)',
    (context, name, addresses, names, days, issuer) => {
      const wanted = request(name, addresses, names, days)
      return createCertificate(context, wanted, createRsaKey(context, 2048), issuerOf(issuer))
    },
  ),
  genSignedCertWithKey: go(
    'func(string, []interface {}, []interface {}, int, sprig.certificate, string) (sprig.certificate, error)',
    (context, name, addresses, names, days, issuer, pem) =>
      createCertificate(context, request(name, addresses, names, days), givenKey(pem), issuerOf(issuer)),
  ),
}
