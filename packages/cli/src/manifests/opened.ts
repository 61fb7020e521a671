/** The values of opened Secrets for programs that know nothing of Kubernetes: shell variables, files. */
import { dirname, join } from 'node:path'
import { checkDataKey, equalBytes, fromUtf8, type OpenedSecret, utf8, WaxsealError } from '@waxseal/core'
import type { Context } from '../context.ts'
import { CliError } from '../messages.ts'
import { pathTemplate, refuseCollisions } from './template-path.ts'

/** A variable's name as POSIX shells take it. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Assignments for a POSIX shell, one value each. Throws CliError where a key or a value cannot be one. */
export function shellVariables(secrets: readonly OpenedSecret[]): string {
  const from = new Map<string, string>()
  const lines = secrets.flatMap((secret) => {
    return [...secret.data].map(([key, value]) => {
      const other = from.get(key)
      if (other !== undefined) {
        throw new CliError(`${key}: both ${other} and ${titleOf(secret)} have it, and a variable holds one value`, {
          hint: 'open them one by one',
        })
      }
      from.set(key, titleOf(secret))
      return `${variable(secret, key)}=${quoted(secret, key, value.reveal())}\n`
    })
  })
  return lines.join('')
}

function variable(secret: OpenedSecret, key: string): string {
  if (VARIABLE.test(key)) return key
  throw new CliError(`${titleOf(secret)}: ${key} cannot be the name of a variable`, {
    hint: 'letters, digits and _ are allowed; --output-dir DIR writes a file for each key',
  })
}

function quoted(secret: OpenedSecret, key: string, bytes: Uint8Array): string {
  const text = textOf(bytes)
  if (text === undefined || text.includes('\0')) {
    throw new CliError(`${titleOf(secret)}: ${key} is no text, which a variable must be`, {
      hint: '--output-dir DIR writes a file for each key',
    })
  }
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = fromUtf8(bytes)
    return equalBytes(utf8(text), bytes) ? text : undefined
  } catch (error) {
    if (error instanceof WaxsealError || error instanceof TypeError) return undefined
    throw error
  }
}

const FLAG = '--output-dir'
const PLACEHOLDERS = ['namespace', 'name']
/** For the owner alone, folder and files. */
const MODE = { create: 0o600, existing: 'set' } as const

/**
 * Writes each value to a file of its own, named after its key, unless `dryRun`. Nothing is written where a path cannot be. Returns the
 * paths.
 */
export function writeValueFiles(
  context: Context,
  folder: string,
  secrets: readonly OpenedSecret[],
  dryRun: boolean,
): readonly string[] {
  const template = pathTemplate(FLAG, folder, PLACEHOLDERS)
  const files = secrets.flatMap((secret) => {
    const { name, namespace } = secret.metadata
    const place = template.expand({ name, namespace })
    return [...secret.data].map(([key, value]) => {
      checkDataKey(key)
      return { path: join(place, key), value }
    })
  })
  refuseCollisions(
    FLAG,
    files.map(({ path }) => path),
    PLACEHOLDERS,
  )
  if (dryRun) return files.map(({ path }) => path)
  for (const place of new Set(files.map(({ path }) => dirname(path)))) context.files.makeFolder(place, 0o700)
  for (const { path } of files) context.files.checkWritable(path)
  for (const { path, value } of files) context.files.replace(path, value.reveal(), MODE)
  return files.map(({ path }) => path)
}

function titleOf({ metadata: { name, namespace } }: OpenedSecret): string {
  return `SealedSecret ${namespace ? `${namespace}/${name}` : name}`
}
