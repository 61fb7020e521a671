/** A real API server as the world of a store: everybody else acts on it as its administrator. */

import type { ObjectRef, SealedSecretStatus, SecretObject } from '../../../packages/controller/src/state.ts'
import { openKubernetesStore } from '../../../packages/controller/src/stores/kubernetes/index.ts'
import type { SealedManifest } from '../../../packages/controller/test/helpers/material.ts'
import { memoryLog } from '../../../packages/controller/test/stores/kubernetes/log.ts'
import type { World } from '../../../packages/controller/test/stores/world.ts'
import type { ControlPlane } from '../../kube/control-plane.ts'
import { eventually } from '../../kube/poll.ts'

const KEY_LABEL = 'sealedsecrets.bitnami.com/sealed-secrets-key'

export type KubeStore = Awaited<ReturnType<typeof openKubernetesStore>>

export const secretsPath = (namespace: string): string => `/api/v1/namespaces/${namespace}/secrets`
export const sealedPath = (namespace: string): string =>
  `/apis/bitnami.com/v1alpha1/namespaces/${namespace}/sealedsecrets`

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Installs deploy/ and returns the kubeconfig of the controller's ServiceAccount. */
export async function installRights(plane: ControlPlane, deploy: string): Promise<string> {
  await plane.kubectl(['apply', '-k', deploy])
  await eventually('SealedSecrets are served', () => plane.api.object(sealedPath('default')))
  // What --old-gc-behavior needs on top.
  await plane.kubectl(['create', 'clusterrole', 'old-gc', '--verb=delete', '--resource=secrets'])
  const subject = ['--clusterrole=old-gc', '--serviceaccount=kube-system:sealed-secrets-controller']
  await plane.kubectl(['create', 'clusterrolebinding', 'old-gc', ...subject])
  const account = ['sealed-secrets-controller', '--namespace', 'kube-system', '--duration', '1h']
  const token = (await plane.kubectl(['create', 'token', ...account])).trim()
  return plane.kubeconfigFor('controller', { token, namespace: 'kube-system' })
}

/** Gives the controller's account in a namespace what the installed manifests give it in its own. */
async function giveKeyRights(plane: ControlPlane, namespace: string): Promise<void> {
  const path = (where: string): string => `/apis/rbac.authorization.k8s.io/v1/namespaces/${where}`
  const name = 'sealed-secrets-key-admin'
  const { rules } = await plane.api.object<{ rules: unknown }>(`${path('kube-system')}/roles/${name}`)
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name }
  const subjects = [{ kind: 'ServiceAccount', name: 'sealed-secrets-controller', namespace: 'kube-system' }]
  await plane.api.object(`${path(namespace)}/roles`, { method: 'POST', body: { metadata: { name }, rules } })
  const binding = { metadata: { name }, roleRef, subjects }
  await plane.api.object(`${path(namespace)}/rolebindings`, { method: 'POST', body: binding })
}

export class KubeWorld implements World {
  readonly namespace: string
  readonly collectsGarbage: boolean
  readonly lines: ReturnType<typeof memoryLog>['lines']
  readonly #plane: ControlPlane
  readonly #kubeconfig: string
  readonly #keys: string
  readonly #log: ReturnType<typeof memoryLog>['log']
  readonly #stores: KubeStore[] = []

  private constructor(plane: ControlPlane, kubeconfig: string, namespace: string, collectsGarbage: boolean) {
    const { log, lines } = memoryLog()
    this.#plane = plane
    this.#kubeconfig = kubeconfig
    this.#log = log
    this.lines = lines
    this.namespace = namespace
    this.#keys = `${namespace}-keys`
    this.collectsGarbage = collectsGarbage
  }

