import {
  type Certificate,
  field,
  isSecret,
  type JsonObject,
  parseScope,
  parseSecret,
  type Scope,
  type SealedSecret,
  type SecretManifest,
  scopeOf,
  sealSecret,
} from '@waxseal/core'
import type { ClusterOptions } from '../cluster/cluster.ts'
import { loadKubeconfig, namespaceOf } from '../cluster/kubeconfig.ts'
import type { Context } from '../context.ts'
import { type CertificateSource, loadSealingCertificate } from '../io/certificate.ts'
import { type Conversion, convertAll } from '../manifests/convert.ts'
import type { Layout } from '../manifests/render.ts'
import { kindOf, parseSources, readInputs } from '../manifests/source.ts'
import { CliError } from '../messages.ts'
import type { Command } from './command.ts'
import {
  CERT_FLAGS,
  clusterOptions,
  FILE_FLAGS,
  type Format,
  formatOfPath,
  inputPaths,
  parseFormat,
  SCOPE_FLAG,
} from './options.ts'
import { checkDestination, type Destination, writeResult } from './result.ts'

/** A sealed value is public: readable by all, as git checks files out. An existing file keeps its mode. */
const PUBLIC = { create: 0o644, existing: 'keep' } as const

export const seal: Command = {
  flags: {
    ...FILE_FLAGS,
    ...CERT_FLAGS,
    ...SCOPE_FLAG,
    namespace: { type: 'string', letter: 'n' },
    name: { type: 'string' },
    'allow-empty-data': { type: 'bool' },
  },
  async run(context, flags) {
    const output = flags.string('output')
    const scope = flags.string('scope')
    const write = flags.string('write')
    const format: Format | undefined = output === undefined ? formatOfPath(write) : parseFormat(output)
    const cluster = clusterOptions(flags)
    await sealInputs(context, {
      inputs: inputPaths(flags),
      destination: { path: write, mode: PUBLIC },
      layout: { style: 'source', format },
      certificate: { cert: flags.string('cert'), cluster },
      scope: scope === undefined ? undefined : parseScope(scope),
      namespace: flags.string('namespace'),
      name: flags.string('name'),
      allowEmpty: flags.bool('allow-empty-data'),
      noteSealedWith: true,
    })
  },
}

export interface SealRequest {
  readonly inputs: readonly string[]
  readonly destination: Destination
  readonly layout: Layout
  readonly certificate: CertificateSource
  /** Undefined: what each Secret's annotations say. */
  readonly scope: Scope | undefined
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly allowEmpty: boolean
  readonly noteSealedWith: boolean
}

/**
 * Seals every Secret of the inputs. All or nothing: the result is written when all of it is there. What can fail without the input
 * (missing files, the certificate) fails before standard input is waited for.
 */
export async function sealInputs(context: Context, request: SealRequest): Promise<void> {
  const files = readInputs(
    context,
    request.inputs.filter((path) => path !== '-'),
    'Secrets',
  )
  checkDestination(context, request.destination)
  const certificate = await loadSealingCertificate(context, request.certificate)
  const inputs = request.inputs.map(
    (path) => files.find((file) => file.path === path) ?? readInputs(context, ['-'], 'Secrets')[0],
  )
  const sources = await parseSources(inputs.filter((input) => input !== undefined))
  const text = await convertAll(sources, sealing(context, request, certificate), request.layout)
  writeResult(context, request.destination, text)
}

function sealing(context: Context, request: SealRequest, certificate: Certificate): Conversion {
  const { scope, namespace, name, allowEmpty, noteSealedWith } = request
  const fallback = contextNamespace(context, request.certificate.cluster)
  return {
    kind: 'Secret',
    is: isSecret,
    check: refuseAlmostSecret,
    async convert(value): Promise<SealedSecret> {
      const secret = parseSecret(value)
      checkScope(secret, scope)
      const defaultNamespace = needsNamespace(secret, request) ? await fallback() : undefined
      return sealSecret(secret, {
        certificate,
        allowEmpty,
        noteSealedWith,
        ...(scope === undefined ? {} : { scope }),
        ...(namespace === undefined ? {} : { namespace }),
        ...(name === undefined ? {} : { name }),
        ...(defaultNamespace === undefined ? {} : { defaultNamespace }),
      })
    },
  }
}

/** A document that is meant to be a Secret but is not quite would otherwise pass through in plain text. */
function refuseAlmostSecret(value: JsonObject): void {
  const [kind, apiVersion] = [field(value, 'kind'), field(value, 'apiVersion')]
  const isNamed = typeof kind === 'string' && kind !== ''
  const isOther =
    isNamed && (kind.toLowerCase() !== 'secret' || (typeof apiVersion === 'string' && apiVersion.includes('/')))
  if (isOther) return
  throw new CliError(`${kindOf(value)} is not a Secret`, {
    hint: 'a Secret has apiVersion: v1 and kind: Secret; nothing was sealed',
  })
}

/** `--scope strict` would not be true for a Secret whose annotations widen it, and narrowing it silently could break who relies on it. */
function checkScope(secret: SecretManifest, scope: Scope | undefined): void {
  const annotated = scopeOf(secret.metadata.annotations)
  if (scope !== 'strict' || annotated === 'strict') return
  throw new CliError(`--scope strict, but the Secret's annotations ask for the scope ${annotated}`, {
    hint: `remove the annotation sealedsecrets.bitnami.com/${annotated} from it, or leave --scope away`,
  })
}

function needsNamespace(secret: SecretManifest, request: SealRequest): boolean {
  const scope =
    request.scope === undefined || request.scope === 'strict' ? scopeOf(secret.metadata.annotations) : request.scope
  return !secret.metadata.namespace && request.namespace === undefined && scope !== 'cluster-wide'
}

/** The kubeconfig context's namespace, read once and only when some Secret has none. */
function contextNamespace(context: Context, options: ClusterOptions): () => Promise<string | undefined> {
  let found: Promise<string | undefined> | undefined
  const read = async () => {
    return namespaceOf(await loadKubeconfig(context.files, context.env, options.kubeconfig), options)
  }
  return () => (found ??= read())
}
