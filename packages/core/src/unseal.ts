import { decodeBase64, encodeBase64 } from './bytes.ts'
import { mapBounded } from './concurrent.ts'
import { openDeprecatedData } from './deprecated.ts'
import { type ErrorCode, WaxsealError } from './errors.ts'
import type { KeyRing, Opened } from './keyring.ts'
import type { SealedSecret, SecretTemplate } from './manifest.ts'
import { byBytes, META_FIELDS, type ObjectMeta, pickMeta } from './meta.ts'
import { emptyRecord } from './parse.ts'
import type { Plaintext } from './plaintext.ts'
import { ANNOTATION, isOn, label, scopeOf } from './scope.ts'
import { firstTemplate, type Rendered, type RenderTemplate, renderTemplates } from './templates.ts'

export interface UnsealOptions {
  readonly ring: KeyRing
  /** Whether the deprecated `spec.data` may be opened; default false. */
  readonly acceptDeprecatedData?: boolean
  /** Whether the Secret names the SealedSecret as its owner; default true. */
  readonly ownerReference?: boolean
  /** Renders templates, see RenderTemplate; without it a SealedSecret with a template is refused. */
  readonly render?: RenderTemplate
  /**
   * Fingerprints of the keys that probably sealed it, the likeliest first; the SealedSecret's own note goes before. A wrong
   * guess costs an RSA operation, nothing else.
   */
  readonly guess?: readonly string[]
}

/** The Secret that a SealedSecret stands for. */
export interface OpenedSecret {
  readonly apiVersion: 'v1'
  readonly kind: 'Secret'
  /**
   * Name and namespace of the SealedSecret, the rest of its template. A template may name fields that only a server
   * sets (`uid`, `resourceVersion`), as printed by kubeseal: whoever writes to a cluster leaves those out.
   */
  readonly metadata: ObjectMeta & { readonly name: string }
  readonly type?: string
  readonly immutable?: boolean
  readonly data: ReadonlyMap<string, Plaintext>
  /** Fingerprints of the keys that opened the values, sorted. */
  readonly sealedWith: readonly string[]
}

/** Some values did not open, or some templates did not render. */
export class UnsealError extends WaxsealError {
  /** What failed, by key of `encryptedData` or `template.data`. */
  readonly failures: ReadonlyMap<string, WaxsealError>

  constructor(failures: ReadonlyMap<string, WaxsealError>) {
    const lines = [...byMessage(failures)].map(([text, keys]) => `${text} (${keys.join(', ')})`)
    const hint = [...failures.values()].find((failure) => failure.hint !== undefined)?.hint
    super(worst(failures), lines.join('\n'), hint === undefined ? {} : { hint })
    this.name = 'UnsealError'
    this.failures = failures
  }
}

/** Missing keys first, templates last: what is to be mended before the next can be seen. */
const WORST_FIRST: readonly ErrorCode[] = ['no-key', 'malformed', 'bad-template', 'template-failed']

/** Only without `no-key` is it known that the keys do not matter. */
function worst(failures: ReadonlyMap<string, WaxsealError>): ErrorCode {
  const codes = new Set([...failures.values()].map(({ code }) => code))
  return WORST_FIRST.find((code) => codes.has(code)) ?? 'no-key'
}

/** Keys grouped by what happened to them, one line each as kubeseal prints them. */
function byMessage(failures: ReadonlyMap<string, WaxsealError>): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const [key, { message }] of failures) groups.set(message, [...(groups.get(message) ?? []), key])
  return groups
}

/**
 * Opens every value, all at a time, and renders the templates. The scope is read from the SealedSecret's own annotations,
 * never the template's. A sealed value wins over a template of the same key; null in the template's data leaves a key out
 * of the Secret, though templates still see its value (bitnami/sealed-secrets #1870).
 * @throws UnsealError `no-key`, `malformed`, `bad-template` or `template-failed`, naming everything that failed; WaxsealError
 *   `template-unsupported`, `deprecated-data`, `no-key`, `malformed` or `bad-manifest` for `spec.data`
 */
export async function unsealSecret(sealed: SealedSecret, options: UnsealOptions): Promise<OpenedSecret> {
  const { metadata, spec } = sealed
  if (spec.data !== undefined) {
    if (options.acceptDeprecatedData !== true) throw deprecated()
    const bound = label(scopeOf(metadata.annotations), metadata.namespace ?? '', metadata.name)
    const inner = await openDeprecatedData(spec, bound, options.ring, [
      ...sealedWith(metadata),
      ...(options.guess ?? []),
    ])
    return opened(sealed, options, inner.template, inner.data, [inner.fingerprint])
  }
  const render = rendererFor(spec.template, options)
  const items = await tryItems(sealed, options.ring, options.guess)
  const values = new Map([...items.found].map(([key, { plaintext }]) => [key, plaintext]))
  const templates = spec.template.data ?? {}
  const rendered = render === undefined ? NOTHING : await renderTemplates(templates, values, render)
  const failures = allFailures(items.failures, rendered.failures)
  if (failures.size > 0) throw new UnsealError(failures)
  const data = new Map([...rendered.data, ...values])
  for (const [key, text] of Object.entries(templates)) if (text === null) data.delete(key)
  return opened(
    sealed,
    options,
    spec.template,
    data,
    [...items.found.values()].map(({ fingerprint }) => fingerprint),
  )
}

const NOTHING: Rendered = { data: new Map(), failures: new Map() }

