/** Which files are found, against git's own answer. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findFiles } from '../../src/check/files/find.ts'

const name = fc.constantFrom('a', 'b', 'A', 'c.yaml', 'd.log')
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'))
const pattern = fc
  .tuple(
    fc.constantFrom('', '!', '/', '!/'),
    fc.constantFrom(
      'a',
      'b',
      'A',
      '*',
      '*.log',
      '*.yaml',
      'a/b',
      '**/b',
      'a/**',
      '?',
      '[ab]',
      'b/*.yaml',
      '#a',
      '\\#a',
    ),
    fc.constantFrom('', '/', ' ', '\\ ', '\r'),
  )
  .map((parts) => parts.join(''))
const rules = fc.array(pattern, { minLength: 1, maxLength: 4 }).map((lines) => `${lines.join('\n')}\n`)
const tree = fc.record({
  files: fc.uniqueArray(path, { minLength: 1, maxLength: 12 }),
  top: rules,
  nested: fc.option(fc.record({ folder: path, content: rules })),
  exclude: fc.option(rules),
})

describe('findFiles', () => {
  test('finds what git would add', () => {
    fc.assert(
      fc.property(tree, ({ files, top, nested, exclude }) => {
        const folder = mkdtempSync(join(tmpdir(), 'waxseal-find-'))
        try {
          git(folder, ['init', '-q'])
          for (const file of files) write(folder, file, '')
          write(folder, '.gitignore', top)
          if (nested !== null) write(folder, `${nested.folder}/.gitignore`, nested.content)
          if (exclude !== null) write(folder, '.git/info/exclude', exclude)
          const expected = git(folder, ['ls-files', '-z', '--others', '--exclude-standard']).split('\0').filter(Boolean)
          const found = findFiles([folder], []).files.map(({ absolute }) => relative(folder, absolute))
          expect(found.toSorted()).toEqual(expected.toSorted())
        } finally {
          rmSync(folder, { recursive: true })
        }
      }),
      { numRuns: 100 },
    )
  }, 60_000)
})

/** A path where another file is a folder, or the other way round, is left out. */
function write(folder: string, file: string, content: string): void {
  try {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), content)
  } catch {
    return
  }
}

function git(cwd: string, args: readonly string[]): string {
  const env = { PATH: process.env.PATH, HOME: cwd, GIT_CONFIG_NOSYSTEM: '1' }
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
}
