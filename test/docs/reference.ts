/** docs/reference.md, made from the help pages. `npm run reference` writes it; a test fails when it is out of step. */
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { GIT_PAGES } from '../../packages/cli/src/git/help.ts'
import { KUBESEAL_HELP } from '../../packages/cli/src/help/kubeseal.ts'
import { PAGES } from '../../packages/cli/src/help/pages.ts'
import { TOPICS } from '../../packages/cli/src/help/topics/index.ts'
import { parseFlags } from '../../packages/controller/src/flags.ts'
import { root } from './blocks.ts'

const PATH = `${root}docs/reference.md`

interface Section {
  readonly title: string
  readonly text: string
}

export function reference(): string {
  const sections: readonly Section[] = [
    ...Object.entries(PAGES).map(([name, text]) => ({ title: `waxseal ${name}`.trim(), text })),
    ...Object.entries(TOPICS).map(([name, text]) => ({ title: `waxseal help ${name}`, text })),
    ...Object.entries(GIT_PAGES).map(([name, text]) => ({ title: `waxseal git ${name}`.trim(), text })),
    { title: 'kubeseal', text: KUBESEAL_HELP },
    { title: 'waxseal-controller', text: controllerHelp() },
  ]
  const list = sections.map(({ title }) => `[${title}](#${title.replaceAll(' ', '-')})`)
  return `# Command reference

What \`--help\` prints, on one page. \`npm run reference\` writes it from the help pages.

${list.join(' · ')}
${sections.map(({ title, text }) => `\n## ${title}\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`).join('')}`
}

function controllerHelp(): string {
  const parsed = parseFlags(['--help'], {})
  if (parsed.kind !== 'help') throw new TypeError('--help of the controller is no help')
  return parsed.text
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(PATH, reference())
