/** Which passwords somebody with a leaked key can know. */
import { writeJson } from '@waxseal/core/documents'
import type { Context } from '../../context.ts'
import { CliError } from '../../messages.ts'
import { type Need, needTitle } from '../needs/need.ts'

const LIMIT = 64 * 1024 * 1024
const KEEP = { create: 0o644, existing: 'keep' } as const

interface Entry {
  readonly fingerprint: string
  readonly namespace: string
  readonly name: string
  readonly where: string
  readonly items: readonly string[]
  /** Why it is not certain. */
  readonly unknown: string | null
}

/**
 * Adds to the file what is not in it yet: written before anything is sealed again, it stays complete when the rotation is run again, and
 * so do the ticks that people made. JSON where the name ends so, else Markdown.
 */
export function addToChecklist(context: Context, path: string, fingerprint: string, needs: readonly Need[]): number {
  const before = context.files.exists(path) ? new TextDecoder().decode(context.files.read(path, LIMIT)) : ''
  const entries = needs.map((need) => entryOf(fingerprint, need))
  const text = path.endsWith('.json') ? asJson(path, before, entries) : asMarkdown(before, fingerprint, needs)
  if (text !== before) context.files.replace(path, text, KEEP)
  return entries.length
}

const entryOf = (fingerprint: string, { namespace, name, where, items, unknown }: Need): Entry => ({
  ...{ fingerprint, namespace, name, where, items },
  unknown: unknown ?? null,
})

function asJson(path: string, before: string, entries: readonly Entry[]): string {
  const known = before === '' ? [] : parsed(path, before)
  const texts = new Set(known.map((entry) => JSON.stringify(entry)))
  return writeJson([...known, ...entries.filter((entry) => !texts.has(JSON.stringify(entry)))])
}

function parsed(path: string, text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value
  } catch {
    // Said below.
  }
  throw new CliError(`${path} is no checklist in JSON`, { hint: 'give another file to --checklist' })
}

function asMarkdown(before: string, fingerprint: string, needs: readonly Need[]): string {
  const start =
    before === ''
      ? `# Secrets that the key ${fingerprint} could open

Whoever has that key can read every value below, wherever the SealedSecret ever stood. Change each at its source (the database, the
provider), seal the new value, then tick it.

`
      : before
  const known = new Set(before.split('\n').map((each) => each.replace(/^- \[.\] /, '')))
  const lines = needs.map(lineOf).filter((each) => !known.has(each))
  return start + [...new Set(lines)].map((each) => `- [ ] ${each}\n`).join('')
}

function lineOf(need: Need): string {
  const items = need.items.length === 0 ? '' : `: ${need.items.join(', ')}`
  return `${needTitle(need)}${items}${need.unknown === undefined ? '' : ` - not certain: ${need.unknown}`}`
}
