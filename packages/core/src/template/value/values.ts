import type { Version } from '../semver/version.ts'
import { type ByteString, bytes } from '../text/bytestring.ts'
import type { Time } from '../time/time.ts'

/** Go's integer types that values of templates have. */
export type IntType = 'int' | 'int64' | 'uint8' | 'uint32' | 'uint64' | 'time.Duration' | 'time.Month' | 'time.Weekday'

export type ListType = '[]interface {}' | '[]string' | '[]int' | '[][]interface {}' | '[]uint8'

export class Int {
  readonly type: IntType
  readonly value: bigint

  constructor(type: IntType, value: bigint) {
    this.type = type
    this.value = value
  }
}

export class Complex {
  readonly real: number
  readonly imaginary: number

  constructor(real: number, imaginary: number) {
    this.real = real
    this.imaginary = imaginary
  }
}

/** A slice. Values share it: sortAlpha sorts one of strings where it lies. */
export class List {
  readonly type: ListType
  readonly items: Value[]
  /** Go's nil slice: empty, but `null` in JSON. */
  readonly isNil: boolean

  constructor(type: ListType, items: Value[], isNil = false) {
    this.type = type
    this.items = items
    this.isNil = isNil
  }
}

/** A `map[string]interface {}`, which values share and set and merge change; or a `map[string]string`. */
export class Dict {
  readonly type: 'map[string]interface {}' | 'map[string]string'
  readonly entries: Map<ByteString, Value>
  readonly isNil: boolean

  constructor(type: Dict['type'], entries: Map<ByteString, Value>, isNil = false) {
    this.type = type
    this.entries = entries
    this.isNil = isNil
  }

  /** Keys in the order of their bytes, in which Go prints and ranges over maps. */
  sortedKeys(): ByteString[] {
    return [...this.entries.keys()].toSorted(compareBytes)
  }
}

/** What genCA and its kin give: PEM texts. */
export class Certificate {
  readonly cert: ByteString
  readonly key: ByteString

  constructor(cert: ByteString, key: ByteString) {
    this.cert = cert
    this.key = key
  }
}

/** A value of a template. A number is a float64, null a nil interface. */
export type Value = null | boolean | number | ByteString | Int | Complex | List | Dict | Time | Version | Certificate

/** Go's reflection tells a nil that a map or list holds (null) from the absence of a value (undefined). */
export type Maybe = Value | undefined

export function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export function int(value: bigint | number): Int {
  return new Int('int', BigInt(value))
}

export function list(items: Value[]): List {
  return new List('[]interface {}', items)
}

export function nilList(): List {
  return new List('[]interface {}', [], true)
}

export function strings(items: ByteString[]): List {
  return new List('[]string', items)
}

export function dict(entries: Iterable<readonly [ByteString, Value]> = []): Dict {
  return new Dict('map[string]interface {}', new Map(entries))
}

/** A dict from a JavaScript object with ASCII keys. */
export function record(entries: Readonly<Record<string, Value>>): Dict {
  return dict(Object.entries(entries).map(([key, value]) => [bytes(key), value] as const))
}
