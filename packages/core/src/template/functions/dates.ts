import { CallFault } from '../fault.ts'
import { type ByteString, bytes, decode } from '../text/bytestring.ts'
import { parseInteger } from '../text/numbers.ts'
import { formatDuration, NANOSECONDS, parseDuration, roundDuration } from '../time/duration.ts'
import { formatTime } from '../time/format.ts'
import { parseTime } from '../time/parse.ts'
import { Time, ZERO_TIME } from '../time/time.ts'
import { findZone, UTC } from '../time/zone.ts'
import { Int, type Value } from '../value/values.ts'
import { type Context, type FunctionTable, go } from './go.ts'

const DATE = bytes('2006-01-02')
const LOCAL = bytes('Local')

function now({ ports }: Context): Time {
  return new Time(BigInt(Math.floor(ports.clock() * 1000)) * 1000n)
}

/** Sprig's time of any value: seconds if it is an integer, and now if it is nothing it knows. */
function toTime(context: Context, value: Value): Time {
  if (value instanceof Time) return value
  if (value instanceof Int && (value.type === 'int' || value.type === 'int64')) return Time.ofUnix(value.value)
  return now(context)
}

function format(context: Context, layout: ByteString, value: Value, zone: ByteString): ByteString {
  // To look a zone up takes the engine a while.
  context.budget.spend(zone === LOCAL || zone === '' || zone === 'UTC' ? 2 : 200)
  context.budget.spend(layout.length)
  const time = toTime(context, value).in(findZone(decode(zone)) ?? UTC)
  return context.budget.made(formatTime(time.fields, layout))
}

function modified(layout: ByteString, time: Time): Time {
  const duration = parseDuration(layout)
  if (duration === undefined) throw new CallFault('time: invalid duration')
  return time.add(duration)
}

function modifiedOrSame(layout: ByteString, time: Time): Time {
  return time.add(parseDuration(layout) ?? 0n)
}

/** How long ago, to the second. */
function ago(context: Context, value: Value): ByteString {
  const elapsed = now(context).nanoseconds - toTime(context, value).nanoseconds
  const half = elapsed < 0n ? -NANOSECONDS / 2n : NANOSECONDS / 2n
  return formatDuration(((elapsed + half) / NANOSECONDS) * NANOSECONDS)
}

function seconds(value: Value): bigint {
  if (typeof value === 'string') return parseInteger(value, 10) ?? 0n
  return value instanceof Int && value.type === 'int64' ? value.value : 0n
}

function lasting(context: Context, value: Value): bigint {
  if (typeof value === 'string') return parseDuration(value) ?? 0n
  if (value instanceof Time) return now(context).nanoseconds - value.nanoseconds
  return value instanceof Int && value.type === 'int64' ? value.value : 0n
}

const inZone = go('func(string, interface {}, string) string', format)
const modify = go('func(string, time.Time) time.Time', (_, layout, time) => modifiedOrSame(layout, time))
const mustModify = go('func(string, time.Time) (time.Time, error)', (_, layout, time) => modified(layout, time))

export const DATES: FunctionTable = {
  now: go('func() time.Time', (context) => now(context)),
  date: go('func(string, interface {}) string', (context, layout, value) => format(context, layout, value, LOCAL)),
  dateInZone: inZone,
  date_in_zone: inZone,
  htmlDate: go('func(interface {}) string', (context, value) => format(context, DATE, value, LOCAL)),
  htmlDateInZone: go('func(interface {}, string) string', (context, value, zone) => format(context, DATE, value, zone)),
  dateModify: modify,
  date_modify: modify,
  mustDateModify: mustModify,
  must_date_modify: mustModify,
  toDate: go('func(string, string) time.Time', ({ budget }, layout, text) => {
    budget.spend(layout.length)
    const time = parseTime(layout, text)
    return typeof time === 'string' ? ZERO_TIME : time
  }),
  mustToDate: go('func(string, string) (time.Time, error)', ({ budget }, layout, text) => {
    budget.spend(layout.length)
    const time = parseTime(layout, text)
    if (typeof time === 'string') throw new CallFault(`parsing time: ${time}`)
    return time
  }),
  unixEpoch: go('func(time.Time) string', (_, time) => bytes(String(time.unix))),
  ago: go('func(interface {}) string', ago),
  duration: go('func(interface {}) string', (_, value) =>
    formatDuration(BigInt.asIntN(64, seconds(value) * NANOSECONDS)),
  ),
  durationRound: go('func(interface {}) string', (context, value) => roundDuration(lasting(context, value))),
}
