/** The certificate in a ConfigMap, for those who may not use the service proxy. */
import { StoreError } from '../../ports.ts'
import { configMapsPath, member } from './paths.ts'
import type { Transport } from './transport.ts'

/** Name of the ConfigMap; its key `tls.crt` holds the PEM text. */
const NAME = 'sealed-secrets-public-cert'

/** Writes it, whatever is there: the API server stores nothing when nothing changes. Throws StoreError. */
export async function publishCertificate(transport: Transport, namespace: string, pem: string): Promise<void> {
  const path = configMapsPath(namespace)
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME, namespace }, data: { 'tls.crt': pem } }
  const what = `configmaps ${namespace}/${NAME}`
  try {
    await transport.call({ method: 'PUT', path: member(path, NAME), body, what: `update ${what}` })
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'not-found') throw error
    await transport.call({ method: 'POST', path, body, what: `create ${what}` })
  }
}
