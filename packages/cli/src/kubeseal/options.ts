/** What several of kubeseal's modes take from the flags. */
import { type ClusterOptions, CONTROLLER } from '../cluster/cluster.ts'
import { isStdin } from '../commands/options.ts'
import type { Destination } from '../commands/result.ts'
import type { Flags } from '../flags.ts'
import { CliError } from '../messages.ts'
import type { Format } from '../output/format.ts'
import { parseTimeout } from './flags.ts'

/** The file to read, or `-`. */
export function inputOf(flags: Flags): string {
  const path = flags.string('secret-file')
  return path === undefined || isStdin(path) ? '-' : path
}

/** Sealed or opened, kubeseal keeps what it writes to its owner. */
export function destinationOf(flags: Flags): Destination {
  return { path: flags.string('sealed-secret-file'), mode: { create: 0o600, existing: 'set' } }
}

/** JSON unless told otherwise; the extension of -w beats -o. */
export function outputFormat(flags: Flags): Format {
  return askedFormat(flags, flags.string('sealed-secret-file')) ?? 'json'
}

/** What the extension of the file to write, or else -o, asks for; undefined when neither does. */
export function askedFormat(flags: Flags, path: string | undefined): Format | undefined {
  if (/\.ya?ml$/.test(path ?? '')) return 'yaml'
  const asked = flags.string('format')
  const format = asked?.toLowerCase()
  if (format === undefined || format === 'json' || format === 'yaml') return format
  throw new CliError(`unsupported output format: ${asked}`, { hint: 'use json or yaml' })
}

/** Where the cluster and the controller are, by kubectl's connection flags and kubeseal's own. */
export function clusterOf(flags: Flags): ClusterOptions {
  const timeout = flags.string('request-timeout')
  return {
    kubeconfig: flags.string('kubeconfig'),
    context: flags.string('context'),
    controllerName: flags.string('controller-name') ?? CONTROLLER.name,
    controllerNamespace: flags.string('controller-namespace') ?? CONTROLLER.namespace,
    overrides: {
      cluster: flags.string('cluster'),
      user: flags.string('user'),
      server: flags.string('server'),
      tlsServerName: flags.string('tls-server-name'),
      insecureSkipTlsVerify: flags.bool('insecure-skip-tls-verify') || undefined,
      certificateAuthority: flags.string('certificate-authority'),
      proxyUrl: flags.string('proxy-url'),
      token: flags.string('token'),
      username: flags.string('username'),
      password: flags.string('password'),
      clientCertificate: flags.string('client-certificate'),
      clientKey: flags.string('client-key'),
      as: flags.string('as'),
      asUid: flags.string('as-uid'),
      asGroups: flags.list('as-group'),
      requestTimeout: timeout === undefined ? undefined : parseTimeout(timeout),
    },
  }
}
