import { readDocuments, writeJson, writeYaml } from '../../src/documents/index.ts'
import {
  type CertificateReader,
  encodeBase64,
  type KeyRing,
  parseCertificate,
  parseScope,
  parseSealedSecret,
  parseSecret,
  type SealedSecret,
  scopeOf,
  sealSecret,
  secretObject,
  toHex,
  unsealSecret,
  WaxsealError,
} from '../../src/index.ts'
import { render } from '../../src/template/index.ts'
import { ringOf } from './envelope.ts'
import { alike, codeOf, same } from './expect.ts'

type Pem = Readonly<Record<string, string>>

export interface SealVector {
  readonly name: string
  readonly cert: string
  readonly keys: readonly string[]
  readonly args: readonly string[]
  readonly input: string
  readonly exitCode: number
  readonly sealed?: { readonly format: 'json' | 'yaml'; readonly text: string }
  readonly structure?: unknown
  readonly values?: Readonly<Record<string, string | { readonly sha256: string; readonly length: number }>>
  readonly unsealed?: { readonly json?: string; readonly yaml?: string }
}

export interface OpenVector {
  readonly name: string
  readonly keys: readonly string[]
  readonly sealedSecret: string
  readonly exitCode: number
  readonly stdout?: string
  readonly stderr?: string
  readonly acceptingSpecData?: { readonly secret?: Record<string, unknown>; readonly error?: string }
}

/** Where sealing is stricter than kubeseal: expected error by vector. */
export const SEALING_STRICTER: Readonly<Record<string, { readonly code: string; readonly why: string }>> = {
  'keys with dots, dashes, underscores, digits, capitals': {
    code: 'bad-manifest',
    why: 'its unquoted `y` is a boolean to YAML 1.1: kubeseal seals `true`',
  },
}

/** Where opening is stricter than kubeseal, or fails in other words: expected error by vector. */
export const OPENING_STRICTER: Readonly<Record<string, { readonly code: string; readonly why: string }>> = {
  'encryptedData a list': { code: 'bad-manifest', why: 'kubeseal takes it for an empty mapping' },
  'one encryptedData value is a number: the others survive, it counts as empty text': {
    code: 'bad-manifest',
    why: 'the number is named instead of read as empty',
  },
  'one encryptedData value is null': { code: 'bad-manifest', why: 'the null is named instead of read as empty' },
  'List of SealedSecrets': { code: 'not-a-secret', why: 'a list is no SealedSecret, as for kubeseal' },
  SealedSecretList: { code: 'not-a-secret', why: 'a list is no SealedSecret, as for kubeseal' },
  'apiVersion and kind missing': { code: 'not-a-secret', why: 'nothing says that it is a SealedSecret' },
  'kind missing': { code: 'not-a-secret', why: 'nothing says that it is a SealedSecret' },
  'duplicate keys in JSON': { code: 'bad-document', why: 'readers differ on which of the two counts' },
  'template data value that is a number': { code: 'bad-manifest', why: 'the same failure, naming the field' },
  'template data that is a list': { code: 'bad-manifest', why: 'the same failure, naming the field' },
}

/** Where opening prints something else than the kubeseal of the vectors. */
export const OPENING_OTHERWISE: Readonly<
  Record<string, { readonly from: string; readonly to: string; readonly why: string }>
> = {
  'empty template value': { from: '"v": null', to: '"v": ""', why: 'an empty value is written as such, see sealing' },
  'null template value': {
    from: ',\n    "v": null',
    to: '',
    why: 'null leaves the key out since v0.40, of August 2026',
  },
  fail: { from: 'fail: stop', to: 'fail: the template says so', why: 'the text may be made of values' },
  'fail with a secret value: the value is in the message': {
    from: 'fail: s3cr3t',
    to: 'fail: the template says so',
    why: 'no message holds a value',
  },
}

/** The parsed value of a text's only document. */
async function onlyDocument(text: string): Promise<unknown> {
  const [document, ...others] = await readDocuments(text)
  if (document === undefined || others.length > 0) throw new Error('expected one document')
  if (document.error !== undefined) throw document.error
  return document.value
}

