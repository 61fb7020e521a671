/**
 * Command-line flags by the rules of spf13/pflag, which kubeseal and kubectl use and scripts rely on: `--flag VALUE`, `--flag=VALUE`,
 * `-oyaml`, `-o yaml`, `-o=yaml`, booleans that take a value only after `=`, a value that may begin with a dash, flags after
 * positional arguments, `--` as the end. Own code, since general parsers differ in just these points and cost start-up time.
 */
import { CliError, describe, UsageError } from './messages.ts'

export interface Flag {
  readonly letter?: string
  /** `list`: CSV, repetitions add up; `array`: one value each time. */
  readonly type: 'bool' | 'string' | 'list' | 'array' | 'int'
  /** The variable that gives the value where the flag does not. */
  readonly env?: string
  /** Throws CliError or WaxsealError to say what is wrong with the value. */
  readonly check?: (value: string) => void
}

export type FlagTable = Readonly<Record<string, Flag>>
type Env = Readonly<Record<string, string | undefined>>

/** The parsed line. Asking for a flag that is not in the table is a defect and throws. */
export interface Flags {
  readonly positional: readonly string[]
  bool(name: string): boolean
  /** Undefined when the flag is not given or empty: an empty value means the default, as with kubeseal. */
  string(name: string): string | undefined
  list(name: string): readonly string[]
  /** Whether the flag was given, on the line or by its variable, with whatever value. */
  given(name: string): boolean
}

/** Reads the arguments, then the variables. Throws UsageError with pflag's wording; for a bad variable a CliError, as the line is right. */
export function parseFlags(table: FlagTable, args: readonly string[], env: Env): Flags {
  const values = new Map<string, string[]>()
  const positional: string[] = []
  const queue = [...args]
  for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
    if (arg === '--') {
      positional.push(...queue.splice(0))
    } else if (arg.startsWith('--')) {
      readLong(table, arg, queue, values)
    } else if (arg.startsWith('-') && arg !== '-') {
      readLetters(table, arg, queue, values)
    } else {
      positional.push(arg)
    }
  }
  readEnvironment(table, env, values)
  return flagsOf(table, values, positional)
}

function readLong(table: FlagTable, arg: string, queue: string[], values: Map<string, string[]>): void {
  const equals = arg.indexOf('=')
  const name = arg.slice(2, equals < 0 ? undefined : equals)
  const flag = Object.hasOwn(table, name) ? table[name] : undefined
  if (flag === undefined) throw new UsageError(`unknown flag: --${name}`)
  const value = equals >= 0 ? arg.slice(equals + 1) : flag.type === 'bool' ? 'true' : queue.shift()
  if (value === undefined) throw new UsageError(`flag needs an argument: --${name}`)
  store(values, name, flag, value, `--${name}`)
}

function readLetters(table: FlagTable, arg: string, queue: string[], values: Map<string, string[]>): void {
  for (let rest = arg.slice(1); rest !== ''; ) {
    const letter = rest.charAt(0)
    rest = rest.slice(1)
    const [name, flag] = Object.entries(table).find(([, each]) => each.letter === letter) ?? []
    if (name === undefined || flag === undefined) throw new UsageError(`unknown shorthand flag: '${letter}' in ${arg}`)
    const shown = `-${letter}, --${name}`
    if (flag.type === 'bool' && !rest.startsWith('=')) {
      store(values, name, flag, 'true', shown)
      continue
    }
    const value = rest === '' ? queue.shift() : rest.replace(/^=/, '')
    if (value === undefined) throw new UsageError(`flag needs an argument: '${letter}' in ${arg}`)
    store(values, name, flag, value, shown)
    return
  }
}

/** A variable counts where the flag is not given; for lists both add up. A bad value is an error, not silently dropped. */
function readEnvironment(table: FlagTable, env: Env, values: Map<string, string[]>): void {
  for (const [name, flag] of Object.entries(table)) {
    const value = flag.env === undefined ? undefined : env[flag.env]
    if (flag.env === undefined || value === undefined) continue
    const isList = flag.type === 'list' || flag.type === 'array'
    if (values.has(name) && !isList) continue
    if (flag.type === 'bool' && value === '') continue
    try {
      store(values, name, flag, value, flag.env)
    } catch (error) {
      throw error instanceof UsageError ? new CliError(`variable ${error.message}`, { cause: error }) : error
    }
  }
}

function store(values: Map<string, string[]>, name: string, flag: Flag, value: string, shown: string): void {
  const refuse = (why: string) =>
    new UsageError(`invalid argument ${JSON.stringify(value)} for ${JSON.stringify(shown)} flag: ${why}`)
  if (flag.type === 'bool' && !(TRUE.has(value) || FALSE.has(value))) throw refuse('not a boolean, use true or false')
  if (flag.type === 'int' && !/^[+-]?\d+$/.test(value)) throw refuse('not a number')
  if (flag.check !== undefined && value !== '') {
    try {
      flag.check(value)
    } catch (error) {
      const { message, hint } = describe(error)
      throw refuse(hint === undefined ? message : `${message}, ${hint}`)
    }
  }
  const parts = flag.type === 'list' ? splitCsv(value) : [value]
  if (parts === undefined) throw refuse('a quote that is never closed')
  const isList = flag.type === 'list' || flag.type === 'array'
  values.set(name, isList ? [...(values.get(name) ?? []), ...parts] : parts)
}

/** One CSV record as Go's encoding/csv reads it: a comma splits, double quotes protect, "" is a quote. Undefined when malformed. */
function splitCsv(text: string): string[] | undefined {
  if (text === '') return []
  const fields = [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"(?=,|$)|([^",]*)(?=,|$))/g)]
  if (fields.reduce((length, field) => length + field[0].length, 0) !== text.length) return undefined
  return fields.map(([, quoted, plain]) => (quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"')))
}

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

function flagsOf(
  table: FlagTable,
  values: ReadonlyMap<string, readonly string[]>,
  positional: readonly string[],
): Flags {
  const valuesOf = (name: string): readonly string[] => {
    if (!Object.hasOwn(table, name)) throw new TypeError(`no such flag in the table: ${name}`)
    return values.get(name) ?? []
  }
  return {
    positional,
    bool: (name) => TRUE.has(valuesOf(name).at(-1) ?? ''),
    string: (name) => valuesOf(name).at(-1) || undefined,
    list: (name) => valuesOf(name).filter((value) => value !== ''),
    given: (name) => valuesOf(name).length > 0 || values.has(name),
  }
}
