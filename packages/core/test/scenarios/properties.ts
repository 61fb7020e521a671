import * as fc from 'fast-check'
import {
  decodeBase64,
  encodeBase64,
  equalBytes,
  type KeyRing,
  keyRing,
  label,
  OpeningKey,
  Plaintext,
  parseSecret,
  type Scope,
  type SealingKey,
  sealEnvelope,
  sealSecret,
  unsealSecret,
} from '../../src/index.ts'
import { alike, codeOf, same } from './expect.ts'

/** A key pair to run the properties with. */
export interface Pair {
  readonly sealingKey: SealingKey
  readonly ring: KeyRing
}

const scope: fc.Arbitrary<Scope> = fc.constantFrom('strict', 'namespace-wide', 'cluster-wide')
const part = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/)
const dataKey = fc.oneof(
  fc.stringMatching(/^[-._a-zA-Z0-9]{1,40}$/).filter((key) => key !== '.' && key !== '..'),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '-', '_', '0'),
)
const bytes = fc.uint8Array({ maxLength: 200 })

export type Property = (pair: Pair, runs: number) => Promise<void>

const check = <T>(arbitrary: fc.Arbitrary<T>, runs: number, predicate: (value: T) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(arbitrary, predicate), { numRuns: runs })

/** Whatever is sealed opens again to the same bytes, under any scope. */
const envelopesRoundTrip: Property = ({ sealingKey, ring }, runs) =>
  check(fc.tuple(bytes, scope, part, part), runs, async ([value, scope, namespace, name]) => {
    const bound = label(scope, namespace, name)
    const opened = await ring.open(await sealEnvelope(sealingKey, bound, Plaintext.of(value)), bound)
    same(equalBytes(opened.plaintext.reveal(), value), true, 'bytes')
    same(opened.fingerprint, sealingKey.fingerprint, 'fingerprint')
  })

/** Secrets with any legal keys come back whole, in any scope. */
const secretsRoundTrip: Property = ({ sealingKey, ring }, runs) =>
  check(
    fc.tuple(
      fc.uniqueArray(fc.tuple(dataKey, bytes), { selector: ([key]) => key, minLength: 1, maxLength: 4 }),
      scope,
      part,
      part,
    ),
    runs,
    async ([items, scope, namespace, name]) => {
      const data = new Map(items.map(([key, value]) => [key, Plaintext.of(value)]))
      const secret = { ...parseSecret({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } }), data }
      const sealed = await sealSecret(secret, { certificate: { sealingKey }, scope })
      const { data: opened } = await unsealSecret(sealed, { ring })
      const texts = (map: ReadonlyMap<string, Plaintext>): unknown =>
        Object.fromEntries([...map].map(([key, value]) => [`key ${key}`, encodeBase64(value.reveal())]))
      alike(texts(opened), texts(data), 'data')
    },
  )

/** A changed bit anywhere, a cut or an extension never opens; where lengths stay plausible, the error is `no-key`. */
const tamperingFails: Property = ({ sealingKey, ring }, runs) =>
  check(
    fc.tuple(bytes, fc.nat(), fc.nat(7), fc.constantFrom('flip', 'cut', 'extend')),
    runs,
    async ([value, at, bit, how]) => {
      const bound = label('strict', 'ns', 'name')
      const envelope = await sealEnvelope(sealingKey, bound, Plaintext.of(value))
      const index = at % envelope.length
      const changed = tamper(envelope, index, bit, how)
      const code = await codeOf(() => ring.open(changed, bound))
      const lengthsHold = how === 'extend' || (how === 'flip' ? index > 1 : index >= 2 + sealingKey.bits / 8)
      if (lengthsHold) same(code, 'no-key', `${how} at ${index}`)
      else same(code === 'no-key' || code === 'malformed', true, `${how} at ${index}: ${code}`)
    },
  )

function tamper(envelope: Uint8Array, index: number, bit: number, how: string): Uint8Array {
  if (how === 'cut') return envelope.slice(0, index)
  const changed = new Uint8Array(envelope.length + (how === 'extend' ? 1 + (index % 40) : 0))
  changed.set(envelope)
  if (how === 'flip') changed[index] = (changed[index] ?? 0) ^ (1 << bit)
  return changed
}

/** What is sealed for one place opens under no other label. */
const otherPlacesFail: Property = ({ sealingKey, ring }, runs) => {
  const place = fc.record({ scope, namespace: part, name: part })
  return check(fc.tuple(place, place), runs, async ([from, to]) => {
    const [a, b] = [label(from.scope, from.namespace, from.name), label(to.scope, to.namespace, to.name)]
    if (equalBytes(a, b)) return
    const envelope = await sealEnvelope(sealingKey, a, Plaintext.text('value'))
    same(await codeOf(() => ring.open(envelope, b)), 'no-key', 'other label')
  })
}

/** The strict label of one object is the label of no other. */
const labelsDiffer: Property = (_pair, runs) =>
  check(fc.tuple(part, part, part, part), runs * 10, async ([namespace, name, otherNamespace, otherName]) => {
    const equal = equalBytes(label('strict', namespace, name), label('strict', otherNamespace, otherName))
    same(equal, namespace === otherNamespace && name === otherName, 'labels')
  })

const base64RoundTrips: Property = (_pair, runs) =>
  check(fc.uint8Array({ maxLength: 300 }), runs * 10, async (value) => {
    const text = encodeBase64(value)
    same(text, btoa(String.fromCharCode(...value)), 'text')
    same(equalBytes(decodeBase64(text), value), true, 'bytes')
    same(equalBytes(decodeBase64(text.replace(/(.{5})/g, '$1\r\n')), value), true, 'bytes with line ends')
  })

/** A ring without the right key fails like a ring with it and a damaged value. */
const failuresLookAlike: Property = ({ sealingKey, ring }, runs) =>
  check(fc.tuple(bytes, fc.nat()), Math.min(runs, 5), async ([value, at]) => {
    const bound = label('strict', 'ns', 'name')
    const envelope = await sealEnvelope(sealingKey, bound, Plaintext.of(value))
    const broken = tamper(envelope, envelope.length - 1 - (at % 16), 0, 'flip')
    const errors = await Promise.all([
      ring.open(broken, bound).catch(describe),
      ring.open(envelope, label('strict', 'ns', 'other')).catch(describe),
      keyRing([]).open(envelope, bound).catch(describe),
    ])
    same(new Set(errors).size, 1, 'errors')
  })

function describe(error: unknown): string {
  return JSON.stringify([error, error instanceof Error ? [error.name, error.message, error.cause] : 'no error'])
}

export const PROPERTIES: Readonly<Record<string, Property>> = {
  'envelopes round trip': envelopesRoundTrip,
  'secrets round trip': secretsRoundTrip,
  'tampering fails': tamperingFails,
  'other places fail': otherPlacesFail,
  'labels differ': labelsDiffer,
  'base64 round trips': base64RoundTrips,
  'failures look alike': failuresLookAlike,
}

/** Makes the pair from PEM texts. */
export async function pairOf(privateKeyPem: string, sealingKey: SealingKey): Promise<Pair> {
  return { sealingKey, ring: keyRing([await OpeningKey.import(privateKeyPem)]) }
}
