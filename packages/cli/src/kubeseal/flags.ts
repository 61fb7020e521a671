/** Every flag of kubeseal: names, letters and variables are its own. */
import { parseScope } from '@waxseal/core'
import type { Flag, FlagTable } from '../flags.ts'
import { UsageError } from '../messages.ts'

/** Flags that change what kubeseal does, and where it finds things. */
const OWN: FlagTable = {
  'allow-empty-data': { type: 'bool' },
  cert: { type: 'string' },
  'controller-name': { type: 'string' },
  'controller-namespace': { type: 'string' },
  'fetch-cert': { type: 'bool' },
  format: { type: 'string', letter: 'o' },
  'from-file': { type: 'list' },
  help: { type: 'bool', letter: 'h' },
  kubeconfig: { type: 'string' },
  'merge-into': { type: 'string' },
  name: { type: 'string' },
  raw: { type: 'bool' },
  're-encrypt': { type: 'bool' },
  'recovery-private-key': { type: 'list' },
  'recovery-unseal': { type: 'bool' },
  rotate: { type: 'bool' },
  scope: { type: 'string', check: (value) => void parseScope(value) },
  'sealed-secret-file': { type: 'string', letter: 'w' },
  'secret-file': { type: 'string', letter: 'f' },
  validate: { type: 'bool' },
  version: { type: 'bool' },
}

const KUBECTL: FlagTable = {
  as: { type: 'string' },
  'as-group': { type: 'array' },
  'as-uid': { type: 'string' },
  'certificate-authority': { type: 'string' },
  'client-certificate': { type: 'string' },
  'client-key': { type: 'string' },
  cluster: { type: 'string' },
  context: { type: 'string' },
  'disable-compression': { type: 'bool' },
  'insecure-skip-tls-verify': { type: 'bool' },
  namespace: { type: 'string', letter: 'n' },
  password: { type: 'string' },
  'proxy-url': { type: 'string' },
  'request-timeout': { type: 'string', check: (value) => void parseTimeout(value) },
  server: { type: 'string' },
  'tls-server-name': { type: 'string' },
  token: { type: 'string' },
  user: { type: 'string' },
  username: { type: 'string' },
}

/** Flags of Go's logger (klog). There is no such log here; scripts that pass them must go on working. */
const LOG: FlagTable = {
  add_dir_header: { type: 'bool' },
  alsologtostderr: { type: 'bool' },
  alsologtostderrthreshold: { type: 'string' },
  legacy_stderr_threshold_behavior: { type: 'bool' },
  log_backtrace_at: { type: 'string' },
  log_dir: { type: 'string' },
  log_file: { type: 'string' },
  log_file_max_size: { type: 'int' },
  logtostderr: { type: 'bool' },
  one_output: { type: 'bool' },
  skip_headers: { type: 'bool' },
  skip_log_headers: { type: 'bool' },
  stderrthreshold: { type: 'string' },
  v: { type: 'int', letter: 'v' },
  vmodule: { type: 'string' },
}

/** `--controller-name` is also `SEALED_SECRETS_CONTROLLER_NAME`; the log flags have no variable. */
function withVariables(table: FlagTable): FlagTable {
  const entries = Object.entries(table).map(([name, flag]): [string, Flag] => {
    return [name, { ...flag, env: `SEALED_SECRETS_${name.toUpperCase().replaceAll('-', '_')}` }]
  })
  return Object.fromEntries(entries)
}

export const KUBESEAL_FLAGS: FlagTable = { ...withVariables({ ...OWN, ...KUBECTL }), ...LOG }

/** A Go duration (`1m30s`) or a number of seconds; undefined for 0, which means no limit of its own. Throws UsageError that says so. */
export function parseTimeout(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) || undefined
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) throw new UsageError('not a duration such as 30s or 1m')
  const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 }
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0) || undefined
}
