/** The thread that renders, as it is delivered. */
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { StoreError } from '../../src/ports.ts'
import type { Rendering } from '../../src/templates/templates.ts'
import { ThreadTemplates, type ThreadTemplatesOptions } from '../../src/templates/thread-templates.ts'
import { eventually } from '../helpers/eventually.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { LOOP, MEMORY_BOMB, MEMORY_MB, THREAD } from '../helpers/templates.ts'

const started: ThreadTemplates[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.close()))
})

function start(options: Partial<ThreadTemplatesOptions> = {}): ThreadTemplates {
  const templates = new ThreadTemplates({ entry: THREAD, clock: systemClock, ...options })
  started.push(templates)
  return templates
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const DATA = { password: bytes('hunter2') }

/** All templates of one object. The text, or the message of the error. */
async function rendered(templates: ThreadTemplates, ...texts: readonly string[]): Promise<string[]> {
  const rendering = templates.begin()
  const results: string[] = []
  for (const text of texts) results.push(await outcome(rendering, text))
  rendering.end()
  return results
}

async function outcome(
  rendering: Rendering,
  text: string,
  data: Readonly<Record<string, Uint8Array>> = DATA,
): Promise<string> {
  try {
    return Buffer.from(await rendering.render('v', text, data)).toString()
  } catch (error) {
    return error instanceof Error ? error.message : 'no error'
  }
}

describe('the thread', () => {
  test('starts with the first template, and serves one object after the other', async () => {
    const templates = start()
    templates.begin().end()
    expect(templates.running).toBe(false)
    const all = ['a', 'b', 'c'].map((name) => rendered(templates, `${name} {{ .password | upper }}`, `{{ .a`))
    const failed = 'template: v:1: unclosed action'
    expect(await Promise.all(all)).toEqual([
      ['a HUNTER2', failed],
      ['b HUNTER2', failed],
      ['c HUNTER2', failed],
    ])
    expect(templates.running).toBe(true)
  })

  test('leaves the data of the caller as they are, and keeps nothing of an object for the next', async () => {
    const templates = start()
    const memory = bytes('before hunter2 after')
    const data = { password: memory.subarray(7, 14), empty: bytes('') }
    const [first, second] = [templates.begin(), templates.begin()]
    expect(await outcome(first, '{{ .password }}|{{ .empty }}', data)).toBe('hunter2|')
    first.end()
    expect(await outcome(second, '{{ .password }}', {})).toBe('<no value>')
    second.end()
    expect(Buffer.from(memory).toString()).toBe('before hunter2 after')
  })

  test('ends when there was nothing to render for a while, and starts again', async () => {
    const clock = new FakeClock()
    const templates = start({ clock, idleMs: 1000 })
    await rendered(templates, '1')
    await clock.advance(999)
    await rendered(templates, '2')
    await clock.advance(999)
    expect(templates.running).toBe(true)
    await clock.advance(1)
    expect(templates.running).toBe(false)
    expect(await rendered(templates, '{{ .password }}')).toEqual(['hunter2'])
    await clock.advance(1000)
    expect(clock.pending).toBe(0)
  })

  test('keys that mean something to JavaScript are keys', async () => {
    const data = Object.fromEntries([['__proto__', bytes('x')]])
    const rendering = start().begin()
    expect(await outcome(rendering, '{{ index . "__proto__" }}{{ len . }}', data)).toBe('x1')
    rendering.end()
  })
})

describe('what does not end', () => {
  test('is ended, and the next object is served', async () => {
    const templates = start({ limitMs: 300 })
    const rendering = templates.begin()
    const next = rendered(templates, '{{ .password }}')
    expect(await outcome(rendering, LOOP)).toBe('template: v: took too long')
    await expect(rendering.render('other', 'x', DATA)).rejects.toThrow('template: v: took too long')
    expect(rendering.interrupted).toBe(true)
    rendering.end()
    expect(await next).toEqual(['hunter2'])
  })

  test('the limit is for all templates of an object together', async () => {
    const rendering = start({ limitMs: 1000 }).begin()
    const short = '{{ range until 9999 }}{{ end }}'
    const from = performance.now()
    while ((await outcome(rendering, short)) === '') expect(performance.now() - from).toBeLessThan(10_000)
    expect(await outcome(rendering, short)).toBe('template: v: took too long')
    rendering.end()
  })

  test.each([MEMORY_MB, undefined])(
    'more memory than the thread has ends the thread, not the process: %s',
    async (memoryMb) => {
      const templates = start(memoryMb === undefined ? {} : { memoryMb })
      const rendering = templates.begin()
      const next = rendered(templates, '{{ .password }}')
      expect(await outcome(rendering, MEMORY_BOMB)).toBe('template: v: needs too much memory')
      expect(rendering.interrupted).toBe(false)
      rendering.end()
      expect(await next).toEqual(['hunter2'])
    },
  )

  test('does not hold up the event loop', async () => {
    const templates = start()
    await rendered(templates, '1')
    let turns = 0
    const turning = setInterval(() => {
      turns += 1
    }, 1)
    const [looped] = await rendered(templates, LOOP)
    clearInterval(turning)
    expect(looped).toContain('exceeded the limit of 2000000 steps')
    expect(turns).toBeGreaterThan(10)
  })
})

test('a thread that cannot start is a failure that may pass', async () => {
  const templates = start({ entry: new URL('nothing.js', THREAD) })
  const rendering = templates.begin()
  expect(await outcome(rendering, '1')).toBe('template: v: failed')
  expect(rendering.interrupted).toBe(true)
  rendering.end()
  expect(await rendered(templates, '1')).toEqual(['template: v: failed'])
})

test('closing ends what is being rendered and what waits, as no fault of theirs', async () => {
  const templates = start()
  const [busy, waiting] = [templates.begin(), templates.begin()]
  const settled = Promise.allSettled([busy.render('v', LOOP, DATA), waiting.render('v', '1', DATA)])
  await eventually(() => (templates.running ? true : undefined))
  await templates.close()
  busy.end()
  for (const result of await settled) {
    if (result.status === 'fulfilled') throw new Error('rendered')
    expect(result.reason).toBeInstanceOf(StoreError)
    expect(result.reason).toMatchObject({ code: 'unavailable' })
  }
  waiting.end()
  expect(templates.running).toBe(false)
})
