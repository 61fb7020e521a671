/** Times as Go's `time.RFC1123Z` has them: `Mon, 02 Jan 2006 15:04:05 -0700`. */

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const FORM = /^([A-Z][a-z]{2}), (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/

/** Milliseconds since the epoch, or undefined when the text is no such time. Like Go, it does not compare day and date. */
export function parseRfc1123z(text: string): number | undefined {
  const [all, weekday = '', day = '', monthName = '', year = '', ...rest] = FORM.exec(text) ?? []
  const [hour = '', minute = '', second = '', sign = '', zoneHour = '', zoneMinute = ''] = rest
  const month = MONTHS.indexOf(monthName)
  if (all === undefined || !DAYS.includes(weekday) || month < 0) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  if (Number(zoneHour) > 24 || Number(zoneMinute) > 59) return undefined
  const ms = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second))
  if (new Date(ms).getUTCDate() !== Number(day)) return undefined
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000
  return sign === '-' ? ms + zone : ms - zone
}
