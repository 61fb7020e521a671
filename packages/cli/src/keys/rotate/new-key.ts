/** The first steps of a rotation: every key in a backup, then a new one in the store. */
import type { Context } from '../../context.ts'
import type { Flags } from '../../flags.ts'
import { nodeCrypto } from '../../io/platform.ts'
import { CliError } from '../../messages.ts'
import { backupText } from '../backup/manifest.ts'
import type { Encryption } from '../backup/seal.ts'
import { writeBackup } from '../backup/write.ts'
import { noteBackup } from '../commands/backup.ts'
import { bitsOf, makePair } from '../commands/generate.ts'
import { describeKeys, type KeyInfo } from '../key-info.ts'
import { titleOf } from '../options.ts'
import {
  KeyExists,
  type KeyStore,
  type NewKey,
  ROTATION_ANNOTATION,
  ROTATION_BACKUP_ANNOTATION,
} from '../store/store.ts'
import { nameAfter, type Plan, planOf } from './plan.ts'

export interface Target {
  readonly path: string
  readonly encryption: Encryption
}

const ATTEMPTS = 5
const MAX_BACKUP = 64 * 1024 * 1024
/** How far ahead of this clock the newest key may be. */
const SKEW_MS = 5 * 60 * 1000

/**
 * The key to rotate to: that of a rotation which is under way, else a new one, which is in the backup before it is in the store.
 * `target` undefined: no backup is wanted.
 */
export async function keyToRotateTo(
  context: Context,
  flags: Flags,
  store: KeyStore,
  { target, confirm }: { target: Target | undefined; confirm: (step: string) => Promise<void> },
): Promise<KeyInfo> {
  const backing: Backing = { store, target, confirm, held: new Set(), digest: undefined }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const keys = await describeKeys(await store.list())
    const plan = planOf(keys, store)
    if (plan.next !== undefined) {
      const { next } = plan
      await backUp(context, backing, keys, { next })
      const { held, digest } = backing
      const written = keys.filter(({ fingerprint }) => held.has(fingerprint ?? ''))
      const isNoted = digest === undefined || digest === next.stored.annotations[ROTATION_BACKUP_ANNOTATION]
      await noteBackup(context, store, written, (key) => (key === next && !isNoted ? { rotationBackup: digest } : {}))
      return next
    }
    const made = await makeKey(context, flags, plan, attempt)
    await backUp(context, backing, keys, { added: await describeKeys([pending(made, store)]) })
    await confirm(`add a new key to ${store.title}`)
    try {
      const { digest } = backing
      const noted = digest === undefined ? {} : { [ROTATION_BACKUP_ANNOTATION]: digest }
      await store.create({ ...made, annotations: { ...made.annotations, ...noted } })
      context.stderr.write(`new key: ${made.name ?? ''} in ${store.title}\n`)
    } catch (error) {
      if (!(error instanceof KeyExists)) throw error
      context.stderr.write('somebody else rotates at the same time: going on with the key that they made\n')
    }
  }
  throw new CliError(`others keep changing the keys in ${store.title}`, {
    hint: 'agree who rotates, then run it again',
  })
}

async function makeKey(context: Context, flags: Flags, { newest }: Plan, attempt: number): Promise<NewKey> {
  const [now, last] = [context.now().getTime(), newest.notBefore?.getTime() ?? 0]
  if (last > now + SKEW_MS) {
    throw new CliError(`the newest key, ${titleOf(newest)}, begins at ${new Date(last).toISOString()}, in the future`, {
      hint: 'the controller would go on sealing with it: is the clock here right?',
    })
  }
  // Certificates count in seconds, and the newest one seals.
  const notBefore = new Date(Math.max(now, last + 1000))
  const { pair } = await makePair(context, flags, bitsOf(flags), notBefore)
  return {
    // The usual name may be taken by a key of old times.
    name: attempt < 2 ? nameAfter(newest) : undefined,
    state: 'active',
    labels: {},
    annotations: { [ROTATION_ANNOTATION]: 'unfinished' },
    certificatePem: pair.certificatePem,
    privateKeyPem: pair.privateKeyPem,
  }
}

const pending = (key: NewKey, { namespace }: KeyStore) => ({
  ...{ ...key, name: key.name ?? 'sealed-secrets-key-new', namespace, created: '', lastBackup: undefined },
  handle: undefined,
})

interface Backing {
  readonly store: KeyStore
  readonly target: Target | undefined
  /** Fingerprints that this run has written into the backup. */
  readonly held: Set<string>
  /** SHA-256 of what it has written last. */
  digest: string | undefined
  readonly confirm: (step: string) => Promise<void>
}

/** `next`: the key of the rotation under way, whose backup may be there already. */
async function backUp(
  context: Context,
  backing: Backing,
  keys: readonly KeyInfo[],
  { added = [], next }: { added?: readonly KeyInfo[]; next?: KeyInfo },
): Promise<void> {
  const { store, target, held, confirm } = backing
  if (target === undefined) return
  const all = [...keys, ...added].filter(({ problem }) => problem === undefined)
  if (all.every(({ fingerprint }) => held.has(fingerprint ?? ''))) return
  if (next !== undefined && isBackup(context, target.path, next) && all.every(({ stored }) => stored.lastBackup)) return
  await confirm(`write ${all.length} keys to ${target.path} for ${target.encryption.title}`)
  const text = await backupText(all, store.namespace)
  const bytes = await target.encryption.encrypt(new TextEncoder().encode(text))
  writeBackup(context, target.path, bytes)
  backing.digest = sha256(bytes)
  for (const { fingerprint } of all) held.add(fingerprint ?? '')
  context.stderr.write(`backup: ${all.length} keys in ${target.path} for ${target.encryption.title}\n`)
}

/** Whether the file is the one that this rotation wrote: that keys were backed up says not where to. */
function isBackup({ files }: Context, path: string, { stored }: KeyInfo): boolean {
  if (!files.exists(path)) return false
  return sha256(files.read(path, MAX_BACKUP)) === stored.annotations[ROTATION_BACKUP_ANNOTATION]
}

const sha256 = (bytes: Uint8Array): string => nodeCrypto().hash('sha256', bytes, 'hex')
