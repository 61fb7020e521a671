/** What the browser runs: the same scenarios as the unit tests, bundled. */
import { decodeText, readDocuments, writeYaml } from '../../packages/core/src/documents/index.ts'
import {
  ANNOTATION,
  keyRing,
  OpeningKey,
  Plaintext,
  parseCertificate,
  parseSecret,
  sealSecret,
  secretObject,
  unsealSecret,
} from '../../packages/core/src/index.ts'
import { createKeyPair, readCertificate } from '../../packages/core/src/x509.ts'
import {
  type Base64Vector,
  checkBase64,
  checkEnvelope,
  type EnvelopeVector,
} from '../../packages/core/test/scenarios/envelope.ts'
import { same } from '../../packages/core/test/scenarios/expect.ts'
import {
  checkOpening,
  checkSealing,
  type OpenVector,
  type SealVector,
} from '../../packages/core/test/scenarios/manifests.ts'
import { PROPERTIES, pairOf } from '../../packages/core/test/scenarios/properties.ts'

/** The vectors, read by Node: a page has no files. */
export interface PageInput {
  readonly pem: Readonly<Record<string, string>>
  readonly base64: readonly Base64Vector[]
  readonly envelopes: readonly EnvelopeVector[]
  readonly sealing: readonly SealVector[]
  readonly opening: readonly OpenVector[]
  readonly propertyRuns: number
}

export interface Outcome {
  readonly name: string
  /** Absent when it passed. */
  readonly error?: string
}

declare global {
  var runScenarios: (input: PageInput) => Promise<Outcome[]>
}

async function attempt(name: string, work: () => Promise<void>): Promise<Outcome> {
  try {
    await work()
    return { name }
  } catch (error) {
    return { name, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}

async function run(input: PageInput): Promise<Outcome[]> {
  const { pem } = input
  const outcomes: Outcome[] = []
  const all = async <T extends { name: string }>(
    group: string,
    items: readonly T[],
    check: (item: T) => Promise<void>,
  ) => {
    for (const item of items) outcomes.push(await attempt(`${group}: ${item.name}`, () => check(item)))
  }
  await all('base64', input.base64, checkBase64)
  await all('envelope', input.envelopes, (vector) => checkEnvelope(vector, pem))
  await all('sealing', input.sealing, (vector) => checkSealing(vector, pem, readCertificate))
  await all('opening', input.opening, (vector) => checkOpening(vector, pem))
  const { sealingKey } = await parseCertificate(pem['alpha.crt'] ?? '', readCertificate)
  const pair = await pairOf(pem['alpha.key'] ?? '', sealingKey)
  const properties = Object.entries(PROPERTIES).map(([name, property]) => ({ name, property }))
  await all('property', properties, ({ property }) => property(pair, input.propertyRuns))
  outcomes.push(await attempt('from a new key to an opened Secret', wholeWay))
  return outcomes
}

/** Makes a key, reads a manifest, seals, writes, reads and opens it, with nothing but the browser. */
async function wholeWay(): Promise<void> {
  const validity = { notBefore: new Date('2024-01-01T00:00:00Z'), notAfter: new Date('2060-01-01T00:00:00Z') }
  const pair = await createKeyPair({ bits: 2048, commonName: 'browser', ...validity })
  const certificate = await parseCertificate(pair.certificatePem, readCertificate)
  const text = new TextEncoder().encode('kind: Secret\napiVersion: v1\nmetadata: {name: a}\nstringData: {p: "grüße"}\n')
  const [document] = await readDocuments(decodeText(text))
  const sealed = await sealSecret(parseSecret(document?.value), { certificate, namespace: 'b', noteSealedWith: true })
  same(sealed.metadata.annotations?.[ANNOTATION.sealedWith], pair.fingerprint, 'noted key')
  const ring = keyRing([await OpeningKey.import(pair.privateKeyPem)])
  const opened = await unsealSecret(sealed, { ring })
  same(opened.data.get('p')?.equals(Plaintext.text('grüße')), true, 'value')
  same((await writeYaml(secretObject(opened))).includes('p: Z3LDvMOfZQ=='), true, 'written value')
}

globalThis.runScenarios = run
