/** What -o takes: one way to ask for a format, to refuse any other, and to write what programs read. */
import { writeJson, writeYaml } from '@waxseal/core/documents'
import type { Flags, FlagTable } from '../flags.ts'
import { UsageError } from '../messages.ts'

/** What programs read. */
export type Format = 'json' | 'yaml'

/** A flag that chooses the format. */
export interface Output<T extends string> {
  /** For the table of the command. */
  readonly flags: FlagTable
  /** Undefined where the flag is not given. */
  of(flags: Flags): T | undefined
}

/** `-o, --output` with these formats. */
export const outputOf = <const T extends string>(...formats: readonly T[]): Output<T> =>
  formatFlag('output', { letter: 'o' }, formats)

/** Names of formats are taken in any letter case; of others the flag's check throws UsageError that lists all there are. */
export function formatFlag<const T extends string>(
  flag: string,
  spelling: { readonly letter?: string },
  formats: readonly T[],
): Output<T> {
  const parse = (name: string): T => {
    const format = formats.find((each) => each === name.toLowerCase())
    if (format !== undefined) return format
    throw new UsageError(
      `unsupported output format: ${name}, use ${formats.slice(0, -1).join(', ')} or ${formats.at(-1)}`,
    )
  }
  return {
    flags: { [flag]: { type: 'string', ...spelling, check: (name) => void parse(name) } },
    of: (flags) => {
      const name = flags.string(flag)
      return name === undefined ? undefined : parse(name)
    },
  }
}

/** The value as a text of that format; fields that are undefined are left out. */
export async function writeData(format: Format, value: unknown): Promise<string> {
  return format === 'json' ? writeJson(value) : writeYaml(value)
}
