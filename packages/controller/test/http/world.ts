/** The endpoints that take a SealedSecret, served with keys of the vectors. */
import { type KeyRing, keyRing, OpeningKey, type SealingKey } from '@waxseal/core'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { type Keys, type ReencryptOptions, reencryptRoutes } from '../../src/http/reencrypt.ts'
import { type Serving, serve } from '../../src/http/server.ts'
import { readKeyPair } from '../../src/keys/key-pair.ts'
import { Metrics } from '../../src/metrics.ts'
import { type KeyName, keyPem } from '../helpers/material.ts'

export const PLENTY = { perSecond: 100_000, burst: 1000 }

interface Endpoints {
  readonly url: string
  readonly port: number
  readonly metrics: Metrics
  readonly post: (path: string, body: string | object, init?: RequestInit) => Promise<Response>
}

/** A server that ends with the test. */
export async function endpoints(keys: Keys | undefined, options: Partial<ReencryptOptions> = {}): Promise<Endpoints> {
  const metrics = new Metrics('test')
  const rest = { acceptDeprecatedData: true, rateLimit: PLENTY, clock: systemClock, ...options }
  const routes = reencryptRoutes({ keys: () => keys, ...rest })
  const server: Serving = await serve({ address: { host: '127.0.0.1', port: 0 }, routes, metrics, clock: systemClock })
  onTestFinished(() => server.close(100))
  const url = `http://127.0.0.1:${server.port}`
  const post: Endpoints['post'] = (path, body, init = {}) =>
    fetch(url + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), ...init })
  return { url, port: server.port, metrics, post }
}

/** Keys of the vectors, newest first. */
export async function keysOf(names: readonly KeyName[], rsaOperation: () => void = () => undefined): Promise<Keys> {
  const pems = await Promise.all(names.map(keyPem))
  const opening = await Promise.all(pems.map(({ privateKeyPem }) => OpeningKey.import(privateKeyPem)))
  const [newest] = names
  if (newest === undefined) throw new Error('no keys')
  return { ring: keyRing(opening, { rsaOperation }), sealingKey: await sealingOf(newest) }
}

export async function ringOf(name: KeyName): Promise<KeyRing> {
  return keyRing([await OpeningKey.import((await keyPem(name)).privateKeyPem)])
}

async function sealingOf(name: KeyName): Promise<SealingKey> {
  const secret = { namespace: 'n', name, version: '1', state: 'active', creationTimestamp: '', lastBackup: undefined }
  return (await readKeyPair({ ...secret, ...(await keyPem(name)) })).sealing
}
