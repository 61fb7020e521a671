/** The table of flags in docs/operations.md, made from that of the controller. `npm run reference` writes it, too. */
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { FLAGS } from '../../packages/controller/src/flag-table.ts'
import { root } from './blocks.ts'

const PATH = `${root}docs/operations.md`
const TABLE = /(<!-- flags: npm run reference -->\n)(.*?)(<!-- end of flags -->)/s

/** The page as it is. */
export const operations = (): string => readFileSync(PATH, 'utf8')

/** The page as it should be. */
export function withFlags(page: string): string {
  const rows = FLAGS.map(({ name, value, fallback, help }) => {
    const flag = value === undefined ? `--${name}` : `--${name} ${value}`
    return `| \`${flag}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${help.replaceAll('|', '\\|')} |\n`
  })
  return page.replace(TABLE, (_all, before: string, _old, after: string) => {
    return `${before}\n| flag | default | what |\n|---|---|---|\n${rows.join('')}\n${after}`
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(PATH, withFlags(operations()))
