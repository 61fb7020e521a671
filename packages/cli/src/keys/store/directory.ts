/** Keys in the folder of `waxseal-controller --directory`: Secrets as YAML or JSON under DIR/keys, or NAME.crt with NAME.key. */
import { randomInt } from 'node:crypto'
import { basename, join } from 'node:path'
import { isObject } from '@waxseal/core'
import { readDocuments, writeJson, writeYaml } from '@waxseal/core/documents'
import { at } from '../../cluster/answer.ts'
import { NoKeys } from '../../cluster/key-secrets.ts'
import type { Context } from '../../context.ts'
import { changeText } from '../../inplace/change.ts'
import { type ManifestFile, openFile, saveFile } from '../../inplace/file.ts'
import { fs } from '../../io/platform.ts'
import { CliError, errorCode, systemReason } from '../../messages.ts'
import { readKeySecret } from './read-secret.ts'
import {
  annotationsOf,
  KEY_PREFIX,
  type KeyChange,
  KeyExists,
  type KeyStore,
  keyManifest,
  type NewKey,
  STATE_LABEL,
  type StoredKey,
} from './store.ts'

const MANIFEST = /\.(?:ya?ml|json)$/i
const PEM_LIMIT = 1024 * 1024
/** The namespace of keys that say none; the controller's own default. */
const NAMESPACE = 'kube-system'

/** Where a key stands: a document of a file, or a pair of PEM files, which has no place for a state. */
type Handle = { readonly path: string; readonly index: number } | { readonly pair: string }

export function directoryKeyStore(context: Context, directory: string): KeyStore {
  const folder = join(directory, 'keys')
  return {
    title: `folder ${folder}`,
    namespace: NAMESPACE,
    list: async () => {
      const names = namesIn(folder)
      const inManifests = await Promise.all(
        names.filter((name) => MANIFEST.test(name)).map((name) => keysOfFile(context, join(folder, name))),
      )
      const pairs = names.filter((name) => name.endsWith('.crt') && names.includes(name.replace(/crt$/, 'key')))
      const keys = [...inManifests.flat(), ...pairs.map((name) => keyOfPair(context, join(folder, name)))]
      return keys.toSorted((a, b) => b.created.localeCompare(a.created))
    },
    create: (key) => createKey(context, folder, key),
    change: (key, change) => changeKey(context, key, change),
    remove: (key) => removeKey(context, key),
    close: () => Promise.resolve(),
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder).toSorted()
  } catch (error) {
    const Problem = errorCode(error) === 'ENOENT' ? NoKeys : CliError
    throw new Problem(`open ${folder}: ${systemReason(error)}`, {
      hint: 'is it the folder that the controller works on? It makes its keys there: waxseal-controller --directory DIR --once',
      cause: error,
    })
  }
}

async function keysOfFile(context: Context, path: string): Promise<readonly StoredKey[]> {
  const { documents } = await openFile(context, path)
  return documents.flatMap(({ value, index }) => {
    if (at(value, 'kind') !== 'Secret') return []
    const key = readKeySecret(value, { path, index } satisfies Handle)
    // Whoever puts a Secret without label into this folder means it as a key.
    return [{ ...key, namespace: key.namespace || NAMESPACE, state: key.state || 'active' }]
  })
}

function keyOfPair(context: Context, certificate: string): StoredKey {
  const stem = certificate.replace(/\.crt$/, '')
  const text = (path: string): string => new TextDecoder().decode(context.files.read(path, PEM_LIMIT))
  return {
    ...{
      name: basename(stem),
      namespace: NAMESPACE,
      state: 'active',
      lastBackup: undefined,
      labels: {},
      annotations: {},
    },
    created: fs
      .statSync(certificate)
      .mtime.toISOString()
      .replace(/\.\d+Z$/, 'Z'),
    certificatePem: text(certificate),
    privateKeyPem: text(`${stem}.key`),
    handle: { pair: stem } satisfies Handle,
  }
}

