/**
 * Kubeconfig files as kubectl merges them: own code, because client-node's refuses duplicate names and missing files in KUBECONFIG,
 * and loading it costs far more than a command needs that only asks for the namespace.
 */

import { dirname, isAbsolute, join } from 'node:path'
import { isObject } from '@waxseal/core'
import { decodeText, readDocuments } from '@waxseal/core/documents'
import type { Env, Files } from '../context.ts'
import { CliError, within } from '../messages.ts'
import type { ClusterOptions } from './cluster.ts'

export type Fields = Readonly<Record<string, unknown>>

/** The merged files; entries keep kubeconfig's own field names, paths in them are absolute. */
export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, Fields>
  readonly users: ReadonlyMap<string, Fields>
  readonly contexts: ReadonlyMap<string, Fields>
  readonly currentContext: string | undefined
}

const LIMIT = 16 * 1024 * 1024
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Reads --kubeconfig, else every file of KUBECONFIG that is there, else ~/.kube/config, else the Pod's service account. Of entries
 * with one name the first counts. Throws CliError when --kubeconfig is missing or a file is no kubeconfig.
 */
export async function loadKubeconfig(files: Files, env: Env, explicit: string | undefined): Promise<Kubeconfig> {
  const merged = {
    clusters: new Map<string, Fields>(),
    users: new Map<string, Fields>(),
    contexts: new Map<string, Fields>(),
  }
  let currentContext: string | undefined
  for (const path of explicit === undefined ? candidates(env) : [explicit]) {
    if (explicit === undefined && !files.exists(path)) continue
    const content = await parseFile(files, path)
    addAll(merged.clusters, content.clusters, 'cluster', dirname(path))
    addAll(merged.users, content.users, 'user', dirname(path))
    addAll(merged.contexts, content.contexts, 'context', dirname(path))
    currentContext ??= textOf(content['current-context'])
  }
  if (merged.clusters.size + merged.contexts.size === 0 && explicit === undefined)
    return inCluster(files, env) ?? { ...merged, currentContext }
  return { ...merged, currentContext }
}

/** The namespace that a Secret without one goes to: the context's, else `default`; undefined without a usable kubeconfig. */
export function namespaceOf(config: Kubeconfig, options: ClusterOptions): string | undefined {
  const context = contextOf(config, options)
  const namespace = textOf(context?.namespace)
  if (namespace !== undefined) return namespace
  const cluster = options.overrides?.cluster ?? textOf(context?.cluster)
  const usable = options.overrides?.server !== undefined || (cluster !== undefined && config.clusters.has(cluster))
  return usable ? 'default' : undefined
}

/** The chosen context; undefined when none is chosen. Throws when --context names one that is not there. */
export function contextOf(config: Kubeconfig, options: ClusterOptions): Fields | undefined {
  const name = options.context ?? config.currentContext
  const context = name === undefined ? undefined : config.contexts.get(name)
  if (context === undefined && options.context !== undefined) {
    const known = [...config.contexts.keys()].join(', ')
    throw new CliError(`context ${JSON.stringify(options.context)} does not exist`, {
      hint: known ? `there are: ${known}` : 'the kubeconfig has no contexts',
    })
  }
  return context
}

function candidates(env: Env): string[] {
  const list = env.KUBECONFIG
  if (list) return list.split(process.platform === 'win32' ? ';' : ':').filter((path) => path !== '')
  const home = env.HOME || env.USERPROFILE
  return home ? [join(home, '.kube', 'config')] : []
}

async function parseFile(files: Files, path: string): Promise<Fields> {
  try {
    const [document] = await readDocuments(decodeText(files.read(path, LIMIT)))
    if (document?.error !== undefined) throw document.error
    return fieldsOf(document?.value) ?? {}
  } catch (error) {
    throw error instanceof CliError ? error : within(`kubeconfig ${path}`, error)
  }
}

/** Adds the `{name, cluster|user|context: {...}}` entries that are not there yet. */
function addAll(into: Map<string, Fields>, list: unknown, kind: string, folder: string): void {
  for (const entry of Array.isArray(list) ? list : []) {
    const fields = fieldsOf(entry)
    const name = textOf(fields?.name)
    if (name !== undefined && !into.has(name)) into.set(name, withAbsolutePaths(fieldsOf(fields?.[kind]) ?? {}, folder))
  }
}

const PATH_FIELDS: readonly string[] = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile']

/** Paths in a kubeconfig are relative to the file they stand in. */
function withAbsolutePaths(fields: Fields, folder: string): Fields {
  const entries = Object.entries(fields).map(([key, value]): [string, unknown] => {
    const isPath = PATH_FIELDS.includes(key) && typeof value === 'string' && value !== '' && !isAbsolute(value)
    return [key, isPath ? join(folder, value) : value]
  })
  return withAbsoluteCommand(Object.fromEntries(entries), folder)
}

/** So is a plugin that is named with a slash; others are looked for in PATH. */
function withAbsoluteCommand(fields: Fields, folder: string): Fields {
  const exec = fieldsOf(fields.exec)
  const command = textOf(exec?.command)
  if (command === undefined || !isRelativeCommand(command)) return fields
  return { ...fields, exec: { ...exec, command: join(folder, command) } }
}

/** A command with a slash is relative to the kubeconfig that names it (client-go). */
const isRelativeCommand = (command: string): boolean => /[\\/]/.test(command) && !isAbsolute(command)

/** The Pod's own access, where there is one. */
function inCluster(files: Files, env: Env): Kubeconfig | undefined {
  const [host, port] = [env.KUBERNETES_SERVICE_HOST, env.KUBERNETES_SERVICE_PORT]
  if (!host || !port || !files.exists(`${SERVICE_ACCOUNT}/token`)) return undefined
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  const namespace = env.POD_NAMESPACE || ownNamespace(files)
  return {
    clusters: new Map([['in-cluster', { server, 'certificate-authority': `${SERVICE_ACCOUNT}/ca.crt` }]]),
    users: new Map([['in-cluster', { tokenFile: `${SERVICE_ACCOUNT}/token` }]]),
    contexts: new Map([['in-cluster', { cluster: 'in-cluster', user: 'in-cluster', namespace }]]),
    currentContext: 'in-cluster',
  }
}

function ownNamespace(files: Files): string | undefined {
  const path = `${SERVICE_ACCOUNT}/namespace`
  return files.exists(path) ? new TextDecoder().decode(files.read(path, 1024)).trim() : undefined
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function fieldsOf(value: unknown): Fields | undefined {
  return isObject(value) ? value : undefined
}
