/** OpenPGP private keys that no passphrase protects (RFC 9580 5.5.3), by the beginning of their first packet. */

/** What stands in front of the armored bytes; its first word may be cut off, as where base64 was found in the middle. */
export const OPENPGP_HEADER: RegExp = /-----BEGIN (?:PGP )?PRIVATE KEY BLOCK-----/g

/** Enough for the public part of an RSA key of 16,384 bits. */
const MAX_ARMOR = 8 * 1024
const SECRET_KEY = 5

/** `text`: what follows the header, also with line ends written as `\n`. */
export function isOpenSecretKey(text: string): boolean {
  const lines = text
    .slice(0, MAX_ARMOR)
    .replace(/\\+[nrt]/g, '\n')
    .split('-----')[0]
    ?.split('\n')
  const letters = lines?.map((line) => line.trim()).filter((line) => /^[A-Za-z0-9+/]{16,}={0,2}$/.test(line))
  return usageOf(Buffer.from(letters?.join('') ?? '', 'base64')) === 0
}

/** The octet that says how the private part is protected; undefined where this is no such packet. */
function usageOf(bytes: Buffer): number | undefined {
  const start = bodyOf(bytes)
  if (start === undefined) return undefined
  const body = bytes.subarray(start)
  // Version, time of creation, algorithm; in version 6 the length of what follows.
  const [version, algorithm = 0] = [body[0], body[5]]
  if (version === 6 && body.length >= 10) return body[10 + body.readUInt32BE(6)]
  if (version !== 4) return undefined
  return body[endOfPublic(body, 6, algorithm)]
}

/** Where the body of the first packet begins, if that is a secret key. */
function bodyOf([tag = 0, length = 0]: Buffer): number | undefined {
  if (tag === (0xc0 | SECRET_KEY)) return length < 192 ? 2 : length < 224 ? 3 : length === 255 ? 6 : 2
  if (tag >> 2 !== (0x80 >> 2) + SECRET_KEY) return undefined
  // Of the old form; the length that is not said takes no octet.
  return 1 + ([1, 2, 4, 0][tag & 3] ?? 0)
}

/** How the public part is made up, by algorithm: numbers, an octet with the length of what follows, or so many bytes. */
type Part = 'number' | 'counted' | number

const PUBLIC_PARTS: Readonly<Record<number, readonly Part[]>> = {
  1: ['number', 'number'],
  2: ['number', 'number'],
  3: ['number', 'number'],
  16: ['number', 'number', 'number'],
  17: ['number', 'number', 'number', 'number'],
  18: ['counted', 'number', 'counted'],
  19: ['counted', 'number'],
  22: ['counted', 'number'],
  25: [32],
  26: [56],
  27: [32],
  28: [57],
}

/** Beyond the end where the algorithm is not known, or the bytes are cut off. */
function endOfPublic(body: Buffer, start: number, algorithm: number): number {
  let at = start
  for (const part of PUBLIC_PARTS[algorithm] ?? [body.length]) {
    if (at + 2 > body.length) return body.length
    if (part === 'number') at += 2 + Math.ceil(body.readUInt16BE(at) / 8)
    else at += part === 'counted' ? 1 + (body[at] ?? 0) : part
  }
  return at
}
