/**
 * Secrets in documents that no parser reads: templates whose branches repeat a key, broken YAML. Line by line, as a person would look: what
 * cannot be parsed must not pass as sealed.
 */
import { withoutControl } from './rules/actions.ts'
import { isKnown } from './rules/placeholder.ts'

export interface ScannedValue {
  readonly key: string
  /** Where its line begins to say something. */
  readonly index: number
}

const KIND = /^\s*["']?kind["']?\s*:\s*["']?Secret["']?\s*,?\s*(?:#.*)?$/im
const GROUPED = /^\s*["']?apiVersion["']?\s*:\s*["']?[^\s"'{]+\/\S+/m
/** An action may stand beside the values, as `toYaml` does. */
const PART = /^(\s*)["']?(?:string)?data["']?\s*:\s*(?:#.*|\{\{.*)?$/i
const ENTRY = /^\s*["']?([-._A-Za-z0-9]+)["']?\s*:(.*)$/
const BLOCK = /^[|>][-+0-9]*\s*(?:#.*)?$/

/** They are told as one. */
const MOST = 200

/** The values under `data` and `stringData` of a Secret that anybody who reads the text knows. */
export function scanSecret(raw: string): readonly ScannedValue[] {
  if (!KIND.test(raw) || GROUPED.test(raw)) return []
  const found: ScannedValue[] = []
  let [part, child, index]: [number | undefined, number | undefined, number] = [undefined, undefined, 0]
  const lines = withoutControl(raw).split('\n')
  for (const [at, line] of lines.entries()) {
    if (found.length >= MOST) break
    const from = index
    index += line.length + 1
    if (/^\s*(?:#.*)?$/.test(line)) continue
    const indent = line.search(/\S/)
    const opened = PART.exec(line)?.[1]?.length
    if (opened !== undefined && (part === undefined || indent <= part)) [part, child] = [opened, undefined]
    else if (part !== undefined && indent <= part) part = undefined
    else if (part !== undefined) {
      child ??= indent
      const [, key, rest = ''] = indent <= child ? (ENTRY.exec(line) ?? []) : []
      if (key === undefined) continue
      const value = rest.trim()
      const text = BLOCK.test(value) ? blockOf(lines, at + 1, indent) : unquoted(value)
      if (isKnown(text, key)) found.push({ key, index: from + indent })
    }
  }
  return found
}

/** The lines that are indented deeper than their key. */
function blockOf(lines: readonly string[], from: number, indent: number): string {
  let end = from
  while (end < lines.length && isInside(lines[end] ?? '', indent)) end += 1
  return lines.slice(from, end).join('\n').trim()
}

function isInside(line: string, indent: number): boolean {
  return line.trim() === '' || line.search(/\S/) > indent
}

/** A value on one line, without the comment behind it and the quotes around it. */
function unquoted(value: string): string {
  const comment = value.indexOf(' #')
  const text = comment === -1 ? value : value.slice(0, comment).trimEnd()
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text
}
