import type { ByteString } from '../text/bytestring.ts'

/** The parts of the reference time, `Mon Jan 2 15:04:05 MST 2006`, that a layout is written with. */
const PARTS =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|2|__2|_2(?!006)|[345]|PM|pm|[-Z](?:07:00:00|070000|07:00|0700|07)|[.,](?:0+|9+)(?![0-9])/g

export interface LayoutPart {
  /** The text before it. */
  readonly literal: string
  /** As written in the layout; undefined for the text at the end. */
  readonly part: string | undefined
}

export function readLayout(layout: ByteString): LayoutPart[] {
  const out: LayoutPart[] = []
  let at = 0
  for (const match of layout.matchAll(PARTS)) {
    out.push({ literal: layout.slice(at, match.index), part: match[0] })
    at = match.index + match[0].length
  }
  out.push({ literal: layout.slice(at), part: undefined })
  return out
}
