import { asObject } from '@waxseal/core'

/** One JSON line of the log as a line for people: time, level, message, then `name=value`. */
export function toText(line: string): string {
  const { level, time, msg, ...fields } = asObject(JSON.parse(line), 'log line')
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${quoted(value)}`)
  return `${String(time)} ${String(level).toUpperCase().padEnd(5)} ${String(msg)}${pairs.join('')}\n`
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^[^\s"=\\]+$/.test(text) ? text : JSON.stringify(text)
}
