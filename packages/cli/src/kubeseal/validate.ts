/** `--validate`: asks the controller whether it can open what was sealed. */
import { field, isObject, isSealedSecret, type JsonObject } from '@waxseal/core'
import type { Cluster } from '../cluster/cluster.ts'
import type { Context } from '../context.ts'
import type { Flags } from '../flags.ts'
import { located, nothingFound, parseSources, readInputs, type Source, whereIs } from '../manifests/source.ts'
import { CliError } from '../messages.ts'
import { refusalOf } from '../reseal/engine.ts'
import { clusterOf, inputOf } from './options.ts'

/** Says nothing when all can be opened. */
export async function validate(context: Context, flags: Flags): Promise<void> {
  // Asked for before the input: a missing cluster is told without waiting.
  const cluster = await context.connect(clusterOf(flags))
  try {
    const sources = await parseSources(readInputs(context, [inputOf(flags)], 'SealedSecrets'))
    const all = sources.flatMap(sealedIn)
    if (all.length === 0) throw nothingFound('SealedSecret', sources)
    for (const { where, value } of all) await ask(cluster, where, value)
  } finally {
    await cluster.close()
  }
}

interface Found {
  /** Empty where there is nothing to tell apart. */
  readonly where: string
  readonly value: JsonObject
}

/** Other kinds are passed by; the items of a List count. */
function sealedIn(source: Source): Found[] {
  return source.documents.flatMap(({ index, value }) => {
    if (!isObject(value)) return []
    const where = whereIs(source, index)
    if (isSealedSecret(value)) return [{ where, value }]
    const items = field(value, 'items')
    if (!Array.isArray(items)) return []
    const objects = items.filter((item: unknown) => isObject(item)).filter((item) => isSealedSecret(item))
    return objects.map((item) => ({ where, value: item }))
  })
}

/** Sent as it is, so that the controller judges what would be applied. */
async function ask(cluster: Cluster, where: string, value: JsonObject): Promise<void> {
  const answer = await cluster.post('/v1/verify', value)
  if (answer.status === 200) return
  if (answer.status !== 409) throw located(where, new CliError(`cannot validate sealed secret: ${refusalOf(answer)}`))
  const metadata = field(value, 'metadata')
  const part = (key: string): string => {
    const text = isObject(metadata) ? field(metadata, key) : undefined
    return typeof text === 'string' ? text : ''
  }
  throw located(
    where,
    new CliError('unable to decrypt sealed secret', {
      hint: `${cluster.service} has no key that opens ${part('namespace')}/${part('name')} under this name, namespace and scope`,
    }),
  )
}
