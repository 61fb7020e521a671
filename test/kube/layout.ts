/** Files and arguments of a control plane's programs. */
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Program = 'etcd' | 'kube-apiserver' | 'kube-controller-manager'

export interface Layout {
  /** Folder with the programs. */
  readonly assets: string
  /** Folder with all state. */
  readonly dir: string
  readonly ports: { readonly client: number; readonly peer: number; readonly secure: number }
}

export const writePrivate = (path: string, text: string): void => writeFileSync(path, text, { mode: 0o600 })

/** The last lines of a log. */
export function tailOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-5).join('\n') : '(no log)'
}

/** Service account key, the administrator's token and the audit policy. */
export function writeCredentials(dir: string, auditPolicy: string | undefined): void {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  writePrivate(join(dir, 'sa.key'), key.export({ type: 'pkcs1', format: 'pem' }).toString())
  writePrivate(join(dir, 'tokens.csv'), 'admin,admin,admin,system:masters\n')
  if (auditPolicy !== undefined) writePrivate(join(dir, 'audit-policy.yaml'), auditPolicy)
}

/** JSON is YAML: a kubeconfig with one cluster, user and context. */
export function kubeconfigText(
  server: string,
  caFile: string,
  { token, namespace = 'default' }: { readonly token: string; readonly namespace?: string },
): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': caFile } }],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'user', namespace } }],
    'current-context': 'test',
  })
}

/** Arguments of each program; all addresses are loopback. */
export function programArgs({ dir, ports }: Layout, kubeconfig: string): Readonly<Record<Program, readonly string[]>> {
  const client = `http://127.0.0.1:${ports.client}`
  const peer = `http://127.0.0.1:${ports.peer}`
  return {
    etcd: [
      ...['--data-dir', join(dir, 'etcd'), '--unsafe-no-fsync', '--log-level', 'error'],
      ...['--listen-client-urls', client, '--advertise-client-urls', client],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
    ],
    'kube-apiserver': [
      ...['--etcd-servers', client, '--bind-address', '127.0.0.1', '--secure-port', String(ports.secure)],
      // Never dialled, but without it a machine that has no default route is refused.
      ...['--advertise-address', '192.0.2.1', '--endpoint-reconciler-type', 'none'],
      ...['--cert-dir', join(dir, 'apiserver'), '--service-cluster-ip-range', '10.0.0.0/24', '--allow-privileged'],
      ...['--token-auth-file', join(dir, 'tokens.csv'), '--authorization-mode', 'RBAC'],
      ...['--service-account-issuer', 'https://kubernetes.default.svc'],
      ...['--service-account-key-file', join(dir, 'sa.key'), '--service-account-signing-key-file', join(dir, 'sa.key')],
    ],
    'kube-controller-manager': [
      ...['--kubeconfig', kubeconfig, '--secure-port', '0', '--leader-elect=false'],
      ...['--service-account-private-key-file', join(dir, 'sa.key')],
      ...['--controllers', 'garbagecollector,namespace,serviceaccount,serviceaccount-token'],
    ],
  }
}
