import type { Budget } from '../budget.ts'
import type { Ports } from '../options.ts'
import type { Version } from '../semver/version.ts'
import type { ByteString } from '../text/bytestring.ts'
import type { Time } from '../time/time.ts'
import { type Certificate, type Dict, Int, type IntType, type List, type Maybe, type Value } from '../value/values.ts'

/** What functions get besides their arguments. */
export interface Context {
  readonly budget: Budget
  readonly ports: Ports
}

/** The TypeScript side of the Go types that stand in signatures. Integers come and go as bigint. */
interface GoTypes {
  readonly string: ByteString
  readonly bool: boolean
  readonly int: bigint
  readonly int64: bigint
  readonly uint32: bigint
  readonly uint64: bigint
  readonly float64: number
  readonly 'interface {}': Value
  /** Go's reflect.Value: may be absent. */
  readonly 'any value': Maybe
  readonly '[]interface {}': List
  readonly '[][]interface {}': List
  readonly '[]string': List
  readonly '[]int': List
  readonly 'map[string]interface {}': Dict
  readonly 'map[string]string': Dict
  readonly 'time.Time': Time
  readonly 'time.Duration': bigint
  readonly 'time.Month': bigint
  readonly 'time.Weekday': bigint
  readonly 'sprig.certificate': Certificate
  readonly '*semver.Version': Version
  readonly 'semver.Version': Version
}

type Native<T extends string> = T extends keyof GoTypes ? GoTypes[T] : never

type Parameters<P extends string> = P extends ''
  ? []
  : P extends `${infer First}, ${infer Rest}`
    ? [Native<First>, ...Parameters<Rest>]
    : P extends `...${infer Element}`
      ? Native<Element>[]
      : [Native<P>]

type Result<R extends string> = R extends `(${infer T}, error)` ? Native<T> : Native<R>

type Body<S extends string> = S extends `func(${infer P}) ${infer R}`
  ? (context: Context, ...args: Parameters<P>) => Result<R>
  : never

/** A function that templates can call, with what reflection tells of it in Go. */
export interface GoFunction {
  /** Go's own type of it. */
  readonly signature: string
  /** Types of the parameters; the last is that of one element when `variadic`. */
  readonly parameters: readonly string[]
  readonly variadic: boolean
  /** Arguments fit the parameters already. Throws CallFault and LimitFault. */
  readonly call: (context: Context, args: readonly Maybe[]) => Maybe
}

export type FunctionTable = Readonly<Record<string, GoFunction>>

const INTEGERS: ReadonlySet<string> = new Set([
  'int',
  'int64',
  'uint8',
  'uint32',
  'uint64',
  'time.Duration',
  'time.Month',
  'time.Weekday',
] satisfies IntType[])

export function isIntType(type: string): type is IntType {
  return INTEGERS.has(type)
}

/** A function of the type that Go gives it: the compiler holds its body to it, the evaluator its arguments. */
export function go<const S extends string>(signature: S, body: Body<S>): GoFunction {
  const [, list = '', returned = ''] = /^func\((.*?)\) (.*)$/.exec(signature) ?? []
  const result = returned.replace(/^\((.*), error\)$/, '$1')
  const variadic = list.includes('...')
  const parameters = list === '' ? [] : list.replace('...', '').split(', ')
  // The body's parameters were checked against the signature; here they are whatever the evaluator made fit.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the comment above says.
  const run = body as unknown as (context: Context, ...args: readonly unknown[]) => bigint | Maybe
  const call = (context: Context, args: readonly Maybe[]): Maybe => {
    // Whatever it does with a text, it reads it.
    for (const value of args) if (typeof value === 'string') context.budget.spend(value.length >> 6)
    const native = args.map((value, index) => toNative(value, parameters[Math.min(index, parameters.length - 1)]))
    return toValue(run(context, ...native), result)
  }
  return { signature, parameters, variadic, call }
}

function toNative(value: Maybe, type: string | undefined): unknown {
  return value instanceof Int && type !== undefined && isIntType(type) ? value.value : value
}

function toValue(value: bigint | Maybe, type: string): Maybe {
  return typeof value === 'bigint' ? new Int(isIntType(type) ? type : 'int', value) : value
}
