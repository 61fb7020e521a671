import {
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  X509Certificate,
} from 'node:crypto'
import { compareSync } from 'bcryptjs'
import { describe, expect, test } from 'vitest'
import { render } from '../../src/template/index.ts'
import { vectorJson } from '../helpers/vectors.ts'
import { dataOf, type Vector } from './vectors.ts'

type Check =
  | { readonly kind: 'bcrypt'; readonly password: string; readonly cost: number; readonly prefix?: string }
  | { readonly kind: 'aes'; readonly password: string; readonly plaintext: string }
  | { readonly kind: 'privateKey'; readonly algorithm: Algorithm; readonly bits?: number; readonly curve?: string }
  | CertificateCheck

type Algorithm = 'rsa' | 'ecdsa' | 'ed25519'

interface CertificateCheck {
  readonly kind: 'certificate'
  readonly algorithm: Algorithm
  readonly bits?: number
  readonly blocks: readonly ('ca' | 'cert' | 'key')[]
  readonly cn: string
  readonly selfSigned?: boolean
  readonly issuer?: string
  readonly isCA: boolean
  readonly days: number
  readonly dns?: readonly string[]
  readonly ips?: readonly string[]
}

interface Property extends Vector {
  readonly property: string
  readonly check?: Check
}

const properties = vectorJson<readonly Property[]>('template/properties.json')
const DAY = 86_400_000

function rendered(vector: Vector): string {
  return Buffer.from(render('config', vector.template, dataOf(vector))).toString()
}

test.each(properties)('$name: $template', { timeout: 30_000 }, (vector) => {
  expect(rendered(vector)).toMatch(new RegExp(vector.property))
})

describe('hashes and keys', { timeout: 30_000 }, () => {
  const checked = properties.filter(({ check }) => check !== undefined)
  test.each(checked)('$name: $verifies', (vector) => {
    expect(problemsOf(rendered(vector), vector.check)).toEqual([])
  })
})

/** What is not as the vector says. */
function problemsOf(text: string, check: Check | undefined): string[] {
  switch (check?.kind) {
    case 'bcrypt': {
      const prefix = check.prefix ?? ''
      const fits =
        text.startsWith(`${prefix}$2a$${check.cost}$`) && compareSync(check.password, text.slice(prefix.length))
      return fits ? [] : ['another password']
    }
    case 'aes':
      return opened(text, check.password) === check.plaintext ? [] : ['another text']
    case 'privateKey':
      return keyProblems(createPrivateKey(text), check.algorithm, check.bits)
    case 'certificate':
      return certificateProblems(text, check)
    default:
      return ['no check']
  }
}

function opened(text: string, password: string): string {
  const bytes = Buffer.from(text, 'base64')
  const key = Buffer.alloc(32)
  key.write(password)
  const cipher = createDecipheriv('aes-256-cbc', key, bytes.subarray(0, 16))
  return Buffer.concat([cipher.update(bytes.subarray(16)), cipher.final()]).toString()
}

function keyProblems(key: KeyObject, algorithm: Algorithm, bits: number | undefined): string[] {
  const expectedType = algorithm === 'ecdsa' ? 'ec' : algorithm
  if (key.asymmetricKeyType !== expectedType) return [`a key of type ${key.asymmetricKeyType}`]
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {}
  if (bits !== undefined && modulusLength !== bits) return [`${modulusLength} bits`]
  return algorithm === 'ecdsa' && namedCurve !== 'prime256v1' ? [`curve ${namedCurve}`] : []
}

function certificateProblems(text: string, check: CertificateCheck): string[] {
  const blocks = text.match(/-----BEGIN .*?-----END [A-Z ]+-----\n/gs) ?? []
  const block = (name: 'ca' | 'cert' | 'key'): string => blocks[check.blocks.indexOf(name)] ?? ''
  const certificate = new X509Certificate(block('cert'))
  const issuer = check.blocks.includes('ca') ? new X509Certificate(block('ca')) : certificate
  const start = new Date(certificate.validFrom).getTime()
  const names = [...(check.dns ?? []).map((name) => `DNS:${name}`), ...(check.ips ?? []).map(addressName)].join(', ')
  const facts: readonly (readonly [string, boolean])[] = [
    ['subject', certificate.subject === `CN=${check.cn}`],
    ['issuer', check.issuer === undefined || certificate.issuer === `CN=${check.issuer}`],
    ['issued', !issuer.ca || certificate.checkIssued(issuer)],
    ['signature', certificate.verify(issuer.publicKey)],
    ['authority', certificate.ca === check.isCA],
    ['days', new Date(certificate.validTo).getTime() - start === check.days * DAY],
    ['start', Math.abs(Date.now() - start) < 60_000],
    ['names', (certificate.subjectAltName ?? '') === names],
    ['extended usage', certificate.keyUsage.join() === '1.3.6.1.5.5.7.3.1,1.3.6.1.5.5.7.3.2'],
    ['key', samePublic(certificate.publicKey, createPublicKey(block('key')))],
  ]
  const wrong = facts.filter(([, holds]) => !holds).map(([name]) => name)
  return [...wrong, ...keyProblems(createPrivateKey(block('key')), check.algorithm, check.bits)]
}

/** As OpenSSL writes it: IPv6 in full. */
function addressName(address: string): string {
  return `IP Address:${address === '::1' ? '0:0:0:0:0:0:0:1' : address}`
}

function samePublic(a: KeyObject, b: KeyObject): boolean {
  const jwk = (key: KeyObject): JsonWebKey => key.export({ format: 'jwk' })
  return JSON.stringify(jwk(a)) === JSON.stringify(jwk(b))
}
