import { WaxsealError } from '../errors.ts'

const HINT = 'save the file as UTF-8'

/**
 * Decodes the bytes of a manifest: UTF-8, with or without byte order mark, or UTF-16 with one, as PowerShell's `>`
 * writes it. Nothing is replaced: what does not decode is refused.
 * @throws WaxsealError `bad-document` that names the encoding
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes)
  if (encoding.endsWith('without a byte order mark')) {
    throw new WaxsealError('bad-document', `the text is ${encoding}`, { hint: HINT })
  }
  let text: string
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new WaxsealError('bad-document', `the text is not valid ${encoding}`, { hint: HINT })
  }
  if (text.includes('\0')) {
    throw new WaxsealError('bad-document', 'the text holds a NUL byte, so it is no UTF-8 text', { hint: HINT })
  }
  return text
}

function encodingOf([first, second, third, fourth]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'UTF-16LE'
  if (first === 0xfe && second === 0xff) return 'UTF-16BE'
  // Every manifest begins with two ASCII characters, which take a zero byte each in UTF-16.
  if (second === 0 && fourth === 0 && first !== 0 && third !== 0) return 'UTF-16LE without a byte order mark'
  if (first === 0 && third === 0 && second !== 0 && fourth !== 0) return 'UTF-16BE without a byte order mark'
  return 'UTF-8'
}
