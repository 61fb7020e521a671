import type { Budget } from '../budget.ts'
import { type ByteString, bytes } from '../text/bytestring.ts'
import { type FunctionTable, go } from './go.ts'

/** Breaks lines at spaces so that none has more bytes than the width; words that are longer only with `breaks`. */
function wrapped(text: ByteString, limit: bigint, separator: string, breaks: boolean, budget: Budget): ByteString {
  const width = limit < 1n ? 1 : Number(limit)
  const lines: string[] = []
  let at = 0
  while (text.length - at > width) {
    budget.spend(1)
    if (text.charAt(at) === ' ') {
      at += 1
      continue
    }
    const within = text.slice(at, at + width + 1).lastIndexOf(' ')
    const next = within >= 0 ? at + within : text.indexOf(' ', at + width)
    if (within < 0 && breaks) {
      lines.push(text.slice(at, at + width))
      at += width
    } else if (next < 0) {
      break
    } else {
      lines.push(text.slice(at, next))
      at = next + 1
    }
  }
  lines.push(text.slice(at))
  budget.text(text.length + lines.length * separator.length)
  return bytes(lines.join(separator))
}

export const WRAPPING: FunctionTable = {
  wrap: go('func(int, string) string', ({ budget }, width, text) => wrapped(text, width, '\n', false, budget)),
  wrapWith: go('func(int, string, string) string', ({ budget }, width, separator, text) =>
    wrapped(text, width, separator === '' ? '\n' : separator, true, budget),
  ),
}
