/** What became of what: the lists that -o prints of commands which change or try many things. They never hold a value. */
import type { Context } from '../context.ts'
import { type Output, outputOf, writeData } from './format.ts'

/** `name`: what changed, one a line. */
export type ReportFormat = 'name' | 'json' | 'yaml'

/** `-o, --output` of a command that reports. */
export const REPORT: Output<ReportFormat> = outputOf('name', 'json', 'yaml')

/** What became of a SealedSecret of a file. */
export interface SealedEntry {
  readonly file: string
  /** Undefined for what could not be read as a SealedSecret, and where it says none. */
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly result: string
  /** Of its values that were looked at. */
  readonly items: readonly ItemEntry[]
  /** Why it failed, one line. */
  readonly error?: string | undefined
}

/** What became of one value. */
export interface ItemEntry {
  readonly key: string
  readonly result: string
}

/** The whole of stdout: the entries, or for `name` the names that belong to each, every one once. */
export async function writeReport<T extends object>(
  context: Context,
  format: ReportFormat,
  entries: readonly T[],
  namesOf: (entry: T) => readonly string[],
): Promise<void> {
  const names = (): string => [...new Set(entries.flatMap(namesOf))].map((name) => `${name}\n`).join('')
  context.stdout.write(format === 'name' ? names() : await writeData(format, entries))
}