  /** Two new namespaces, one of them for keys. */
  static async create(
    plane: ControlPlane,
    { kubeconfig = plane.kubeconfig, collectsGarbage = false } = {},
  ): Promise<KubeWorld> {
    const namespace = `w${crypto.randomUUID().slice(0, 8)}`
    const world = new KubeWorld(plane, kubeconfig, namespace, collectsGarbage)
    for (const name of [namespace, world.#keys]) {
      await plane.api.object('/api/v1/namespaces', { method: 'POST', body: { metadata: { name } } })
    }
    if (kubeconfig !== plane.kubeconfig) await giveKeyRights(plane, world.#keys)
    return world
  }

  async openStore(namespaces: 'all' | readonly string[] = [this.namespace]): Promise<KubeStore> {
    const store = await openKubernetesStore({
      ...{ kubeconfig: this.#kubeconfig, controllerNamespace: this.#keys, namespaces, log: this.#log },
    })
    this.#stores.push(store)
    return store
  }

  /** Without the status, which a replacement keeps. */
  async putSealedSecret(manifest: SealedManifest): Promise<void> {
    await this.#put(sealedPath(manifest.metadata.namespace), manifest.metadata.name, manifest)
  }

  async removeSealedSecret({ namespace, name }: ObjectRef): Promise<void> {
    await this.#delete(`${sealedPath(namespace)}/${name}`)
  }

  async putSecret(secret: SecretObject): Promise<void> {
    await this.#put(secretsPath(secret.metadata.namespace), secret.metadata.name, secret)
  }

  async removeSecret({ namespace, name }: ObjectRef): Promise<void> {
    await this.#delete(`${secretsPath(namespace)}/${name}`)
  }

  async putKey(name: string, key: { certificatePem?: string; privateKeyPem?: string; state?: string }): Promise<void> {
    const { certificatePem, privateKeyPem, state = 'active' } = key
    const whole = certificatePem !== undefined && privateKeyPem !== undefined
    await this.#put(secretsPath(this.#keys), name, {
      metadata: { name, labels: { [KEY_LABEL]: state } },
      type: whole ? 'kubernetes.io/tls' : 'Opaque',
      data: {
        ...(certificatePem === undefined ? {} : { 'tls.crt': base64(certificatePem) }),
        ...(privateKeyPem === undefined ? {} : { 'tls.key': base64(privateKeyPem) }),
      },
    })
  }

  async removeKey(name: string): Promise<void> {
    await this.#delete(`${secretsPath(this.#keys)}/${name}`)
  }

  async readCertificate(): Promise<string | undefined> {
    const path = `/api/v1/namespaces/${this.#keys}/configmaps/sealed-secrets-public-cert`
    return (await this.#plane.api.find<{ data: { 'tls.crt': string } }>(path))?.data['tls.crt']
  }

  async readSecret({ namespace, name }: ObjectRef): Promise<SecretObject | undefined> {
    const found = await this.#plane.api.find<SecretObject>(`${secretsPath(namespace)}/${name}`)
    return found && { ...found, data: found.data ?? {} }
  }

  async readStatus({ namespace, name }: ObjectRef): Promise<SealedSecretStatus | undefined> {
    const found = await this.#plane.api.find<{ status?: SealedSecretStatus }>(`${sealedPath(namespace)}/${name}`)
    return found?.status
  }

  async readEvents({
    namespace,
    name,
  }: ObjectRef): Promise<readonly { type: string; reason: string; message: string }[]> {
    const query = `fieldSelector=involvedObject.name=${name},involvedObject.kind=SealedSecret`
    const path = `/api/v1/namespaces/${namespace}/events?${query}`
    const { items } = await this.#plane.api.object<{ items: { type: string; reason: string; message: string }[] }>(path)
    return items.map(({ type, reason, message }) => ({ type, reason, message }))
  }

  async close(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()))
  }

  /** Replaces whatever version is there. */
  async #put(collection: string, name: string, body: object): Promise<void> {
    const { api } = this.#plane
    const path = `${collection}/${name}`
    for (;;) {
      const known = await api.find<{ metadata: { resourceVersion: string }; type?: string }>(path)
      if (known === undefined) {
        await api.object(collection, { method: 'POST', body })
        return
      }
      const { status } = await api.request(path, {
        method: 'PUT',
        body: replacing(body, known.metadata.resourceVersion),
      })
      if (status < 300) return
      if (status !== 409) throw new Error(`PUT ${path}: ${status}`)
    }
  }

  async #delete(path: string): Promise<void> {
    const { status } = await this.#plane.api.request(path, { method: 'DELETE' })
    if (status >= 300 && status !== 404) throw new Error(`DELETE ${path}: ${status}`)
  }
}

function replacing(body: object, resourceVersion: string): object {
  const metadata = 'metadata' in body && typeof body.metadata === 'object' ? body.metadata : {}
  return { ...body, metadata: { ...metadata, resourceVersion } }
}