/** Seals the input, compares the result with kubeseal's, and opens what it sealed and what kubeseal sealed. */
export async function checkSealing(vector: SealVector, pem: Pem, read: CertificateReader): Promise<void> {
  const seal = async () => sealAsked(vector, pem, read)
  const stricter = SEALING_STRICTER[vector.name]?.code ?? (vector.exitCode === 0 ? undefined : 'empty-secret')
  if (stricter !== undefined) {
    same(await codeOf(seal), stricter, vector.name)
    return
  }
  const sealed = await seal()
  // The order of fields is that of JSON; writing YAML sorts them.
  if (vector.sealed?.format === 'json') same(masked(sealed), vector.structure, vector.name)
  alike(masked(sealed), vector.structure, vector.name)
  const ring = await ringOf(vector.keys, pem)
  const real = parseSealedSecret(await onlyDocument(vector.sealed?.text ?? ''))
  for (const either of [sealed, real]) await checkValues(vector, either, ring)
  const written = { ...sealed, spec: { ...sealed.spec, encryptedData: real.spec.encryptedData } }
  const text = vector.sealed?.format === 'json' ? writeJson(written) : `---\n${await writeYaml(written)}`
  same(text, vector.sealed?.text, `${vector.name}: text`)
}

async function sealAsked(vector: SealVector, pem: Pem, read: CertificateReader): Promise<SealedSecret> {
  const argument = (name: string): string | undefined => {
    const at = vector.args.indexOf(name)
    return at === -1 ? undefined : vector.args[at + 1]
  }
  const [scope, name] = [argument('--scope'), argument('--name')]
  return sealSecret(parseSecret(await onlyDocument(vector.input)), {
    certificate: await parseCertificate(pem[vector.cert] ?? '', read),
    allowEmpty: vector.args.includes('--allow-empty-data'),
    ...(scope === undefined ? {} : { scope: parseScope(scope) }),
    ...(name === undefined ? {} : { name }),
  })
}

function masked(sealed: SealedSecret): unknown {
  const keys = Object.keys(sealed.spec.encryptedData)
  const encryptedData = Object.fromEntries(keys.map((key) => [key, '<sealed>']))
  return { ...sealed, spec: { ...sealed.spec, encryptedData } }
}

async function checkValues(vector: SealVector, sealed: SealedSecret, ring: KeyRing): Promise<void> {
  const opened = await unsealSecret(sealed, { ring })
  const values: Record<string, unknown> = {}
  for (const [key, plaintext] of opened.data) {
    const bytes = plaintext.reveal()
    const digest = typeof vector.values?.[key] === 'object'
    values[key] = digest ? { sha256: await sha256(bytes), length: bytes.length } : encodeBase64(bytes)
  }
  alike(values, vector.values, vector.name)
  // An empty value is written as "", which every reader understands; kubeseal writes null, which patches take for absent.
  const empty = Object.values(vector.values ?? {}).includes('')
  const object = secretObject(opened)
  const { json, yaml } = vector.unsealed ?? {}
  if (json !== undefined) same(writeJson(object), empty ? withEmptyText(json) : json, `${vector.name}: unsealed`)
  if (yaml !== undefined) {
    same(`---\n${await writeYaml(object)}`, empty ? withEmptyText(yaml) : yaml, `${vector.name}: unsealed`)
  }
  same(scopeOf(sealed.metadata.annotations), scopeOf(parseSealedSecret(sealed).metadata.annotations), vector.name)
}

function withEmptyText(text: string): string {
  return text.replaceAll(': null', ': ""')
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

/** Opens a SealedSecret as kubeseal's recovery does and compares the output or the message. */
export async function checkOpening(vector: OpenVector, pem: Pem): Promise<void> {
  const ring = await ringOf(vector.keys, pem)
  const open = async (acceptDeprecatedData: boolean) =>
    secretObject(
      await unsealSecret(parseSealedSecret(await onlyDocument(vector.sealedSecret)), {
        ring,
        acceptDeprecatedData,
        render,
      }),
    )
  const { from = '', to = '' } = OPENING_OTHERWISE[vector.name] ?? {}
  const expected = (text = ''): string => text.replace(from, to)
  const stricter = OPENING_STRICTER[vector.name]?.code
  if (stricter !== undefined) same(await codeOf(async () => open(false)), stricter, vector.name)
  else if (vector.exitCode === 0) same(writeJson(await open(false)), expected(vector.stdout), vector.name)
  else same(await messageOf(async () => open(false)), expected(vector.stderr), vector.name)
  const { secret, error } = vector.acceptingSpecData ?? {}
  if (secret !== undefined) alike(await open(true), { kind: 'Secret', apiVersion: 'v1', ...secret }, vector.name)
  if (error !== undefined) same((await codeOf(async () => open(true))) !== undefined, true, vector.name)
}

async function messageOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'no error'
  } catch (error) {
    if (error instanceof WaxsealError) return `error: ${error.message}\n`
    throw error
  }
}
