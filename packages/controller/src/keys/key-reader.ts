/** Reads key Secrets, each version of one once. */
import { parseCertificate, WaxsealError } from '@waxseal/core'
import type { Log } from '../log/log.ts'
import type { KeySecret } from '../state.ts'
import { readCertificate } from './certificate-reader.ts'
import { type KeyPair, readKeyPair } from './key-pair.ts'

/** What a key Secret's certificate says. Times in ms. */
interface KeyFacts {
  readonly fingerprint: string
  readonly notBefore: number
  readonly notAfter: number
}

export interface ReadKey {
  /** Undefined when there is no certificate to be read. */
  readonly facts: KeyFacts | undefined
  /** Undefined for a key that is not active, or cannot be used. */
  readonly pair: KeyPair | undefined
}

export class KeyReader {
  readonly #log: Log
  readonly #known = new Map<string, { readonly version: string; readonly read: ReadKey }>()

  constructor(log: Log) {
    this.#log = log
  }

  /** Never throws; what is wrong with an active key is logged, once a version. */
  async read(secret: KeySecret): Promise<ReadKey> {
    const known = this.#known.get(secret.name)
    if (known?.version === secret.version) return known.read
    const read = {
      facts: await factsOf(secret),
      pair: secret.state === 'active' ? await this.#pair(secret) : undefined,
    }
    this.#known.set(secret.name, { version: secret.version, read })
    return read
  }

  forgetAllBut(names: ReadonlySet<string>): void {
    for (const name of this.#known.keys()) if (!names.has(name)) this.#known.delete(name)
  }

  async #pair(secret: KeySecret): Promise<KeyPair | undefined> {
    try {
      return await readKeyPair(secret)
    } catch (error) {
      const object = `${secret.namespace}/${secret.name}`
      const detail = error instanceof WaxsealError ? error.message : 'cannot be read'
      this.#log.error('key Secret skipped', { object, detail })
      return undefined
    }
  }
}

async function factsOf({ certificatePem }: KeySecret): Promise<KeyFacts | undefined> {
  if (certificatePem === undefined) return undefined
  try {
    const { fingerprint, notBefore, notAfter } = await parseCertificate(certificatePem, readCertificate)
    return { fingerprint, notBefore: notBefore.getTime(), notAfter: notAfter.getTime() }
  } catch {
    return undefined
  }
}
