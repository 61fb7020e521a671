/** `--merge-into`: seals the values of a Secret into a SealedSecret that is there already. */
import {
  ANNOTATION,
  field,
  isObject,
  isSealedSecret,
  isSecret,
  parseScope,
  parseSecret,
  type Scope,
  type SealedSecret,
  type SecretManifest,
  scopeOf,
  sealSecret,
} from '@waxseal/core'
import { loadKubeconfig, namespaceOf } from '../cluster/kubeconfig.ts'
import type { Context } from '../context.ts'
import type { Flags } from '../flags.ts'
import { applyValues } from '../inplace/apply.ts'
import { type ManifestFile, openFile, saveFile } from '../inplace/file.ts'
import { pickTarget, type Target } from '../inplace/target.ts'
import { loadSealingCertificate } from '../io/certificate.ts'
import { nothingFound, parseSources, readInputs } from '../manifests/source.ts'
import { CliError } from '../messages.ts'
import { layOut } from './merge-layout.ts'
import { mergeTemplate, type TemplateMeta } from './merge-template.ts'
import { askedFormat, clusterOf, inputOf } from './options.ts'

/**
 * Changes the file, or leaves it as it was. Name, namespace and scope are the target's: a value sealed for others could
 * never be opened there.
 */
export async function mergeInto(context: Context, flags: Flags, path: string): Promise<void> {
  const format = askedFormat(flags, undefined)
  if (flags.string('sealed-secret-file') !== undefined) {
    context.stderr.write(`note: -w is not used: --merge-into writes ${path}\n`)
  }
  const file = await openFile(context, path)
  const certificate = await loadSealingCertificate(context, { cert: flags.string('cert'), cluster: clusterOf(flags) })
  const secret = await readSecret(context, inputOf(flags))
  const target = pickTarget(file, await choice(context, flags, file, secret))
  const scope = scopeFor(flags, secret, target, path)
  const asked = flags.string('namespace')
  const sealed = await sealSecret(
    { ...secret, metadata: { ...secret.metadata, name: target.name, namespace: target.namespace } },
    {
      certificate,
      scope,
      allowEmpty: flags.bool('allow-empty-data'),
      ...(asked === undefined ? {} : { namespace: asked }),
    },
  )
  const { fingerprint } = certificate
  const values = { set: new Map(Object.entries(sealed.spec.encryptedData)), removed: [], sealedWith: fingerprint }
  const text = values.set.size === 0 ? textOf(file) : await applyValues(file, target, values)
  const merged = await mergeTemplate(file, target, text, metaOf(sealed, secret, flags))
  saveFile(context, file, await layOut(context, { path, target, text: merged, format }))
}

/** The one Secret of the input. */
async function readSecret(context: Context, path: string): Promise<SecretManifest> {
  const sources = await parseSources(readInputs(context, [path], 'a Secret'))
  const documents = sources.flatMap((source) => source.documents)
  const [document, ...others] = documents
  if (document === undefined || !documents.some(({ value }) => isSecret(value))) throw nothingFound('Secret', sources)
  if (others.length > 0) {
    throw new CliError(`the input holds ${documents.length} documents, but --merge-into takes one Secret`, {
      hint: 'merge them one after the other',
    })
  }
  return parseSecret(document.value)
}

/** Which SealedSecret of the file is meant: where there are several, the one that has the name of --name or of the input. */
async function choice(
  context: Context,
  flags: Flags,
  file: ManifestFile,
  secret: SecretManifest,
): Promise<{ name: string | undefined; namespace: string | undefined }> {
  const all = file.documents.flatMap(({ value }) => objectsIn(value)).filter(isSealedSecret)
  const name = all.length > 1 ? (flags.string('name') ?? secret.metadata.name) : undefined
  const [only] = all.length === 1 ? all : []
  const metadata = isObject(only) ? field(only, 'metadata') : undefined
  if (!isObject(metadata)) return { name, namespace: flags.string('namespace') }
  const annotations = field(metadata, 'annotations')
  const isClusterWide = isObject(annotations) && field(annotations, ANNOTATION.clusterWide) === 'true'
  // A namespace binds nothing then, and one that differs is no mistake.
  if (isClusterWide) return { name, namespace: undefined }
  const asked = flags.string('namespace')
  if (field(metadata, 'namespace')) return { name, namespace: asked }
  return { name, namespace: secret.metadata.namespace ?? asked ?? (await contextNamespace(context, flags)) }
}

/** The document, or the items of a List. */
function objectsIn(value: unknown): readonly unknown[] {
  const items = isObject(value) ? field(value, 'items') : undefined
  return Array.isArray(items) ? items : [value]
}

async function contextNamespace(context: Context, flags: Flags): Promise<string | undefined> {
  const options = clusterOf(flags)
  return namespaceOf(await loadKubeconfig(context.files, context.env, options.kubeconfig), options)
}

/** The target's scope, unless the flag or the input asks for another: neither could be meant. */
function scopeFor(flags: Flags, secret: SecretManifest, target: Target, path: string): Scope {
  const flag = flags.string('scope')
  const asked = flag === undefined ? undefined : parseScope(flag)
  const own = scopeOf(secret.metadata.annotations)
  const wanted = asked !== undefined && asked !== 'strict' ? asked : own === 'strict' ? (asked ?? target.scope) : own
  if (wanted === target.scope) return wanted
  const who = wanted === asked ? '--scope' : "the Secret's annotations"
  throw new CliError(`${who} asks for the scope ${wanted}, but ${target.title} in ${path} is ${target.scope}`, {
    hint: 'a value of another scope could not be opened there: seal a new SealedSecret to change the scope of all its values',
  })
}

/** Labels and annotations for the template. The scope's annotation is only one where somebody asked for it. */
function metaOf({ spec }: SealedSecret, secret: SecretManifest, flags: Flags): TemplateMeta {
  const { labels = {}, annotations = {} } = spec.template.metadata ?? {}
  const asked = flags.string('scope') !== undefined
  const kept = Object.entries(annotations).filter(([key]) => {
    const isScope = key === ANNOTATION.clusterWide || key === ANNOTATION.namespaceWide
    return !isScope || asked || Object.hasOwn(secret.metadata.annotations ?? {}, key)
  })
  return { labels, annotations: Object.fromEntries(kept) }
}

function textOf({ documents }: ManifestFile): string {
  return documents.map(({ prefix, raw, suffix }) => prefix + raw + suffix).join('')
}