/** Undefined when there is nothing to render. */
function rendererFor({ data }: SecretTemplate, { render }: UnsealOptions): RenderTemplate | undefined {
  const key = firstTemplate(data)
  if (key === undefined) return undefined
  if (render !== undefined) return render
  throw new WaxsealError('template-unsupported', `spec.template.data.${key}: nothing was given to render templates`, {
    hint: 'pass `render` of @waxseal/core/template',
  })
}

/** Where values are missing, a template that does not come to its end may miss only those; one that is none stays none. */
function allFailures(items: TriedItems['failures'], templates: Rendered['failures']): Map<string, WaxsealError> {
  const sure = [...templates].filter(
    ([key, { code }]) => items.size === 0 || (code === 'bad-template' && !items.has(key)),
  )
  return new Map([...items, ...sure])
}

function deprecated(): WaxsealError {
  return new WaxsealError(
    'deprecated-data',
    "using deprecated 'data' field, use 'encryptedData' or flip the feature flag",
    {
      hint: 'seal the Secret again, which writes encryptedData',
    },
  )
}

function sealedWith({ annotations }: ObjectMeta): string[] {
  const note = annotations?.[ANNOTATION.sealedWith] ?? ''
  return note
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** What came of trying to open every item; each is in one of the two, in the order of bytes. */
export interface TriedItems {
  readonly found: ReadonlyMap<string, Opened>
  readonly failures: ReadonlyMap<string, WaxsealError>
}

/**
 * Tries to open every item of `encryptedData` under the scope of the SealedSecret's own annotations; the template is not
 * looked at. Never throws for an item. `guess`: see UnsealOptions.
 */
export function tryItems(sealed: SealedSecret, ring: KeyRing, guess: readonly string[] = []): Promise<TriedItems> {
  const { metadata, spec } = sealed
  const bound = label(scopeOf(metadata.annotations), metadata.namespace ?? '', metadata.name)
  return tryEach(spec.encryptedData, bound, ring, { note: sealedWith(metadata), guess })
}

/** Fingerprints of the keys to try first: what the SealedSecret says itself, and what the caller thinks. */
interface Hints {
  readonly note: readonly string[]
  readonly guess: readonly string[]
}

/**
 * A wrong key costs a whole RSA operation, so with several keys and no note the first item goes ahead to find the key
 * for the others. Where that one does not open with any key, the others probably do not, either: they go one after the
 * other, so that what is hopeless does not keep the cores from those who wait beside it.
 */
async function tryEach(
  items: Readonly<Record<string, string>>,
  bound: Uint8Array,
  ring: KeyRing,
  { note, guess }: Hints,
): Promise<TriedItems> {
  const names = Object.keys(items).sort(byBytes)
  const found = new Map<string, Opened>()
  const failures = new Map<string, WaxsealError>()
  const open = async (name: string, hints: readonly string[]): Promise<void> => {
    try {
      found.set(name, await ring.open(decodeBase64(items[name] ?? ''), bound, hints))
    } catch (error) {
      if (!(error instanceof WaxsealError)) throw error
      failures.set(name, error)
    }
  }
  const known = ring.keys.length < 2 || ring.keys.some(({ fingerprint }) => note.includes(fingerprint))
  const ahead = known ? [] : names.slice(0, 1)
  for (const name of ahead) await open(name, [...note, ...guess])
  const hints = [...note, ...[...found.values()].map(({ fingerprint }) => fingerprint), ...guess]
  const rest = names.slice(ahead.length)
  if (failures.size > 0) for (const name of rest) await open(name, hints)
  else await mapBounded(rest, (name) => open(name, hints))
  return { found: inOrder(names, found), failures: inOrder(names, failures) }
}

function inOrder<T>(names: readonly string[], map: ReadonlyMap<string, T>): Map<string, T> {
  const ordered = new Map<string, T>()
  for (const name of names) {
    const value = map.get(name)
    if (value !== undefined) ordered.set(name, value)
  }
  return ordered
}

function opened(
  sealed: SealedSecret,
  options: UnsealOptions,
  template: SecretTemplate,
  data: ReadonlyMap<string, Plaintext>,
  keys: readonly string[],
): OpenedSecret {
  const { metadata, apiVersion, kind } = sealed
  const { name, namespace = '' } = metadata
  const from = template.metadata ?? {}
  const owner = { apiVersion, kind, name, uid: metadata.uid ?? '', controller: true }
  const owned = options.ownerReference !== false && !isOn(from.annotations, ANNOTATION.skipOwner)
  const meta = { ...from, name, namespace, ownerReferences: owned ? [owner] : [] }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...pickMeta(meta, META_FIELDS), name },
    ...(template.type ? { type: template.type } : {}),
    ...(template.immutable === undefined ? {} : { immutable: template.immutable }),
    data,
    sealedWith: [...new Set(keys)].sort(),
  }
}

/** The Secret as a plain object ready to be written, fields in Kubernetes' order. It holds the values in plain text. */
export function secretObject(secret: OpenedSecret): Record<string, unknown> {
  const { kind, apiVersion, metadata, immutable, type, data } = secret
  const encoded = emptyRecord<string>()
  for (const key of [...data.keys()].sort(byBytes))
    encoded[key] = encodeBase64(data.get(key)?.reveal() ?? new Uint8Array(0))
  return {
    kind,
    apiVersion,
    metadata,
    ...(immutable === undefined ? {} : { immutable }),
    ...(data.size === 0 ? {} : { data: encoded }),
    ...(type === undefined ? {} : { type }),
  }
}
