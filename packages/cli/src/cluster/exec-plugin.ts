/** Credential plugins: programs that a kubeconfig names to get a token or a client certificate (client.authentication.k8s.io). */
import type { Env } from '../context.ts'
import { CliError, errorCode, systemReason } from '../messages.ts'
import { at, listed } from './answer.ts'
import { type Fields, textOf } from './kubeconfig.ts'

export interface PluginCredentials {
  readonly token: string | undefined
  /** PEM texts, both or none. */
  readonly certificate: string | undefined
  readonly key: string | undefined
}

export interface PluginSurroundings {
  readonly env: Env
  /** Whether somebody could answer a question on standard input. */
  readonly isTerminal: boolean
  /** The cluster's entry, for plugins that ask for it. */
  readonly cluster: Fields
}

const API_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']
const OUTPUT_LIMIT = 1024 * 1024
const AFTERWARDS =
  'run it by itself to see what it lacks, or do without the cluster: give the certificate with --cert FILE|URL'

/** Runs the plugin; what it says to standard error is the person's to read. Throws CliError that never quotes what it printed. */
export function runPlugin(exec: Fields, around: PluginSurroundings): PluginCredentials {
  const command = textOf(exec.command)
  const apiVersion = textOf(exec.apiVersion)
  if (command === undefined) throw new CliError("the kubeconfig's exec plugin names no command")
  if (apiVersion === undefined || !API_VERSIONS.includes(apiVersion)) {
    throw new CliError(`exec plugin ${command}: the apiVersion ${apiVersion ?? '(none)'} is not supported`, {
      hint: `there are ${API_VERSIONS.join(' and ')}`,
    })
  }
  const interactive = isInteractive(exec, apiVersion, around.isTerminal, command)
  const info = { apiVersion, kind: 'ExecCredential', spec: { interactive, ...clusterInfo(exec, around.cluster) } }
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const { status, signal, stdout, error } = spawnSync(command, argumentsOf(exec), {
    env: { ...around.env, ...variables(exec), KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
    maxBuffer: OUTPUT_LIMIT,
  })
  if (error !== undefined) throw cannotRun(exec, command, error)
  if (status !== 0) {
    throw new CliError(`exec plugin ${command} failed (${signal ?? `exit code ${status}`})`, { hint: AFTERWARDS })
  }
  return credentialsIn(stdout.toString('utf8'), apiVersion, command)
}

function isInteractive(exec: Fields, apiVersion: string, isTerminal: boolean, command: string): boolean {
  const mode = textOf(exec.interactiveMode) ?? (apiVersion.endsWith('v1beta1') ? 'IfAvailable' : undefined)
  if (mode === 'Never') return false
  if (mode === 'IfAvailable') return isTerminal
  if (mode !== 'Always') {
    throw new CliError(`exec plugin ${command}: interactiveMode must be Never, IfAvailable or Always`, {
      hint: 'mend the kubeconfig',
    })
  }
  if (isTerminal) return true
  throw new CliError(`exec plugin ${command} needs a terminal as standard input (interactiveMode Always)`, {
    hint: 'name the input with -f instead of piping it in, or give the certificate with --cert',
  })
}

/** As the API has it: without what only says where files are. */
function clusterInfo(exec: Fields, cluster: Fields): object {
  if (exec.provideClusterInfo !== true) return {}
  const names = ['server', 'tls-server-name', 'insecure-skip-tls-verify', 'certificate-authority-data', 'proxy-url']
  const found = names.flatMap((name) => (cluster[name] === undefined ? [] : [[name, cluster[name]] as const]))
  const own = listed(cluster.extensions).find((each) => at(each, 'name') === 'client.authentication.k8s.io/exec')
  const config = at(own, 'extension')
  return { cluster: { ...Object.fromEntries(found), ...(config === undefined ? {} : { config }) } }
}

const argumentsOf = ({ args }: Fields): string[] =>
  listed(args).flatMap((each) => (typeof each === 'string' ? [each] : []))

function variables({ env }: Fields): Record<string, string> {
  return Object.fromEntries(
    listed(env).flatMap((entry) => {
      const [name, value] = [textOf(at(entry, 'name')), at(entry, 'value')]
      return name !== undefined && typeof value === 'string' ? [[name, value]] : []
    }),
  )
}

const hintOf = (exec: Fields): string | undefined => textOf(exec.installHint)?.trim()

function cannotRun(exec: Fields, command: string, error: Error): CliError {
  if (errorCode(error) === 'ENOENT') {
    return new CliError(`exec plugin ${command}: executable not found`, {
      hint: hintOf(exec) ?? 'the kubeconfig names it to log in: install it, or put it into PATH',
      cause: error,
    })
  }
  if (errorCode(error) === 'ENOBUFS')
    return new CliError(`exec plugin ${command} printed more than a MiB`, { hint: AFTERWARDS })
  return new CliError(`exec plugin ${command}: ${systemReason(error)}`, { hint: AFTERWARDS, cause: error })
}

function credentialsIn(output: string, apiVersion: string, command: string): PluginCredentials {
  const answer = parse(output)
  if (at(answer, 'kind') !== 'ExecCredential' || at(answer, 'apiVersion') !== apiVersion) {
    throw new CliError(`exec plugin ${command} printed no ExecCredential of ${apiVersion}`, { hint: AFTERWARDS })
  }
  const status = at(answer, 'status')
  const text = (name: string): string | undefined => textOf(at(status, name))
  const [token, certificate, key] = [text('token'), text('clientCertificateData'), text('clientKeyData')]
  if ((certificate === undefined) !== (key === undefined)) {
    throw new CliError(`exec plugin ${command} gave a client certificate without its key, or the reverse`, {
      hint: AFTERWARDS,
    })
  }
  if (token === undefined && certificate === undefined) {
    throw new CliError(`exec plugin ${command} gave neither a token nor a client certificate`, { hint: AFTERWARDS })
  }
  return { token, certificate, key }
}

/** The parser's own message could quote a token. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
