/** From a kubeconfig's user and cluster to what a request needs: headers, TLS material. */
import type { ConnectionOptions } from 'node:tls'
import type { Env, Files } from '../context.ts'
import { CliError } from '../messages.ts'
import { at, textsIn } from './answer.ts'
import type { Connection } from './connection.ts'
import { runPlugin } from './exec-plugin.ts'
import { type Fields, textOf } from './kubeconfig.ts'

export interface Credentials {
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly tls: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>
}

export interface Surroundings {
  readonly files: Files
  readonly env: Env
  readonly isTerminal: boolean
}

const LIMIT = 1024 * 1024

/** The kubeconfig's fields in client-go's order: a token file, a token, a name with password, else the plugin. Throws CliError. */
export async function credentialsOf({ server, cluster, user }: Connection, around: Surroundings): Promise<Credentials> {
  const { files } = around
  const identity = await identify(user, cluster, around)
  const certificate = identity.certificate ?? material(files, user, 'client-certificate')
  const key = identity.key ?? material(files, user, 'client-key')
  if ((certificate === undefined) !== (key === undefined)) {
    throw new CliError('a client certificate and its key are needed, and the kubeconfig has only one of them')
  }
  return {
    headers: { ...identity.headers, ...impersonation(user) },
    tls: {
      ...authority(files, cluster, server),
      ...(certificate === undefined || key === undefined ? {} : { cert: certificate, key }),
      ...(textOf(cluster['tls-server-name']) === undefined ? {} : { servername: textOf(cluster['tls-server-name']) }),
    },
  }
}

interface Identity {
  readonly headers: Readonly<Record<string, string>>
  readonly certificate?: string | undefined
  readonly key?: string | undefined
}

async function identify(user: Fields, cluster: Fields, around: Surroundings): Promise<Identity> {
  const bearer = (token: string): Identity => ({ headers: { authorization: `Bearer ${token}` } })
  const tokenFile = textOf(user.tokenFile)
  if (tokenFile !== undefined) return bearer(textIn(around.files, tokenFile).trim())
  const [token, name] = [textOf(user.token), textOf(user.username)]
  if (token !== undefined) return bearer(token)
  if (name !== undefined) {
    const password = typeof user.password === 'string' ? user.password : ''
    return { headers: { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` } }
  }
  if (isFields(user.exec)) {
    const plugin = runPlugin(user.exec, { ...around, cluster: withAuthority(around.files, cluster) })
    return { ...plugin, headers: plugin.token === undefined ? {} : bearer(plugin.token).headers }
  }
  return isFields(user['auth-provider']) ? fromProvider(user) : { headers: {} }
}

/** OpenID Connect, the one provider that kubectl still has, with its refreshing: client-node's part. */
async function fromProvider(user: Fields): Promise<Identity> {
  const name = textOf(at(user['auth-provider'], 'name')) ?? ''
  if (name !== 'oidc') {
    throw new CliError(`the kubeconfig's auth-provider ${JSON.stringify(name)} does not exist any more`, {
      hint: 'its successor is an exec plugin; your cluster provider says how to renew the kubeconfig',
    })
  }
  const { HttpMethod, KubeConfig, RequestContext } = await import('./client-node.ts')
  const kubeconfig = new KubeConfig()
  kubeconfig.loadFromClusterAndUser(
    { name: 'chosen', server: 'https://unused.invalid', skipTLSVerify: false },
    { name: 'chosen', authProvider: user['auth-provider'] },
  )
  const request = new RequestContext('https://unused.invalid', HttpMethod.GET)
  try {
    await kubeconfig.applySecurityAuthentication(request)
  } catch (cause) {
    throw new CliError("the kubeconfig's OpenID Connect login has expired, and could not be renewed", {
      hint: 'log in again',
      cause,
    })
  }
  return { headers: request.getHeaders() }
}

/** Without an authority in the kubeconfig those of the system and of Node count. */
function authority(files: Files, cluster: Fields, server: string): Credentials['tls'] {
  if (cluster['insecure-skip-tls-verify'] === true || server.startsWith('http:')) return { rejectUnauthorized: false }
  const given = material(files, cluster, 'certificate-authority')
  if (given !== undefined) return { ca: given }
  const { getCACertificates } = process.getBuiltinModule('node:tls')
  return { ca: [...getCACertificates('default'), ...getCACertificates('system')] }
}

/** For a plugin, which cannot know where a path is relative to. */
function withAuthority(files: Files, cluster: Fields): Fields {
  const text = material(files, cluster, 'certificate-authority')
  return text === undefined
    ? cluster
    : { ...cluster, 'certificate-authority-data': Buffer.from(text).toString('base64') }
}

/** PEM text of `NAME-data`, which is base64, else of the file NAME. */
function material(files: Files, fields: Fields, name: string): string | undefined {
  const data = textOf(fields[`${name}-data`])
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8')
  const path = textOf(fields[name])
  return path === undefined ? undefined : textIn(files, path)
}

const textIn = (files: Files, path: string): string => new TextDecoder().decode(files.read(path, LIMIT))

/** Each value a header of its own: the API server takes a list in one for the name of one group. */
function impersonation(user: Fields): Record<string, string | string[]> {
  const [as, uid, groups, extra] = [textOf(user.as), textOf(user['as-uid']), user['as-groups'], user['as-user-extra']]
  const lists = isFields(extra) ? Object.entries(extra) : []
  return {
    ...(as === undefined ? {} : { 'impersonate-user': as }),
    ...(uid === undefined ? {} : { 'impersonate-uid': uid }),
    ...(textsIn(groups).length === 0 ? {} : { 'impersonate-group': textsIn(groups) }),
    ...Object.fromEntries(
      lists.map(([key, values]) => [`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`, textsIn(values)]),
    ),
  }
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null
