/** `# waxseal:ignore RULE`: on the line of what it excuses, on the line above, or at the head of a document for all of it. */
import type { Problem } from './finding.ts'

const MARKER = 'waxseal:ignore'
const DIRECTIVE = /waxseal:ignore((?:[ \t,]+[a-z][-a-z0-9]*)+)/
const HEAD = /^(?:---|\s*(?:#|$))/

/** The problems that no comment excuses. */
export function unexcused<P extends Problem>(problems: readonly P[], text: string): readonly P[] {
  if (problems.length === 0 || !text.includes(MARKER)) return problems
  const lines = text.split('\n')
  const excused = lines.map((line) => new Set(DIRECTIVE.exec(line)?.[1]?.split(/[ \t,]+/) ?? []))
  const heads = headsOf(lines)
  return problems.filter(({ rule, line }) => {
    const at = line - 1
    return ![at, at - 1, ...(heads[at] ?? [])].some((each) => excused[each]?.has(rule))
  })
}

/** For each line, the lines at the head of its document: its separator, and the comments in front of its first content. */
function headsOf(lines: readonly string[]): readonly (readonly number[])[] {
  let head: number[] = []
  let isHead = true
  return lines.map((line, index) => {
    if (/^---(?:\s|$)/.test(line)) {
      head = []
      isHead = true
    }
    isHead &&= HEAD.test(line)
    if (isHead) head.push(index)
    return head
  })
}
