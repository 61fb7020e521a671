/** What the texts of a key Secret are worth. */
import { readPrivateKeys, WaxsealError } from '@waxseal/core'
import { readCertificatePem } from '../io/x509.ts'
import type { StoredKey } from './store/store.ts'

export interface KeyInfo {
  readonly stored: StoredKey
  /** Undefined where there is no certificate that can be read. */
  readonly fingerprint: string | undefined
  readonly notBefore: Date | undefined
  readonly notAfter: Date | undefined
  readonly bits: number | undefined
  /** Why the key cannot be used; undefined when it can. Holds nothing of the key. */
  readonly problem: string | undefined
  /** Among the active keys that can be used the one that seals: the newest by NotBefore. */
  readonly isNewest: boolean
}

/** In the order of the controller: newest first. */
export async function describeKeys(stored: readonly StoredKey[]): Promise<readonly KeyInfo[]> {
  const all = await Promise.all(stored.map(describeKey))
  const sorted = all.toSorted((a, b) => time(b) - time(a) || b.stored.created.localeCompare(a.stored.created))
  const newest = sorted.find(({ stored: { state }, problem }) => state === 'active' && problem === undefined)
  return sorted.map((info) => ({ ...info, isNewest: info === newest }))
}

const time = ({ notBefore }: KeyInfo): number => notBefore?.getTime() ?? 0

async function describeKey(stored: StoredKey): Promise<KeyInfo> {
  const none = {
    stored,
    fingerprint: undefined,
    notBefore: undefined,
    notAfter: undefined,
    bits: undefined,
    isNewest: false,
  }
  if (stored.certificatePem === undefined) return { ...none, problem: 'it has no tls.crt' }
  try {
    const certificate = await readCertificatePem(stored.certificatePem)
    const { fingerprint, notBefore, notAfter, bits } = certificate
    return { ...none, fingerprint, notBefore, notAfter, bits, problem: await problemOf(stored, fingerprint) }
  } catch (error) {
    if (!(error instanceof WaxsealError)) throw error
    return { ...none, problem: `tls.crt: ${error.message}` }
  }
}

async function problemOf({ privateKeyPem }: StoredKey, fingerprint: string): Promise<string | undefined> {
  if (privateKeyPem === undefined) return 'it has no tls.key'
  const { keys, skipped } = await readPrivateKeys(privateKeyPem)
  if (keys.some((key) => key.fingerprint === fingerprint)) return undefined
  return keys.length === 0 ? `tls.key: ${skipped[0] ?? 'no private key'}` : 'tls.key and tls.crt do not belong together'
}
