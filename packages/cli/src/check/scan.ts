/**
 * Secrets in documents that no parser reads: templates whose branches repeat a key, broken YAML. Line by line, as a person would look: what
 * cannot be parsed must not pass as sealed.
 */
import { isKnown, withoutControl } from './rules/placeholder.ts'

export interface ScannedValue {
  readonly key: string
  /** Where its line begins to say something. */
  readonly index: number
}

const KIND = /^\s*["']?kind["']?\s*:\s*["']?Secret["']?\s*,?\s*(?:#.*)?$/im
const GROUPED = /^\s*["']?apiVersion["']?\s*:\s*["']?[^\s"'{]+\/\S+/m
/** An action may stand beside the values, as `toYaml` does. */
const PART = /^(\s*)["']?(?:string)?data["']?\s*:\s*(?:#.*|\{\{.*)?$/i
const ENTRY = /^(\s*)["']?([-._A-Za-z0-9]+)["']?\s*:\s*(.*?)\s*$/
const BLOCK = /^[|>][-+0-9]*\s*(?:#.*)?$/

/** The values under `data` and `stringData` of a Secret that anybody who reads the text knows. */
export function scanSecret(raw: string): readonly ScannedValue[] {
  if (!KIND.test(raw) || GROUPED.test(raw)) return []
  const found: ScannedValue[] = []
  let [part, child, index]: [number | undefined, number | undefined, number] = [undefined, undefined, 0]
  const lines = withoutControl(raw).split('\n')
  for (const [at, line] of lines.entries()) {
    const from = index
    index += line.length + 1
    if (/^\s*(?:#.*)?$/.test(line)) continue
    const indent = line.search(/\S/)
    const opened = PART.exec(line)?.[1]?.length
    if (opened !== undefined && (part === undefined || indent <= part)) [part, child] = [opened, undefined]
    else if (part !== undefined && indent <= part) part = undefined
    else if (part !== undefined) {
      child ??= indent
      const [, , key, value = ''] = indent <= child ? (ENTRY.exec(line) ?? []) : []
      if (key === undefined) continue
      const text = BLOCK.test(value)
        ? blockOf(lines, at + 1, indent)
        : value.replace(/\s+#.*$/, '').replace(/^(["'])(.*)\1$/, '$2')
      if (isKnown(text)) found.push({ key, index: from + indent })
    }
  }
  return found
}

/** The lines that are indented deeper than their key. */
function blockOf(lines: readonly string[], from: number, indent: number): string {
  const end = lines.findIndex((line, index) => index >= from && line.trim() !== '' && line.search(/\S/) <= indent)
  return lines
    .slice(from, end === -1 ? undefined : end)
    .join('\n')
    .trim()
}
