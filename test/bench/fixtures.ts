/** Input for the benchmarks: keys, Secrets and SealedSecrets, all made through core. */
import { Plaintext, parseCertificate, type SealedSecret, type SecretManifest, sealSecret } from '@waxseal/core'
import { createKeyPair, readCertificate } from '@waxseal/core/x509'

export interface Keys {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

export function rsa4096(): Promise<Keys> {
  const now = Date.now()
  return createKeyPair({
    bits: 4096,
    commonName: 'bench',
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + 86_400_000),
  })
}

const value = (index: number, item: number): string => `value ${item} of secret ${index}, thirty-two bytes long`

/** `count` Secret documents as people write them, with `items` values each. */
export function secretsYaml(count: number, items: number): string {
  const one = (index: number): string => {
    const lines = Array.from({ length: items }, (_, item) => `  key-${item}: ${value(index, item)}`)
    const head = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: secret-${index}\n  namespace: bench\nstringData:\n`
    return `${head}${lines.join('\n')}\n`
  }
  return Array.from({ length: count }, (_, index) => one(index)).join('---\n')
}

function secret(index: number, items: number, namespace: string): SecretManifest {
  const data = new Map(Array.from({ length: items }, (_, item) => [`key-${item}`, Plaintext.text(value(index, item))]))
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: `secret-${index}`, namespace }, data }
}

interface SealedOptions {
  /** Number of the first. */
  readonly first?: number
  /** Whether to note which key sealed them. */
  readonly note?: boolean
}

/** `count` SealedSecrets with `items` values each, sealed for `keys`. */
export async function sealedSecrets(
  keys: Keys,
  count: number,
  items: number,
  { first = 0, note = false }: SealedOptions = {},
): Promise<readonly SealedSecret[]> {
  const certificate = await parseCertificate(keys.certificatePem, readCertificate)
  const all: SealedSecret[] = []
  for (let index = 0; index < count; index += 50) {
    const indexes = Array.from({ length: Math.min(50, count - index) }, (_, offset) => first + index + offset)
    all.push(
      ...(await Promise.all(
        indexes.map((each) => sealSecret(secret(each, items, 'bench'), { certificate, noteSealedWith: note })),
      )),
    )
  }
  return all
}
