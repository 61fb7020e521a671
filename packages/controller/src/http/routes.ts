import type { Metrics } from '../metrics.ts'
import { type Routes, text } from './server.ts'

/** What the endpoints show. */
export interface Served {
  /** PEM of the newest active certificate; undefined while there is none. */
  readonly certificatePem: string | undefined
  /** Why the controller is not ready; undefined when it is. */
  readonly unready: string | undefined
}

/** Of the public port: probes and the certificate to seal with. `served` is undefined until the store is open. */
export function publicRoutes(served: () => Served | undefined): Routes {
  const unready = (): string | undefined => {
    const now = served()
    return now === undefined ? 'starting' : now.unready
  }
  return {
    '/healthz': () => text(200, 'ok\n'),
    '/readyz': () => {
      const reason = unready()
      return reason === undefined ? text(200, 'ok\n') : text(503, `not ready: ${reason}\n`)
    },
    '/v1/cert.pem': () => {
      const pem = served()?.certificatePem
      if (pem === undefined) return text(503, `not ready: ${unready() ?? 'no key yet'}\n`)
      return { status: 200, type: 'application/x-pem-file', body: pem }
    },
  }
}

export function metricsRoutes({ registry }: Metrics): Routes {
  return {
    '/metrics': async () => ({ status: 200, type: registry.contentType, body: await registry.metrics() }),
  }
}
