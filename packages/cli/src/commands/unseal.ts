import { isSealedSecret, type KeyRing, parseSealedSecret, secretObject, unsealSecret } from '@waxseal/core'
import type { Context } from '../context.ts'
import { loadKeyRing } from '../io/keys.ts'
import { type Conversion, convertAll } from '../manifests/convert.ts'
import type { Layout } from '../manifests/render.ts'
import { parseSources, readInputs } from '../manifests/source.ts'
import { renderTemplate } from '../manifests/template.ts'
import { UsageError } from '../messages.ts'
import type { Command } from './command.ts'
import { FILE_FLAGS, type Format, formatOfPath, inputPaths, parseFormat } from './options.ts'
import { checkDestination, type Destination, writeResult } from './result.ts'

/** An opened Secret is for its owner alone, also where a wider file is replaced. */
const PRIVATE = { create: 0o600, existing: 'set' } as const

export const unseal: Command = {
  flags: { ...FILE_FLAGS, key: { type: 'array', letter: 'k' } },
  async run(context, flags) {
    const keys = flags.list('key')
    if (keys.length === 0) throw new UsageError('a private key is needed: --key FILE')
    const output = flags.string('output')
    const write = flags.string('write')
    const format: Format | undefined = output === undefined ? formatOfPath(write) : parseFormat(output)
    await unsealInputs(context, {
      inputs: inputPaths(flags),
      destination: { path: write, mode: PRIVATE },
      layout: { style: 'source', format },
      keys,
      ownerReference: false,
    })
  },
}

export interface UnsealRequest {
  readonly inputs: readonly string[]
  readonly destination: Destination
  readonly layout: Layout
  /** Paths of key files. */
  readonly keys: readonly string[]
  /** Whether the Secrets name their SealedSecret as owner, as those that a controller makes. */
  readonly ownerReference: boolean
}

/** Opens every SealedSecret of the inputs with keys from files, without a cluster. All or nothing. */
export async function unsealInputs(context: Context, request: UnsealRequest): Promise<void> {
  checkDestination(context, request.destination)
  const ring = await loadKeyRing(context, request.keys)
  const sources = await parseSources(readInputs(context, request.inputs, 'SealedSecrets'))
  const conversion: Conversion = {
    kind: 'SealedSecret',
    is: isSealedSecret,
    convert: (value) => open(value, ring, request.ownerReference),
  }
  writeResult(context, request.destination, await convertAll(sources, conversion, request.layout))
}

async function open(value: unknown, ring: KeyRing, ownerReference: boolean): Promise<unknown> {
  return secretObject(await unsealSecret(parseSealedSecret(value), { ring, ownerReference, render: renderTemplate }))
}
