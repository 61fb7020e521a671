/** `--re-encrypt` (`--rotate`): has the controller seal a SealedSecret again, for its newest key. */
import { ANNOTATION, isSealedSecret, parseSealedSecret, type SealedSecret } from '@waxseal/core'
import type { Cluster, ClusterOptions } from '../cluster/cluster.ts'
import { writeResult } from '../commands/result.ts'
import type { Context } from '../context.ts'
import type { Flags } from '../flags.ts'
import { saveFile } from '../inplace/file.ts'
import { loadSealingCertificate } from '../io/certificate.ts'
import { type Conversion, convertAll } from '../manifests/convert.ts'
import { nothingFound, parseSources, readInputs } from '../manifests/source.ts'
import { CliError, within } from '../messages.ts'
import { bounded, mapSome } from '../reseal/bounded.ts'
import { rotate } from '../reseal/engine.ts'
import { type Found, readSealedFile, type SealedFile } from '../reseal/find.ts'
import { noteOf, type Resealed, rewrite } from '../reseal/rewrite.ts'
import { canonical } from './canonical.ts'
import { askedFormat, clusterOf, destinationOf, inputOf, outputFormat } from './options.ts'

/** The controller allows two requests a second. */
const IN_FLIGHT = 2

/** With -f alone, or the same file as -w, that file is changed, all of it or not at all; else the result goes where -w says. */
export async function reEncrypt(context: Context, flags: Flags): Promise<void> {
  const path = inputOf(flags)
  const destination = destinationOf(flags)
  const isInPlace = path !== '-' && (destination.path === undefined || destination.path === path)
  const format = isInPlace ? askedFormat(flags, path) : outputFormat(flags)
  const options = clusterOf(flags)
  const cluster = await context.connect(options)
  try {
    const controller = new Rotation(context, cluster, options)
    const file = isInPlace ? await readFile(context, path) : undefined
    if (file !== undefined && keepsFormat(file, format)) return await changeInPlace(context, file, controller)
    const sources = await parseSources(readInputs(context, [path], 'SealedSecrets'))
    const text = await convertAll(sources, conversion(controller), { style: 'kubeseal', format })
    if (file === undefined) writeResult(context, destination, text)
    else saveFile(context, file.file, text)
  } finally {
    await cluster.close()
  }
}

async function readFile(context: Context, path: string): Promise<SealedFile> {
  const sealed = await readSealedFile(context, path, undefined)
  if (sealed === undefined) throw nothingFound('SealedSecret', await parseSources(readInputs(context, [path], '')))
  const [problem] = sealed.problems
  if (problem !== undefined) throw new CliError(`${path}: ${problem}`, { hint: `${path} is as it was before` })
  return sealed
}

function keepsFormat({ file }: SealedFile, format: string | undefined): boolean {
  return format === undefined || file.documents.every((document) => document.format === format)
}

/** Only the sealed values change, byte for byte. */
async function changeInPlace(context: Context, { file, found }: SealedFile, controller: Rotation): Promise<void> {
  const resealed = await mapSome(found, IN_FLIGHT, async (each): Promise<Resealed> => {
    try {
      return { found: each, ...(await controller.rotate(each.sealed)) }
    } catch (error) {
      throw within(whereIn(file.path, found, each), error)
    }
  })
  saveFile(context, file, await rewrite(file, resealed))
}

function whereIn(path: string, all: readonly Found[], { title }: Found): string {
  return all.length > 1 ? `${path}: ${title}` : path
}

function conversion(controller: Rotation): Conversion {
  const gate = bounded(IN_FLIGHT)
  return {
    kind: 'SealedSecret',
    is: isSealedSecret,
    async convert(value) {
      const sealed = parseSealedSecret(value)
      const { encryptedData, sealedWith } = await gate(() => controller.rotate(sealed))
      return canonical(withValues(sealed, encryptedData, sealedWith))
    },
  }
}

function withValues(sealed: SealedSecret, encryptedData: Readonly<Record<string, string>>, note: string): SealedSecret {
  const { metadata, spec } = sealed
  const isNoted = noteOf(sealed) !== undefined
  const annotations = { ...metadata.annotations, ...(isNoted ? { [ANNOTATION.sealedWith]: note } : {}) }
  return {
    ...sealed,
    metadata: { ...metadata, ...(isNoted ? { annotations } : {}) },
    spec: { ...spec, encryptedData },
  }
}

/** Seals again; asks which key is the newest only for a SealedSecret that notes its key, which kubeseal's never do. */
class Rotation {
  readonly #context: Context
  readonly #cluster: Cluster
  readonly #options: ClusterOptions
  #newest: Promise<string> | undefined

  constructor(context: Context, cluster: Cluster, options: ClusterOptions) {
    this.#context = context
    this.#cluster = cluster
    this.#options = options
  }

  async rotate(sealed: SealedSecret): Promise<Pick<Resealed, 'encryptedData' | 'sealedWith'>> {
    if (noteOf(sealed) !== undefined) this.#newest ??= this.#fingerprint()
    const sealedWith = (await this.#newest) ?? ''
    return { encryptedData: await rotate(this.#cluster, '/v1/rotate', sealed), sealedWith }
  }

  async #fingerprint(): Promise<string> {
    const certificate = await loadSealingCertificate(this.#context, { cert: undefined, cluster: this.#options })
    return certificate.fingerprint
  }
}
