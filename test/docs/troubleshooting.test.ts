/** docs/troubleshooting.md: every message in it is one of the program's, and every message that is no wrong usage is in it. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { root } from './blocks.ts'
import { literals, messages } from './messages.ts'

const page = readFileSync(`${root}docs/troubleshooting.md`, 'utf8')
/** In the first column of the tables, with a dot between several. */
const explained = [...page.matchAll(/^\| (`.*?`) \| /gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message),
)

/** What a message says whatever is filled in: its longer parts. */
function parts(message: string): readonly string[] {
  return message.split('…').filter((part) => part.replace(/[^A-Za-z]/g, '').length >= 3)
}

test('what it explains is said by the program', () => {
  const texts = literals()
  const unsaid = explained.filter(
    (message) => !parts(message).every((part) => texts.some((text) => text.includes(part))),
  )
  expect(explained.length).toBeGreaterThan(100)
  expect(unsaid).toEqual([])
})

/** Templates are Go's, with its words, as many as there are mistakes to make. */
const ELSEWHERE = /^packages\/core\/src\/template\//
/** Short ones only put a place in front of another message. */
const LEAST = 10

test('what the program says is explained', () => {
  const said = messages().filter(({ file, error }) => error !== 'UsageError' && !ELSEWHERE.test(file))
  const unexplained = said.filter(({ text }) => {
    if (text.replace(/[^A-Za-z]/g, '').length < LEAST) return false
    return !explained.some((message) => {
      const [ours, theirs] = [parts(message), parts(text)]
      return (
        ours.length > 0 && (ours.every((part) => text.includes(part)) || theirs.every((part) => message.includes(part)))
      )
    })
  })
  expect(unexplained).toEqual([])
  expect(said.length).toBeGreaterThan(100)
})
