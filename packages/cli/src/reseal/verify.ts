/** Whether SealedSecrets open, value by value. */
import { decodeBase64, type KeyRing, label, type SealedSecret, scopeOf, tryItems, WaxsealError } from '@waxseal/core'
import type { Cluster } from '../cluster/cluster.ts'
import type { Context } from '../context.ts'
import { CliError, describe } from '../messages.ts'
import { bounded, mapSome } from './bounded.ts'
import { learning, Refused, refusalOf } from './engine.ts'
import { readSealedFile, titleOf } from './find.ts'
import { progress } from './progress.ts'

interface Item {
  /** Of `encryptedData`; `spec.data` is the deprecated text over a whole Secret. */
  readonly key: string
  readonly opens: boolean
  /** Fingerprint of the key that opened it, where that is known. */
  readonly openedBy: string | undefined
}

export interface Row {
  readonly file: string
  /** `document 2: SealedSecret shop/db`; undefined for what could not be read as one. */
  readonly title: string | undefined
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly opens: boolean
  readonly items: readonly Item[]
  /** Why nothing could be tried, one line. */
  readonly error: string | undefined
}

export interface Verifier {
  /** SealedSecrets in work at a time. */
  readonly inFlight: number
  /** WaxsealError or Refused: this one cannot be looked into. */
  items(sealed: SealedSecret): Promise<readonly Item[]>
}

const FILES_IN_FLIGHT = 32

/** Looks at every SealedSecret of the files. Rejects only where the verifier itself cannot go on. */
export async function verifyFiles(
  context: Context,
  verifier: Verifier,
  paths: readonly string[],
  namespace: string | undefined,
): Promise<readonly Row[]> {
  const gate = bounded(verifier.inFlight)
  const bar = progress(context, 'verifying', paths.length)
  try {
    const rows = await mapSome(paths, FILES_IN_FLIGHT, async (path) => {
      const found = await verifyFile(
        context,
        { ...verifier, items: (sealed) => gate(() => verifier.items(sealed)) },
        path,
        namespace,
      )
      bar.step()
      return found
    })
    return rows.flat()
  } finally {
    bar.end()
  }
}

async function verifyFile(
  context: Context,
  verifier: Verifier,
  path: string,
  namespace: string | undefined,
): Promise<Row[]> {
  const file = await readOrExplain(context, path, namespace)
  if (file === undefined) return []
  if ('error' in file) return [unread(titleOf(path), file.error)]
  const rows = await Promise.all(
    file.found.map(async ({ sealed, title }): Promise<Row> => {
      const { name, namespace } = sealed.metadata
      const known = { file: titleOf(path), title, namespace, name }
      try {
        const items = await verifier.items(sealed)
        return { ...known, opens: items.every(({ opens }) => opens), items, error: undefined }
      } catch (error) {
        if (!(error instanceof WaxsealError || error instanceof Refused)) throw error
        return { ...known, opens: false, items: [], error: describe(error).message }
      }
    }),
  )
  return [...file.problems.map((problem) => unread(titleOf(path), problem)), ...rows]
}

async function readOrExplain(
  context: Context,
  path: string,
  namespace: string | undefined,
): Promise<Awaited<ReturnType<typeof readSealedFile>> | { readonly error: string }> {
  try {
    return await readSealedFile(context, path, namespace)
  } catch (error) {
    if (error instanceof CliError) return { error: error.message }
    throw error
  }
}

function unread(file: string, error: string): Row {
  return { file, title: undefined, namespace: undefined, name: undefined, opens: false, items: [], error }
}

export function withKeys(given: KeyRing): Verifier {
  const ring = learning(given)
  return {
    inFlight: 32,
    async items(sealed) {
      const { encryptedData, data } = sealed.spec
      const { found } = await tryItems(sealed, ring)
      const items = Object.keys(encryptedData).map((key) => itemOf(key, found.get(key)?.fingerprint))
      return data === undefined ? items : [...items, itemOf('spec.data', await openDeprecated(sealed, data, ring))]
    },
  }
}

function itemOf(key: string, openedBy: string | undefined): Item {
  return { key, opens: openedBy !== undefined, openedBy }
}

async function openDeprecated({ metadata }: SealedSecret, data: string, ring: KeyRing): Promise<string | undefined> {
  const bound = label(scopeOf(metadata.annotations), metadata.namespace ?? '', metadata.name)
  try {
    return (await ring.open(decodeBase64(data), bound)).fingerprint
  } catch (error) {
    if (error instanceof WaxsealError) return undefined
    throw error
  }
}

/** The controller says it of a whole SealedSecret, so where one does not open, its values are sent one by one. */
export function withCluster(cluster: Cluster): Verifier {
  const opens = async (sealed: SealedSecret): Promise<boolean> => {
    const answer = await cluster.post('/v1/verify', sealed)
    if (answer.status === 200 || answer.status === 409) return answer.status === 200
    throw new Refused(refusalOf(answer))
  }
  return {
    inFlight: 2,
    async items(sealed) {
      const { encryptedData, data } = sealed.spec
      const keys = [...Object.keys(encryptedData), ...(data === undefined ? [] : ['spec.data'])]
      const all = await opens(sealed)
      const items: Item[] = []
      for (const key of keys) {
        const alone = { ...sealed, spec: { ...sealed.spec, encryptedData: { [key]: encryptedData[key] ?? '' } } }
        const one = all || (keys.length > 1 && data === undefined && (await opens(alone)))
        items.push({ key, opens: one, openedBy: undefined })
      }
      return items
    },
  }
}
