/** Flags that the commands about a controller's keys share. */

import { NoKeys } from '../cluster/key-secrets.ts'
import { CLUSTER_FLAGS, clusterOptions } from '../commands/options.ts'
import type { Context } from '../context.ts'
import type { Flags, FlagTable } from '../flags.ts'
import { CliError, UsageError } from '../messages.ts'
import type { KeyInfo } from './key-info.ts'
import { clusterKeyStore } from './store/cluster.ts'
import { directoryKeyStore } from './store/directory.ts'
import type { KeyStore } from './store/store.ts'

export const STORE_FLAGS: FlagTable = { ...CLUSTER_FLAGS, directory: { type: 'string' } }

/** The folder of --directory, else the cluster; closed when `use` is done. */
export async function withStore<T>(context: Context, flags: Flags, use: (store: KeyStore) => Promise<T>): Promise<T> {
  const directory = flags.string('directory')
  const store =
    directory === undefined
      ? await clusterKeyStore(context, clusterOptions(flags))
      : directoryKeyStore(context, directory)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** The keys that the words name, by fingerprint or its beginning (eight digits at least), or by the name of the Secret, also as `secret/NAME`. */
export function chosenKeys(keys: readonly KeyInfo[], words: readonly string[], store: KeyStore): readonly KeyInfo[] {
  if (words.length === 0) throw new UsageError('a KEY is needed: its fingerprint, or the name of its Secret')
  return [...new Set(words.map((word) => chosenKey(keys, word, store)))]
}

/** As kubectl names objects. */
export const objectName = ({ name }: { readonly name: string }): string => `${OBJECT}${name}`

const OBJECT = 'secret/'

function chosenKey(keys: readonly KeyInfo[], given: string, { title }: KeyStore): KeyInfo {
  const word = given.startsWith(OBJECT) ? given.slice(OBJECT.length) : given
  const digits = word.toLowerCase()
  const isBeginning = /^[0-9a-f]{8,64}$/.test(digits)
  const found = keys.filter(
    ({ stored, fingerprint }) => stored.name === word || (isBeginning && fingerprint?.startsWith(digits) === true),
  )
  const [first, second] = found
  if (first === undefined) {
    throw new CliError(`no key ${word} in ${title}`, { hint: 'waxseal keys list shows fingerprints and names' })
  }
  if (second !== undefined)
    throw new CliError(`${word} names more than one key in ${title}`, { hint: 'use more digits' })
  return first
}

/** For messages: `sealed-secrets-key8xk2p (1a2b3c4d5e6f)`. */
export const titleOf = ({ stored, fingerprint }: KeyInfo): string =>
  `${stored.name} (${fingerprint?.slice(0, 12) ?? 'no certificate'})`

/** For `catch`: a namespace that has no keys, or a folder that is not there yet, is no failure where keys are added. */
export function noKeysYet(error: unknown): readonly [] {
  if (error instanceof NoKeys) return []
  throw error
}
