import { CallFault } from '../fault.ts'
import { type GoFunction, go } from '../functions/go.ts'
import { stringOf } from '../printf/printer.ts'
import { compareVersions, prereleaseFault, type Release, type Version } from '../semver/version.ts'
import { bytes, EMPTY } from '../text/bytestring.ts'
import { formatDuration } from '../time/duration.ts'
import { formatTime } from '../time/format.ts'
import { type Time, ZERO_TIME } from '../time/time.ts'
import { UTC } from '../time/zone.ts'
import type { Int } from '../value/values.ts'

/** Methods by name, bound to a receiver only when one is called. */
type Methods<T> = ReadonlyMap<string, (receiver: T) => GoFunction>

function methods<T>(table: Readonly<Record<string, (receiver: T) => GoFunction>>): Methods<T> {
  return new Map(Object.entries(table))
}

/** Far beyond any calendar, and still exact. */
const FARTHEST = 1_000_000_000n

function count(value: bigint): number {
  if (value > FARTHEST || value < -FARTHEST) throw new CallFault('date out of range')
  return Number(value)
}

/** The methods of Go's time.Time that a template can make use of. */
export const TIME_METHODS: Methods<Time> = methods<Time>({
  Add: (time) => go('func(time.Duration) time.Time', (_, duration) => time.add(duration)),
  AddDate: (time) =>
    go('func(int, int, int) time.Time', (_, years, months, days) =>
      time.addDate(count(years), count(months), count(days)),
    ),
  After: (time) => go('func(time.Time) bool', (_, other) => time.nanoseconds > other.nanoseconds),
  Before: (time) => go('func(time.Time) bool', (_, other) => time.nanoseconds < other.nanoseconds),
  Compare: (time) => go('func(time.Time) int', (_, other) => order(time.nanoseconds, other.nanoseconds)),
  Day: (time) => go('func() int', () => BigInt(time.fields.day)),
  Equal: (time) => go('func(time.Time) bool', (_, other) => time.nanoseconds === other.nanoseconds),
  Format: (time) =>
    go('func(string) string', ({ budget }, layout) => {
      budget.spend(layout.length)
      return budget.made(formatTime(time.fields, layout))
    }),
  Hour: (time) => go('func() int', () => BigInt(time.fields.hour)),
  IsZero: (time) => go('func() bool', () => time.nanoseconds === ZERO_TIME.nanoseconds),
  Local: (time) => go('func() time.Time', () => time.in(UTC)),
  Minute: (time) => go('func() int', () => BigInt(time.fields.minute)),
  Month: (time) => go('func() time.Month', () => BigInt(time.fields.month)),
  Nanosecond: (time) => go('func() int', () => BigInt(time.fields.nanosecond)),
  Second: (time) => go('func() int', () => BigInt(time.fields.second)),
  String: (time) => go('func() string', () => time.text()),
  Sub: (time) => go('func(time.Time) time.Duration', (_, other) => time.nanoseconds - other.nanoseconds),
  UTC: (time) => go('func() time.Time', () => time.in(UTC)),
  Unix: (time) => go('func() int64', () => time.unix),
  UnixMilli: (time) => go('func() int64', () => time.nanoseconds / 1_000_000n),
  UnixNano: (time) => go('func() int64', () => time.nanoseconds),
  Weekday: (time) => go('func() time.Weekday', () => BigInt(time.fields.weekday)),
  Year: (time) => go('func() int', () => BigInt(time.fields.year)),
  YearDay: (time) => go('func() int', () => BigInt(time.fields.dayOfYear)),
})

function order(a: bigint, b: bigint): bigint {
  return a < b ? -1n : a > b ? 1n : 0n
}

export const DURATION_METHODS: Methods<bigint> = methods<bigint>({
  Hours: (value) => go('func() float64', () => Number(value) / 3.6e12),
  Microseconds: (value) => go('func() int64', () => value / 1000n),
  Milliseconds: (value) => go('func() int64', () => value / 1_000_000n),
  Minutes: (value) => go('func() float64', () => Number(value) / 6e10),
  Nanoseconds: (value) => go('func() int64', () => value),
  Seconds: (value) => go('func() float64', () => Number(value) / 1e9),
  String: (value) => go('func() string', () => formatDuration(value)),
})

export const NAME_METHODS: Methods<Int> = methods<Int>({
  String: (value) => go('func() string', () => stringOf(value) ?? EMPTY),
})

/** Those that only a pointer has: what semver gives, but not what IncMajor and its kin give. */
export const POINTER_METHODS: ReadonlySet<string> = new Set([
  'Compare',
  'Equal',
  'GreaterThan',
  'GreaterThanEqual',
  'LessThan',
  'LessThanEqual',
  'Original',
])

/** The methods of Masterminds/semver's Version. */
export const VERSION_METHODS: Methods<Version> = methods<Version>({
  Compare: (version) => go('func(*semver.Version) int', (_, other) => BigInt(compareVersions(version, other))),
  Equal: (version) => go('func(*semver.Version) bool', (_, other) => compareVersions(version, other) === 0),
  GreaterThan: (version) => go('func(*semver.Version) bool', (_, other) => compareVersions(version, other) > 0),
  GreaterThanEqual: (version) => go('func(*semver.Version) bool', (_, other) => compareVersions(version, other) >= 0),
  IncMajor: (version) => go('func() semver.Version', () => version.next([version.release[0] + 1n, 0n, 0n])),
  IncMinor: (version) =>
    go('func() semver.Version', () => version.next([version.release[0], version.release[1] + 1n, 0n])),
  IncPatch: (version) => go('func() semver.Version', () => version.next(released(version))),
  LessThan: (version) => go('func(*semver.Version) bool', (_, other) => compareVersions(version, other) < 0),
  LessThanEqual: (version) => go('func(*semver.Version) bool', (_, other) => compareVersions(version, other) <= 0),
  Major: (version) => go('func() uint64', () => version.release[0]),
  Metadata: (version) => go('func() string', () => version.metadata),
  Minor: (version) => go('func() uint64', () => version.release[1]),
  Original: (version) => go('func() string', () => version.original),
  Patch: (version) => go('func() uint64', () => version.release[2]),
  Prerelease: (version) => go('func() string', () => version.prerelease),
  SetMetadata: (version) =>
    go('func(string) (semver.Version, error)', (_, metadata) => {
      if (!/^[0-9A-Za-z.-]*$/.test(metadata)) throw new CallFault('Invalid Metadata string')
      return version.next(version.release, version.prerelease, metadata)
    }),
  SetPrerelease: (version) =>
    go('func(string) (semver.Version, error)', (_, prerelease) => {
      const fault = prereleaseFault(prerelease)
      if (fault !== undefined) throw new CallFault(fault)
      return version.next(version.release, prerelease, version.metadata)
    }),
  String: (version) => go('func() string', () => bytes(version.text())),
})

/** A prerelease becomes its release, a release the next. */
function released({ release: [major, minor, patch], prerelease }: Version): Release {
  return [major, minor, prerelease === '' ? patch + 1n : patch]
}
