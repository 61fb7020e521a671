import { type Bytes, decodeBase64 } from './bytes.ts'

/** One block of a PEM text (RFC 7468). */
export interface PemBlock {
  /** Such as `CERTIFICATE`. */
  readonly label: string
  /** Whether RFC 1421 header lines stand before the data, as in keys encrypted the old way. */
  readonly headers: boolean
  /** The data; absent when the block is not well formed, or has headers. */
  readonly der?: Bytes
}

const BEGIN = /^-----BEGIN ([A-Z0-9][A-Z0-9 ]*)-----[ \t]*$/
const HEADER = /^[A-Za-z0-9-]+:/

/**
 * The blocks of a text in their order. Text around the blocks is ignored, as openssl's tools write it; lines may end
 * with CRLF. Inside a block only base64 lines and headers are allowed. A block without its end is left out.
 */
export function parsePem(text: string): PemBlock[] {
  const lines = text.split(/\r\n|\n|\r/)
  const blocks: PemBlock[] = []
  for (let at = 0; at < lines.length; at++) {
    const label = BEGIN.exec(lines[at] ?? '')?.[1]
    if (label === undefined) continue
    const end = findEnd(lines, at + 1, label)
    if (end === undefined) continue
    blocks.push(readBlock(label, lines.slice(at + 1, end)))
    at = end
  }
  return blocks
}

/** The line that ends a block, unless another block begins before it. */
function findEnd(lines: readonly string[], from: number, label: string): number | undefined {
  for (let at = from; at < lines.length; at++) {
    const line = (lines[at] ?? '').trimEnd()
    if (line === `-----END ${label}-----`) return at
    if (line.startsWith('-----')) return undefined
  }
  return undefined
}

function readBlock(label: string, lines: readonly string[]): PemBlock {
  if (lines.some((line) => HEADER.test(line))) return { label, headers: true }
  const body = lines.map((line) => line.trim()).join('')
  try {
    return { label, headers: false, der: decodeBase64(body) }
  } catch {
    return { label, headers: false }
  }
}

/** One block, base64 in lines of 64, newline at the end. */
export function writePem(label: string, base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
