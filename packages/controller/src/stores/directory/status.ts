/** Status and events under `status/`: for people to read, and what a restart goes on from. */
import { readdir, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { field, isObject, type JsonObject } from '@waxseal/core'
import { writeYaml } from '@waxseal/core/documents'
import { type Clock, rfc3339 } from '../../clock.ts'
import {
  type Condition,
  type EventRecord,
  keyOf,
  type ObjectKey,
  type ObjectRef,
  type SealedSecretStatus,
  type SecretVersion,
} from '../../state.ts'
import { codeOf } from '../../system-error.ts'
import { ensureFolder, stored, writeAtomically } from './files.ts'
import { fileName } from './layout.ts'
import { readManifests } from './manifests.ts'

interface StatusEvent {
  readonly time: string
  readonly type: EventRecord['type']
  readonly reason: EventRecord['reason']
  readonly message: string
}

/** What is kept about one SealedSecret. */
export interface StatusRecord {
  /** Counts the changes of the document. */
  readonly generation: number
  /** Of the document that the generation stands for. */
  readonly digest: string
  readonly status: SealedSecretStatus | undefined
  /** The latest last, 20 at most. */
  readonly events: readonly StatusEvent[]
}

const MAX_EVENTS = 20
/** Public facts only. */
const MODE = 0o644

export class StatusFolder {
  readonly #root: string
  readonly #base: string
  readonly #clock: Clock

  constructor(options: { root: string; base: string; clock: Clock }) {
    this.#root = options.root
    this.#base = options.base
    this.#clock = options.clock
  }

  /** What was written before; undefined when nothing was or it cannot be read. */
  async read(ref: ObjectRef): Promise<StatusRecord | undefined> {
    const { objects } = await readManifests(this.#path(ref))
    const [object] = objects
    return object && recordIn(object)
  }

  async write(ref: ObjectRef, record: StatusRecord): Promise<void> {
    const path = this.#path(ref)
    const { name, namespace } = ref
    const text = await writeYaml({ metadata: { name, namespace }, ...record })
    await stored('write', path, async () => {
      await ensureFolder(this.#base, [basename(this.#root), namespace])
      await writeAtomically(path, text, { mode: MODE })
    })
  }

  withEvent(record: StatusRecord, { type, reason, message }: EventRecord): StatusRecord {
    const event: StatusEvent = { time: rfc3339(this.#clock.now()), type, reason, message }
    return { ...record, events: [...record.events, event].slice(-MAX_EVENTS) }
  }

  /** Files about SealedSecrets that are gone. */
  async prune(keep: (key: ObjectKey) => boolean): Promise<void> {
    for (const namespace of await list(this.#root)) {
      for (const file of await list(join(this.#root, namespace))) {
        const ref = { namespace, name: basename(file, '.yaml') }
        if (file.endsWith('.yaml') && !keep(keyOf(ref))) await this.remove(ref)
      }
    }
  }

  async remove(ref: ObjectRef): Promise<void> {
    await unlink(this.#path(ref)).catch(() => {})
  }

  /** `problems.yaml`: files that cannot be read; removed when there are none. */
  async writeProblems(problems: ReadonlyMap<string, string>): Promise<void> {
    const path = join(this.#root, 'problems.yaml')
    if (problems.size === 0) return unlink(path).catch(() => {})
    const text = await writeYaml({ problems: [...problems].map(([file, message]) => ({ file, message })) })
    await stored('write', path, async () => {
      await ensureFolder(this.#base, [basename(this.#root)])
      await writeAtomically(path, text, { mode: MODE })
    })
  }

  #path(ref: ObjectRef): string {
    return join(this.#root, ref.namespace, fileName(ref))
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (codeOf(error) === undefined) throw error
    return []
  }
}

/** Read strictly but forgivingly: a file that somebody has changed costs no more than opening once. */
function recordIn(object: JsonObject): StatusRecord | undefined {
  const [generation, digest, events] = [field(object, 'generation'), field(object, 'digest'), field(object, 'events')]
  if (typeof generation !== 'number' || typeof digest !== 'string') return undefined
  return {
    generation,
    digest,
    status: statusIn(field(object, 'status')),
    events: Array.isArray(events) ? events.filter(isEvent).slice(-MAX_EVENTS) : [],
  }
}

function statusIn(value: unknown): SealedSecretStatus | undefined {
  if (!isObject(value)) return undefined
  const conditions = field(value, 'conditions')
  if (!Array.isArray(conditions) || !conditions.every(isCondition)) return undefined
  const [generation, digest, secret, sealedWith] = [
    field(value, 'observedGeneration'),
    field(value, 'observedDigest'),
    field(value, 'secret'),
    field(value, 'sealedWith'),
  ]
  return {
    conditions,
    ...(typeof generation === 'number' ? { observedGeneration: generation } : {}),
    ...(typeof digest === 'string' ? { observedDigest: digest } : {}),
    ...(isSecretVersion(secret) ? { secret: versionOf(secret) } : {}),
    ...(Array.isArray(sealedWith) ? { sealedWith: sealedWith.filter((one) => typeof one === 'string') } : {}),
  }
}

function isCondition(value: unknown): value is Condition {
  return (
    isObject(value) &&
    value.type === 'Synced' &&
    (value.status === 'True' || value.status === 'False') &&
    (value.message === undefined || typeof value.message === 'string') &&
    typeof value.lastTransitionTime === 'string' &&
    typeof value.lastUpdateTime === 'string'
  )
}

const versionOf = ({ uid, version, patched }: SecretVersion): SecretVersion => ({
  ...{ uid, version },
  ...(patched === true ? { patched } : {}),
})

function isSecretVersion(value: unknown): value is SecretVersion {
  return isObject(value) && typeof value.uid === 'string' && typeof value.version === 'string'
}

function isEvent(value: unknown): value is StatusEvent {
  return isObject(value) && ['time', 'type', 'reason', 'message'].every((name) => typeof value[name] === 'string')
}
