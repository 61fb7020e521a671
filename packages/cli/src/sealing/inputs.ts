/** Seals the Secrets of inputs into one text. */
import {
  field,
  isSecret,
  type JsonObject,
  parseSecret,
  type Scope,
  type SealedSecret,
  type SecretManifest,
  scopeOf,
  sealSecret,
} from '@waxseal/core'
import type { ClusterOptions } from '../cluster/cluster.ts'
import { loadKubeconfig, namespaceOf } from '../cluster/kubeconfig.ts'
import { checkDestination, type Destination, writeResult } from '../commands/result.ts'
import type { Context } from '../context.ts'
import { type CertificateSource, loadSealingCertificate } from '../io/certificate.ts'
import { type Conversion, convertAll } from '../manifests/convert.ts'
import type { Layout } from '../manifests/render.ts'
import { kindOf, parseSources, readInputs } from '../manifests/source.ts'
import { CliError } from '../messages.ts'
import type { Keeper } from './keep.ts'
import { type Target, withTarget } from './targets.ts'

/** How each Secret is sealed. */
export interface SealSettings {
  /** For the namespace of the kubeconfig's context. */
  readonly cluster: ClusterOptions
  /** Undefined: what each Secret's annotations say. */
  readonly scope: Scope | undefined
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly allowEmpty: boolean
  readonly noteSealedWith: boolean
}

export interface SealRequest extends SealSettings {
  readonly inputs: readonly string[]
  readonly destination: Destination
  readonly layout: Layout
  readonly certificate: CertificateSource
  /** Keeps sealed texts of values that did not change. */
  readonly keeper?: Keeper
  readonly dryRun?: boolean
}

/**
 * Seals every Secret of the inputs. All or nothing: the result is written when all of it is there. What can fail without the input
 * (missing files, the certificate) fails before standard input is waited for. Returns what was sealed.
 */
export async function sealInputs(context: Context, request: SealRequest): Promise<readonly SealedSecret[]> {
  const read = readLater(context, request.inputs)
  checkDestination(context, request.destination)
  const certificate = await loadSealingCertificate(context, request.certificate)
  const inputs = read()
  const seal = sealer(context, request)
  const sealed: SealedSecret[] = []
  let begun = 0
  const text = await withTarget(context, certificate, inputs, async (target) => {
    const convert = async (value: unknown): Promise<SealedSecret> => {
      // In the order of the documents, whichever is ready first.
      const at = begun++
      const result = await seal(value, target, request.keeper)
      sealed[at] = result
      return result
    }
    return convertAll(await parseSources(inputs), { ...SECRETS, convert }, request.layout)
  })
  writeResult(context, request.destination, text, request.dryRun)
  return sealed
}

/** Reads the files now, and standard input when the result is asked for. */
export function readLater(context: Context, inputs: readonly string[]): () => ReturnType<typeof readInputs> {
  const files = readInputs(
    context,
    inputs.filter((path) => path !== '-'),
    'Secrets',
  )
  return () =>
    inputs.flatMap((path) => files.find((file) => file.path === path) ?? readInputs(context, ['-'], 'Secrets'))
}

export const SECRETS: Pick<Conversion, 'kind' | 'is'> & Required<Pick<Conversion, 'check'>> = {
  kind: 'Secret',
  is: isSecret,
  check: refuseAlmostSecret,
}

export type Sealer = (value: unknown, target: Target, keeper?: Keeper) => Promise<SealedSecret>

/** Seals parsed documents, one by one. */
export function sealer(context: Context, settings: SealSettings): Sealer {
  const { scope, namespace, name, allowEmpty, noteSealedWith } = settings
  const fallback = contextNamespace(context, settings.cluster)
  return async (value, { certificate, sealValues }, keeper) => {
    const secret = parseSecret(value)
    checkScope(secret, scope)
    const defaultNamespace = needsNamespace(secret, settings) ? await fallback() : undefined
    const sealed = await sealSecret(secret, {
      certificate,
      ...(sealValues === undefined ? {} : { sealValues }),
      allowEmpty,
      noteSealedWith,
      ...(scope === undefined ? {} : { scope }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
      ...(defaultNamespace === undefined ? {} : { defaultNamespace }),
    })
    return keeper === undefined ? sealed : keeper.keep(sealed, secret.data, certificate.fingerprint)
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

function needsNamespace(secret: SecretManifest, request: SealSettings): boolean {
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
