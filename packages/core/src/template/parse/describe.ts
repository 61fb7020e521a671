import { type ByteString, bytes } from '../text/bytestring.ts'
import { quote } from '../text/quote.ts'
import type { AnyNode, CommandNode, Operand, PipeNode } from './ast.ts'

/** Writes a node as a template's source, for error messages. It holds nothing but the template's own text. */
export function describeNode(node: AnyNode): ByteString {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'action':
      return bytes(`{{${describePipe(node.pipe)}}}`)
    case 'if':
    case 'with':
    case 'range':
      return bytes(`{{${node.kind} ${describePipe(node.pipe)}}}`)
    case 'template':
      return bytes(`{{template ${quote(node.name)}${node.pipe === undefined ? '' : ` ${describePipe(node.pipe)}`}}}`)
    case 'break':
    case 'continue':
      return bytes(`{{${node.kind}}}`)
    case 'command':
      return describeCommand(node)
    default:
      return describeOperand(node)
  }
}

function describePipe(pipe: PipeNode): string {
  const variables = pipe.variables.map(describeOperand).join(', ')
  const commands = pipe.commands.map(describeCommand).join(' | ')
  return variables === '' ? commands : `${variables} ${pipe.assigns ? '=' : ':='} ${commands}`
}

function describeCommand(command: CommandNode): ByteString {
  return bytes(command.words.map(enclosed).join(' '))
}

function enclosed(word: Operand): string {
  return word.kind === 'pipe' ? `(${describePipe(word)})` : describeOperand(word)
}

export function describeOperand(word: Operand): ByteString {
  switch (word.kind) {
    case 'identifier':
      return bytes(word.name)
    case 'field':
      return bytes(word.names.map((name) => `.${name}`).join(''))
    case 'variable':
      return bytes(word.names.join('.'))
    case 'chain':
      return bytes(`${enclosed(word.base)}${word.names.map((name) => `.${name}`).join('')}`)
    case 'dot':
      return bytes('.')
    case 'nil':
      return bytes('nil')
    case 'bool':
      return bytes(String(word.value))
    case 'number':
      return word.text
    case 'string':
      return word.literal
    default:
      return bytes(describePipe(word))
  }
}
