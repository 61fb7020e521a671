/** Zones as they stand in the text of a time. */

const OFFSETS: Readonly<Record<string, RegExp>> = {
  '07': /^([+-])([0-9]{2})/,
  '0700': /^([+-])([0-9]{2})([0-9]{2})/,
  '07:00': /^([+-])([0-9]{2}):([0-9]{2})/,
  '070000': /^([+-])([0-9]{2})([0-9]{2})([0-9]{2})/,
  '07:00:00': /^([+-])([0-9]{2}):([0-9]{2}):([0-9]{2})/,
}

/** Reads an offset in the form of a layout's part without its mark. */
export function readOffset(text: string, form: string): { seconds: number; length: number } | undefined {
  const match = OFFSETS[form]?.exec(text)
  if (match === null || match === undefined) return undefined
  const [hours, minutes, seconds] = [match[2], match[3], match[4]].map((digits) => Number(digits ?? 0))
  if (hours === undefined || minutes === undefined || seconds === undefined) return undefined
  if (hours > 24 || minutes > 60 || seconds > 60) return undefined
  const size = hours * 3600 + minutes * 60 + seconds
  return { seconds: match[1] === '-' ? -size : size, length: match[0].length }
}

/** Letters that can be the name of a zone: three or four capitals, five that end in T, `GMT+3`, `+03`. */
export function readZoneName(text: string): string | undefined {
  if (/^(?:ChST|MeST)/.test(text)) return text.slice(0, 4)
  const offset = /^GMT[+-][0-9]{1,2}/.exec(text)?.[0]
  if (offset !== undefined) return Math.abs(Number(offset.slice(3))) < 24 ? offset : 'GMT'
  if (text.startsWith('GMT')) return 'GMT'
  const signed = /^[+-][0-9]{2}/.exec(text)?.[0]
  if (signed !== undefined) return Math.abs(Number(signed)) < 24 ? signed : undefined
  const capitals = /^[A-Z]{1,6}/.exec(text)?.[0] ?? ''
  if (capitals.length === 3 || capitals === 'WITA') return capitals
  return (capitals.length === 4 || capitals.length === 5) && capitals.endsWith('T') ? capitals : undefined
}
