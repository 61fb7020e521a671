import type { AnyNode } from '../parse/ast.ts'
import { describeNode } from '../parse/describe.ts'
import { type ByteString, decode } from '../text/bytestring.ts'
import { quote } from '../text/quote.ts'

const LONGEST_CONTEXT = 300

/** `template: config:1:3: executing "config" at <.user>`; the column counts bytes before it on the line. */
export function locate(file: ByteString, source: ByteString, template: ByteString, node: AnyNode): string {
  const before = source.slice(0, node.position)
  const line = before.split('\n').length
  const column = before.length - (before.lastIndexOf('\n') + 1)
  const text = decode(describeNode(node))
  const context = text.length > LONGEST_CONTEXT ? `${text.slice(0, LONGEST_CONTEXT)}...` : text
  return `template: ${decode(file)}:${line}:${column}: executing ${decode(quote(template))} at <${context}>`
}
