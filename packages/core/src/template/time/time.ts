import { type ByteString, encode } from '../text/bytestring.ts'
import { type CivilDate, civilDate, daysOf, weekday } from './calendar.ts'
import { formatTime } from './format.ts'
import { type Offset, UTC, type Zone } from './zone.ts'

const SECOND = 1_000_000_000n
const DAY = 86_400

/** What Go's time.Time shows of an instant in its zone. */
export interface Fields extends CivilDate {
  readonly weekday: number
  /** From 1. */
  readonly dayOfYear: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly nanosecond: number
  readonly offset: Offset
}

/** An instant, to the nanosecond, and the zone it is shown in. */
export class Time {
  /** Nanoseconds since 1970. */
  readonly nanoseconds: bigint
  readonly zone: Zone

  constructor(nanoseconds: bigint, zone: Zone = UTC) {
    this.nanoseconds = nanoseconds
    this.zone = zone
  }

  static ofUnix(seconds: bigint, zone: Zone = UTC): Time {
    return new Time(seconds * SECOND, zone)
  }

  /** What a zone's clocks show; the parts may lie outside of their bounds. */
  static ofLocal(days: number, seconds: number, nanosecond: number, zone: Zone): Time {
    const wall = days * DAY + seconds
    // First as if the offset were that at the same reading in UTC, then corrected where it changed in between.
    const guess = wall - zone.at(wall).seconds
    const offset = zone.at(guess).seconds
    return new Time(BigInt(wall - offset) * SECOND + BigInt(nanosecond), zone)
  }

  get unix(): bigint {
    const { nanoseconds } = this
    return (nanoseconds - (((nanoseconds % SECOND) + SECOND) % SECOND)) / SECOND
  }

  get fields(): Fields {
    const { unix } = this
    const offset = this.zone.at(Number(unix))
    const local = Number(unix) + offset.seconds
    const days = Math.floor(local / DAY)
    const seconds = local - days * DAY
    const date = civilDate(days)
    return {
      ...date,
      weekday: weekday(days),
      dayOfYear: days - daysOf(date.year, 1, 1) + 1,
      hour: Math.floor(seconds / 3600),
      minute: Math.floor(seconds / 60) % 60,
      second: seconds % 60,
      nanosecond: Number(this.nanoseconds - unix * SECOND),
      offset,
    }
  }

  add(nanoseconds: bigint): Time {
    return new Time(this.nanoseconds + nanoseconds, this.zone)
  }

  addDate(years: number, months: number, days: number): Time {
    const { year, month, day, hour, minute, second, nanosecond } = this.fields
    const date = daysOf(year + years, month + months, day + days)
    return Time.ofLocal(date, hour * 3600 + minute * 60 + second, nanosecond, this.zone)
  }

  in(zone: Zone): Time {
    return new Time(this.nanoseconds, zone)
  }

  /** Go's `==`: the same instant in the same zone. */
  identical(other: Time): boolean {
    return this.nanoseconds === other.nanoseconds && this.zone === other.zone
  }

  text(): ByteString {
    return formatTime(this.fields, encode('2006-01-02 15:04:05.999999999 -0700 MST'))
  }

  /** RFC 3339, as Go's JSON has it. */
  json(): ByteString {
    return formatTime(this.fields, encode('2006-01-02T15:04:05.999999999Z07:00'))
  }
}

/** The first of January of year 1: Go's time without a value. */
export const ZERO_TIME: Time = Time.ofUnix(-62_135_596_800n)
