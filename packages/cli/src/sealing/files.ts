/** Seals Secrets into a file each, for one or more clusters. */
import { dirname } from 'node:path'
import { emptyRecord, field, isObject, type KeyRing, parseSecret, type SealedSecret } from '@waxseal/core'
import { writeJson, writeYaml } from '@waxseal/core/documents'
import { formatOfPath } from '../commands/options.ts'
import type { Context } from '../context.ts'
import { applyValues } from '../inplace/apply.ts'
import { type ManifestFile, openFile, saveFile } from '../inplace/file.ts'
import { pickTarget } from '../inplace/target.ts'
import { collectAll } from '../manifests/convert.ts'
import { parseSources } from '../manifests/source.ts'
import { pathTemplate, refuseCollisions } from '../manifests/template-path.ts'
import { CliError } from '../messages.ts'
import type { SealingCluster } from './clusters.ts'
import { readLater, SECRETS, type SealSettings, sealer } from './inputs.ts'
import { keeperFor, sealedSecretsIn } from './keep.ts'
import { withTargets } from './targets.ts'

const FLAG = '--output-template'
const PLACEHOLDERS = ['cluster', 'namespace', 'name', 'folder']
const PUBLIC = { create: 0o644, existing: 'keep' } as const

export interface FilesRequest extends SealSettings {
  readonly inputs: readonly string[]
  /** `clusters/{cluster}/{name}.yaml` */
  readonly template: string
  readonly clusters: () => Promise<readonly SealingCluster[]>
  /** Keys that tell which values did not change. */
  readonly ring: () => Promise<KeyRing | undefined>
  readonly dryRun: boolean
}

/** `same`: the file is as it would be. */
export interface SealedPath {
  readonly path: string
  readonly sealed: SealedSecret
  readonly same: boolean
}

interface Planned extends SealedPath {
  write(): void
}

/** Everything is sealed before the first file is written. */
export async function sealToFiles(context: Context, request: FilesRequest): Promise<readonly SealedPath[]> {
  const template = pathTemplate(FLAG, request.template, PLACEHOLDERS)
  const read = readLater(context, request.inputs)
  const [clusters, ring] = [await request.clusters(), await request.ring()]
  if (clusters.length > 1 && !template.placeholders.includes('cluster')) {
    throw new CliError(`${FLAG} ${request.template} writes the Secrets of all clusters to one path`, {
      hint: 'put {cluster} into it',
    })
  }
  const seal = sealer(context, request)
  const inputs = read()
  const certificates = clusters.map(({ certificate }) => certificate)
  const parts = await withTargets(context, certificates, inputs, async (targets) =>
    collectAll(await parseSources(inputs), SECRETS, (value, source) =>
      Promise.all(
        targets.map(async (target, i): Promise<Part> => {
          const fresh = await seal(value, target)
          const { name, namespace } = fresh.metadata
          const path = template.expand({
            cluster: clusters[i]?.name,
            name,
            namespace,
            folder: dirname(source.path ?? '.'),
          })
          return { path, fresh, value, ring, fingerprint: target.certificate.fingerprint }
        }),
      ),
    ),
  )
  const all = parts.flat()
  refuseCollisions(
    FLAG,
    all.map(({ path }) => path),
    PLACEHOLDERS,
  )
  const planned = await Promise.all(all.map((part) => plan(context, part)))
  if (!request.dryRun) writeAll(context, planned)
  return planned
}

function writeAll(context: Context, planned: readonly Planned[]): void {
  const changed = planned.filter(({ same }) => !same)
  for (const folder of new Set(changed.map(({ path }) => dirname(path)))) context.files.makeFolder(folder, 0o755)
  for (const { path } of changed) context.files.checkWritable(path)
  for (const each of changed) each.write()
}

interface Part {
  readonly path: string
  readonly fresh: SealedSecret
  /** The Secret it was sealed from, as parsed. */
  readonly value: unknown
  readonly ring: KeyRing | undefined
  readonly fingerprint: string
}

/** A file that is there is changed in place, so that comments and other documents stay. */
async function plan(context: Context, part: Part): Promise<Planned> {
  const { path, fresh } = part
  if (!context.files.exists(path)) {
    const text = formatOfPath(path) === 'json' ? writeJson(fresh) : await writeYaml(fresh)
    return { path, sealed: fresh, same: false, write: () => context.files.replace(path, text, PUBLIC) }
  }
  const file = await openFile(context, path)
  const kept = await keepUnchanged(file, part)
  const text = await updated(file, kept)
  const same = text === file.documents.map(({ prefix, raw, suffix }) => prefix + raw + suffix).join('')
  return { path, sealed: kept, same, write: () => saveFile(context, file, text) }
}

function keepUnchanged({ documents }: ManifestFile, { fresh, value, ring, fingerprint }: Part): Promise<SealedSecret> {
  if (ring === undefined) return Promise.resolve(fresh)
  return keeperFor(ring, sealedSecretsIn(documents)).keep(fresh, parseSecret(value).data, fingerprint)
}

/** The file's text with the SealedSecret in it. Throws CliError where that would cost what else is in the file. */
async function updated(file: ManifestFile, sealed: SealedSecret): Promise<string> {
  const { name, namespace } = sealed.metadata
  const target = holds(file, sealed) ? pickTarget(file, { name, namespace }) : undefined
  if (target !== undefined && canonical(target.sealed) === canonical(sealed)) {
    const before = target.sealed.spec.encryptedData
    const now = Object.entries(sealed.spec.encryptedData)
    const set = new Map(now.filter(([key, text]) => before[key] !== text))
    const removed = target.written.filter((key) => !Object.hasOwn(sealed.spec.encryptedData, key))
    return set.size + removed.length === 0
      ? textOf(file)
      : applyValues(file, target, { set, removed, sealedWith: undefined })
  }
  const others = file.documents.filter(({ value }) => value !== null && value !== undefined)
  if (others.length > 1 || (others.length === 1 && target === undefined)) {
    throw new CliError(`${file.path} holds something else, which would be lost`, {
      hint: target === undefined ? 'choose another path' : 'its template differs: waxseal set changes values alone',
    })
  }
  return formatOfPath(file.path) === 'json' ? writeJson(sealed) : writeYaml(sealed)
}

function holds({ documents }: ManifestFile, { metadata: { name, namespace } }: SealedSecret): boolean {
  return sealedSecretsIn(documents).some(
    ({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === (namespace ?? ''),
  )
}

function textOf({ documents }: ManifestFile): string {
  return documents.map(({ prefix, raw, suffix }) => prefix + raw + suffix).join('')
}

/** All but the values, whatever the order of keys; an empty mapping is as good as none. */
function canonical({ apiVersion, kind, metadata, spec: { encryptedData: _values, ...spec } }: SealedSecret): string {
  return JSON.stringify({ apiVersion, kind, metadata, spec }, (_key, value: unknown): unknown => {
    if (!isObject(value)) return value
    const sorted = emptyRecord<unknown>()
    for (const key of Object.keys(value).toSorted()) sorted[key] = field(value, key)
    return Object.keys(sorted).length === 0 ? undefined : sorted
  })
}
