/** Which files of the index are to be encrypted. */

import { driverOf, keyOfFilter } from './drivers.ts'
import type { Git } from './git.ts'
import { joinNul, type RawPath, splitNul } from './raw-path.ts'

export interface IndexEntry {
  readonly path: RawPath
  /** Octal, as git prints it. */
  readonly mode: string
  readonly oid: string
  /** 0, or 1 to 3 of an unresolved merge. */
  readonly stage: number
  /** Left out of the work tree by sparse checkout. */
  readonly isSkipped: boolean
}

export interface Attributes {
  readonly filter: string
  readonly diff: string
  /** Whether git would change line ends of the encrypted content, and so destroy it. */
  readonly convertsLines: boolean
}

/** A file of the index that has the filter. */
export interface SecretFile extends IndexEntry {
  /** Undefined for the default key. */
  readonly keyName: string | undefined
  readonly attributes: Attributes
}

export function indexEntries(git: Git): readonly IndexEntry[] {
  return splitNul(git.run(['ls-files', '-z', '-s', '-t'])).flatMap((record) => {
    const [, tag, mode, oid, stage, path] = /^(\S) (\d+) (\w+) (\d)\t([\s\S]+)$/.exec(record) ?? []
    if (mode === undefined || oid === undefined || path === undefined) return []
    return [{ path, mode, oid, stage: Number(stage), isSkipped: tag === 'S' }]
  })
}

/** Files that are neither tracked nor ignored. */
export const untrackedFiles = (git: Git): readonly RawPath[] =>
  splitNul(git.run(['ls-files', '-z', '--others', '--exclude-standard']))

const NAMES = ['filter', 'diff', 'text', 'eol'] as const

export function attributesOf(git: Git, paths: readonly RawPath[]): ReadonlyMap<RawPath, Attributes> {
  if (paths.length === 0) return new Map()
  const fields = splitNul(git.run(['check-attr', '-z', '--stdin', ...NAMES], { input: joinNul(paths) }))
  const values = new Map<RawPath, Record<string, string>>()
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = '', name = '', value = ''] = fields.slice(at, at + 3)
    values.set(path, { ...values.get(path), [name]: value })
  }
  return new Map([...values].map(([path, found]) => [path, attributes(found)]))
}

/** `text` that is set, or `eol` without `-text`, converts whatever the content; `auto` leaves files with NUL bytes alone. */
function attributes({ filter = '', diff = '', text = '', eol = '' }: Record<string, string>): Attributes {
  const convertsLines = text === 'set' || ((eol === 'lf' || eol === 'crlf') && text !== 'unset' && text !== 'auto')
  return { filter, diff, convertsLines }
}

/** git filters regular files only: no links, no submodules. */
const isRegular = ({ mode }: IndexEntry): boolean => mode.startsWith('100')

/** All stages; of several entries of one path each is listed. */
export function secretFiles(git: Git, entries: readonly IndexEntry[] = indexEntries(git)): readonly SecretFile[] {
  const regular = entries.filter(isRegular)
  const found = attributesOf(git, [...new Set(regular.map(({ path }) => path))])
  return regular.flatMap((entry) => {
    const attributes = found.get(entry.path)
    const key = attributes === undefined ? undefined : keyOfFilter(attributes.filter)
    return attributes === undefined || key === undefined ? [] : [{ ...entry, keyName: key.name, attributes }]
  })
}

/** `diff=` that does not fit the filter: differences would be shown as binary. */
export const lacksDiff = ({ keyName, attributes }: SecretFile): boolean => attributes.diff !== driverOf(keyName)
