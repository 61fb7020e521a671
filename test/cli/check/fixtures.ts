/** Manifests and keys for the scripts about `waxseal check`. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Sandbox, secretYaml } from '../support/sandbox.ts'

/** Writes files into folders that are made as needed. */
export function writeAll(box: Sandbox, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(box.folder, path)), { recursive: true })
    box.write(path, content)
  }
}

export const PLAIN: string = secretYaml('db', { password: 'hunter2' })

export const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cm\n  namespace: shop\ndata:\n  a: "1"\n'

/** A sealed value as far as anybody can tell without the key. */
export function envelope(bits = 2048, length = 40): string {
  const wrapped = bits / 8
  const bytes = Buffer.alloc(2 + wrapped + length, 7)
  bytes.writeUInt16BE(wrapped)
  return bytes.toString('base64')
}

export interface SealedParts {
  readonly name?: string
  readonly namespace?: string | undefined
  readonly annotations?: Readonly<Record<string, string>>
  readonly items?: Readonly<Record<string, unknown>>
  readonly template?: Readonly<Record<string, unknown>>
}

/** A SealedSecret as JSON, which is YAML too, with each part on its line. */
export function sealedJson(parts: SealedParts = {}): string {
  const { name = 'db', annotations = {}, items = { password: envelope() }, template = {} } = parts
  const namespace = 'namespace' in parts ? parts.namespace : 'shop'
  return JSON.stringify(
    {
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { name, namespace, annotations },
      spec: { encryptedData: items, template: { metadata: { name, namespace }, ...template } },
    },
    null,
    2,
  )
}

/** Fresh private keys in all the forms that are looked for. */
export function privateKeys(): Readonly<Record<string, string>> {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const pem = (key: typeof rsa, type: 'pkcs1' | 'pkcs8' | 'sec1'): string =>
    key.export({ format: 'pem', type }).toString()
  const openssh = Buffer.concat([Buffer.from('openssh-key-v1\0\0\0\0\u0004none\0\0\0\u0004none'), Buffer.alloc(200, 3)])
  return {
    pkcs1: pem(rsa, 'pkcs1'),
    pkcs8: pem(rsa, 'pkcs8'),
    sec1: pem(ec, 'sec1'),
    ed25519: pem(generateKeyPairSync('ed25519').privateKey, 'pkcs8'),
    openpgp: vector('alice.secret.asc'),
    openssh: `-----BEGIN OPENSSH PRIVATE KEY-----\n${wrap(openssh.toString('base64'), 70)}-----END OPENSSH PRIVATE KEY-----\n`,
  }
}

/** An OpenPGP key of the vectors; bob's has a passphrase. */
export function vector(name: string): string {
  return readFileSync(new URL(`../../vectors/git-crypt/openpgp/${name}`, import.meta.url), 'utf8')
}

function wrap(text: string, width: number, indent = ''): string {
  return text.replace(new RegExp(`.{1,${width}}`, 'g'), `${indent}$&\n`)
}
