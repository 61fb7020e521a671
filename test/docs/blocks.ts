/** The commands of a Markdown page: code blocks with a comment `<!-- test: NAME -->` in front of them. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Root of the repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** Scripts marked with the name, in their order. Throws where there is none: a renamed mark must not drop a test. */
export function blocks(page: string, name: string): readonly string[] {
  const text = readFileSync(`${root}${page}`, 'utf8')
  const found = [...text.matchAll(/<!-- test: (.*?) -->\n```sh\n(.*?)```/gs)].filter(([, mark]) => mark === name)
  if (found.length === 0) throw new Error(`${page} has no block marked "test: ${name}"`)
  return found.map(([, , script = '']) => script)
}

/** All code blocks of a page with the mark they have, or undefined. */
export function marks(page: string): readonly { readonly mark: string | undefined; readonly script: string }[] {
  const text = readFileSync(`${root}${page}`, 'utf8')
  return [...text.matchAll(/(?:<!-- test: (.*?) -->\n)?```sh\n(.*?)```/gs)].map(([, mark, script = '']) => ({
    mark,
    script,
  }))
}