async function createKey(context: Context, folder: string, key: NewKey): Promise<{ readonly name: string }> {
  const name = key.name ?? `${KEY_PREFIX}${suffix()}`
  if (!/^[a-z0-9][-a-z0-9.]*$/.test(name)) throw new CliError(`${JSON.stringify(name)} cannot be the name of a key`)
  const creationTimestamp = context
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
  const text = await writeYaml(keyManifest(key, { name, namespace: NAMESPACE, creationTimestamp }))
  context.files.makeFolder(folder, 0o700)
  const path = join(folder, `${name}.yaml`)
  if (context.files.exists(path)) throw exists(path)
  context.files.create(path, text, 0o600)
  return { name }
}

/** In place, so that whatever else is in the file stays. */
async function changeKey(context: Context, key: StoredKey, change: KeyChange): Promise<void> {
  const handle = handleOf(key)
  if ('pair' in handle) {
    throw new CliError(`${handle.pair}.crt and .key have no place for a state or the time of a backup`, {
      hint: 'turn them into a Secret: waxseal keys import --directory DIR --cert FILE --key FILE, then remove the two files',
    })
  }
  const file = await openFile(context, handle.path)
  const document = file.documents[handle.index]
  if (document === undefined || at(at(document.value, 'metadata'), 'name') !== key.name) throw changed(handle.path)
  const changes = [
    ...(change.state === undefined ? [] : [{ field: 'labels', key: STATE_LABEL, value: change.state }]),
    ...Object.entries(annotationsOf(change)).map(([key, value]) => ({ field: 'annotations', key, value })),
  ]
  let { raw } = document
  for (const { field, key: name, value } of changes) {
    const [current] = await readDocuments(raw)
    const mapping = at(at(current?.value, 'metadata'), field)
    raw = isObject(mapping)
      ? await changeText({ ...document, raw }, [{ path: ['metadata', field], key: name, value }])
      : await rewritten(current?.value, document.format, { [field]: { [name]: value } })
  }
  saveFile(context, file, textOf(file, handle.index, raw))
}

const exists = (path: string): KeyExists =>
  new KeyExists(`${path}: file exists, and keys are never overwritten`, { hint: 'waxseal keys list shows it' })

/** Other documents of its file stay as they are. */
async function removeKey(context: Context, key: StoredKey): Promise<void> {
  const handle = handleOf(key)
  if ('pair' in handle) {
    // Without its certificate it is no key any more to whoever reads the folder in between.
    for (const end of ['crt', 'key']) context.files.remove(`${handle.pair}.${end}`)
    return
  }
  const file = await openFile(context, handle.path)
  const others = file.documents.filter(({ index }) => index !== handle.index)
  if (others.length === file.documents.length) throw changed(handle.path)
  if (others.length === 0) return context.files.remove(handle.path)
  saveFile(context, file, others.map(({ prefix, raw, suffix }) => prefix + raw + suffix).join(''))
}

/** Where there is no mapping yet to put the text into, the document is written anew. */
function rewritten(value: unknown, format: 'json' | 'yaml', added: object): Promise<string> | string {
  const [before, metadata] = [isObject(value) ? value : {}, at(value, 'metadata')]
  const after = { ...before, metadata: { ...(isObject(metadata) ? metadata : {}), ...added } }
  return format === 'json' ? writeJson(after) : writeYaml(after)
}

function textOf({ documents }: ManifestFile, index: number, raw: string): string {
  return documents.map((each) => each.prefix + (each.index === index ? raw : each.raw) + each.suffix).join('')
}

function handleOf({ handle }: StoredKey): Handle {
  const [path, index, pair] = [at(handle, 'path'), at(handle, 'index'), at(handle, 'pair')]
  if (typeof pair === 'string') return { pair }
  if (typeof path === 'string' && typeof index === 'number') return { path, index }
  throw new TypeError('a key of another store')
}

const changed = (path: string): CliError =>
  new CliError(`${path} was changed by somebody else in the meantime`, { hint: 'it was not overwritten: try again' })

/** Five letters and digits as Kubernetes' generateName appends, without vowels so that no words come out. */
function suffix(): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789'
  return Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('')
}
