/** Keys in a cluster, over the API server, as far as the person's rights go. */
import { at } from '../../cluster/answer.ts'
import type { ClusterOptions } from '../../cluster/cluster.ts'
import { listKeySecrets } from '../../cluster/key-secrets.ts'
import { textOf } from '../../cluster/kubeconfig.ts'
import type { Api } from '../../cluster/service.ts'
import type { Context } from '../../context.ts'
import { CliError } from '../../messages.ts'
import { readKeySecret } from './read-secret.ts'
import {
  annotationsOf,
  DELETABLE_ANNOTATION,
  KEY_PREFIX,
  KeyExists,
  type KeyStore,
  keyManifest,
  STATE_LABEL,
  type StoredKey,
} from './store.ts'

export async function clusterKeyStore(context: Context, options: ClusterOptions): Promise<KeyStore> {
  const api = await context.connectApi(options)
  const namespace = options.controllerNamespace
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`
  return {
    title: `namespace ${namespace} at ${api.server}`,
    namespace,
    async list() {
      const secrets = await listKeySecrets(api, namespace)
      return secrets.map((secret) => readKeySecret(secret, textOf(at(at(secret, 'metadata'), 'resourceVersion'))))
    },
    async create(key) {
      const named = key.name === undefined ? { generateName: KEY_PREFIX } : { name: key.name }
      const body = JSON.stringify(keyManifest(key, { ...named, namespace }))
      const answer = await api.post(path, body)
      if (answer.status === 201) return { name: textOf(at(at(JSON.parse(answer.body), 'metadata'), 'name')) ?? '' }
      if (answer.status === 409)
        throw new KeyExists(`Secret ${namespace}/${key.name ?? ''} at ${api.server} exists already (409)`, {
          hint: 'nothing was changed: waxseal keys list shows it',
        })
      throw refusal(api, answer.status, 'create', key.name ?? 'a new key', namespace)
    },
    async change(key, change) {
      const { state } = change
      const annotations = annotationsOf(change)
      const metadata = {
        // The version that was listed: somebody else's change is never undone.
        resourceVersion: key.handle,
        ...(state === undefined ? {} : { labels: { [STATE_LABEL]: state } }),
        ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      }
      const answer = await api.patch(`${path}/${encodeURIComponent(key.name)}`, JSON.stringify({ metadata }))
      if (answer.status !== 200) throw refusal(api, answer.status, 'patch', key.name, namespace)
    },
    async remove(key) {
      const place = `${path}/${encodeURIComponent(key.name)}`
      // What deploy/policies asks for, so that nobody deletes a key by mistake. The version that was listed must still be there.
      const metadata = { resourceVersion: key.handle, annotations: { [DELETABLE_ANNOTATION]: 'true' } }
      const marked = await api.patch(place, JSON.stringify({ metadata }))
      if (marked.status !== 200) throw refusal(api, marked.status, 'patch', key.name, namespace)
      const version = textOf(at(at(JSON.parse(marked.body), 'metadata'), 'resourceVersion'))
      const answer = await api.remove(place, JSON.stringify({ preconditions: { resourceVersion: version } }))
      if (answer.status !== 200 && answer.status !== 202)
        throw refusal(api, answer.status, 'delete', key.name, namespace)
    },
    close: () => api.close(),
  }
}

function refusal({ server }: Api, status: number, verb: string, name: StoredKey['name'], namespace: string): CliError {
  const what = `Secret ${namespace}/${name} at ${server}`
  switch (status) {
    case 401:
      return new CliError(`the API server at ${server} does not accept the credentials (401)`, { hint: 'log in again' })
    case 403:
      return new CliError(`${what}: the right to ${verb} on secrets in namespace ${namespace} is missing (403)`, {
        hint: 'ask for that right (RBAC): the keys of the controller are for few',
      })
    case 404:
      return new CliError(`${what} does not exist any more (404)`, { hint: 'look again: waxseal keys list' })
    case 409:
      return new CliError(`${what} was changed by somebody else, or is there already (409)`, {
        hint: 'nothing was changed: look again with waxseal keys list, then try again',
      })
    default:
      return new CliError(`${what}: the API server answered ${status} to ${verb}`, { hint: 'try again' })
  }
}
