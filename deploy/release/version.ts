/**
 * `npm run release:version -- X.Y.Z`: gives packages, chart, manifests and pages their next version, all the same one, and
 * dates the changelog. Changes files only; committing, tagging and publishing is a person's or a pipeline's.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where versions stand, by pattern from the root; whatever names the present one there gets the next. */
const PLACES = [
  'package.json',
  'package-lock.json',
  '{packages/*,test}/package.json',
  'packages/{cli,controller}/src/version.ts',
  'deploy/**/*.{yaml,md}',
  'docs/*.md',
  'examples/**/*.yaml',
]

/** All lines that are about another project's version of the same number stay: only these forms are changed. */
const FORMS = (version: string): RegExp => {
  const plain = version.replaceAll('.', '\\.')
  const before = [
    '"version": "',
    '"@waxseal/[a-z]+": "',
    '\\nversion: ',
    '\\nappVersion: ',
    'waxseal-controller:',
    'image\\.tag=',
    "VERSION = '",
    '(?:targetRevision|tag|rev): v',
    '/waxseal@v',
    '--branch v',
  ]
  return new RegExp(`(${before.join('|')})${plain}(?![.\\d])`, 'g')
}

/** The lock file has other packages, too, some of the same version. */
function lockFile(text: string, from: string, to: string): string {
  const ours = new RegExp(
    `("name": "(?:waxseal|@waxseal/[a-z]+)",\\s+"version": ")${from.replaceAll('.', '\\.')}"`,
    'g',
  )
  const needs = new RegExp(`("@waxseal/[a-z]+": ")${from.replaceAll('.', '\\.')}"`, 'g')
  return text.replace(ours, `$1${to}"`).replace(needs, `$1${to}"`)
}

function changelog(text: string, to: string, date: string): string {
  if (!text.includes('\n## [Unreleased]\n')) throw new Error('CHANGELOG.md has no [Unreleased]')
  return text.replace('\n## [Unreleased]\n', `\n## [Unreleased]\n\n## [${to}] - ${date}\n`)
}

/** @throws Error where the version is none, or not a later one */
export function release(root: string, to: string, date: string): readonly string[] {
  const match = /"version": "(\d+\.\d+\.\d+)"/.exec(readFileSync(join(root, 'package.json'), 'utf8'))
  const from = match?.[1] ?? ''
  if (!/^\d+\.\d+\.\d+$/.test(to)) throw new Error(`${JSON.stringify(to)} is no version such as 0.2.0`)
  if (to.localeCompare(from, 'en', { numeric: true }) <= 0) throw new Error(`${to} is not later than ${from}`)
  const files = globSync(PLACES, { cwd: root, exclude: ['**/node_modules'] }).toSorted()
  const changes = files.map((path): [string, string, string] => {
    const text = readFileSync(join(root, path), 'utf8')
    const next = path === 'package-lock.json' ? lockFile(text, from, to) : text.replace(FORMS(from), `$1${to}`)
    return [path, text, next]
  })
  const log = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
  changes.push(['CHANGELOG.md', log, changelog(log, to, date)])
  const changed = changes.filter(([, text, next]) => next !== text)
  for (const [path, , next] of changed) writeFileSync(join(root, path), next)
  return changed.map(([path]) => path)
}

if (import.meta.main) {
  try {
    const today = new Date().toISOString().slice(0, 10)
    for (const path of release(process.cwd(), process.argv[2] ?? '', today)) process.stdout.write(`${path}\n`)
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`)
    process.stderr.write('hint: npm run release:version -- X.Y.Z\n')
    process.exitCode = 1
  }
}
