import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import type { Conversion } from '../../src/git/filter/conversion.ts'
import { packetWriter } from '../../src/git/filter/pkt-line.ts'
import { type FilterHost, serve } from '../../src/git/filter/process.ts'
import { CliError } from '../../src/messages.ts'

type Packets = (Buffer | 'flush')[]

/** Runs the filter over the packets that git would send, and returns what it answers. */
function talk(sent: Packets, host: FilterHost): readonly string[] {
  const parts: Buffer[] = []
  const writer = packetWriter((bytes) => parts.push(Buffer.from(bytes)))
  serve({ next: () => sent.shift() ?? 'end' }, writer, host)
  return Buffer.concat(parts).toString().split('0000')
}

const text = (line: string): Buffer => Buffer.from(`${line}\n`)
const GREETING: Packets = [
  text('git-filter-client'),
  text('version=2'),
  'flush',
  text('capability=clean'),
  text('capability=smudge'),
  text('capability=delay'),
  'flush',
]
const request = (command: string, path: string, content: string): Packets => [
  text(`command=${command}`),
  text(`pathname=${path}`),
  text('can-delay=1'),
  'flush',
  Buffer.from(content),
  'flush',
]

/** Turns text upside down, so that order shows; fails on `bad`, and on the way out on `late`. */
function reversing(): Conversion & { closed: boolean } {
  let input = ''
  return {
    closed: false,
    write: (chunk) => {
      input += Buffer.from(chunk).toString()
    },
    finish() {
      if (input === 'bad') throw new CliError('is bad', { hint: 'mend it' })
      return { output: pieces(input) }
    },
    close() {
      this.closed = true
    },
  }
}

function* pieces(input: string): Iterable<Uint8Array> {
  yield Buffer.from(Array.from(input).toReversed().join(''))
  if (input === 'late') throw new CliError('disk full')
}

function hostOf(begin: FilterHost['begin']): FilterHost & { readonly said: string[] } {
  const said: string[] = []
  return {
    begin,
    said,
    warn: (path, message) => said.push(`${path}: ${message}`),
    fail: (path, message) => said.push(`${path}: ${message}`),
  }
}

describe('the filter protocol', () => {
  it('greets, offers what it can and answers file by file', () => {
    const answers = talk(
      [...GREETING, ...request('clean', 'a', 'abc'), ...request('smudge', 'b', 'xy')],
      hostOf(reversing),
    )
    expect(answers).toEqual([
      '0016git-filter-server\n000eversion=2\n',
      '0015capability=clean\n0016capability=smudge\n',
      '0013status=success\n',
      '0007cba',
      '',
      '0013status=success\n',
      '0006yx',
      '',
      '',
    ])
  })

  it('answers an error for one file, names it, and goes on with the next', () => {
    const host = hostOf(reversing)
    const answers = talk([...GREETING, ...request('clean', 'one', 'bad'), ...request('clean', 'two', 'ok')], host)
    expect(answers.slice(2)).toEqual(['0011status=error\n', '0013status=success\n', '0006ko', '', ''])
    expect(host.said).toEqual(['one: is bad'])
  })

  it('takes back an answer that fails half way', () => {
    const host = hostOf(reversing)
    expect(talk([...GREETING, ...request('clean', 'one', 'late')], host).slice(2)).toEqual([
      '0013status=success\n',
      '0008etal',
      '0011status=error\n',
      '',
    ])
    expect(host.said).toEqual(['one: disk full'])
  })

  it('keeps names with newlines and equals signs whole', () => {
    const names: string[] = []
    talk(
      [...GREETING, ...request('clean', 'a\nb=c\n', '')],
      hostOf((_, path) => {
        names.push(path)
        return reversing()
      }),
    )
    expect(names).toEqual(['a\nb=c\n'])
  })

  it('frees what every file took, good or bad', () => {
    const made: (Conversion & { closed: boolean })[] = []
    const host = hostOf(() => {
      const conversion = reversing()
      made.push(conversion)
      return conversion
    })
    talk(
      [
        ...GREETING,
        ...request('clean', 'one', 'bad'),
        ...request('clean', 'two', 'ok'),
        ...request('clean', 'x', 'late'),
      ],
      host,
    )
    expect(made.map(({ closed }) => closed)).toEqual([true, true, true])
  })

  it('answers commands that were not agreed on with an error', () => {
    const host = hostOf(reversing)
    expect(talk([...GREETING, ...request('list_available_blobs', '', '')], host).slice(2)).toEqual([
      '0011status=error\n',
      '',
    ])
  })

  it('refuses anything that is not git', () => {
    expect(() => talk([text('hello'), 'flush'], hostOf(reversing))).toThrow('filter protocol')
    expect(() => talk([...GREETING, text('command=clean')], hostOf(reversing))).toThrow('ends within')
    expect(() => talk([...GREETING, ...request('clean', 'a', 'b').slice(0, -1)], hostOf(reversing))).toThrow(
      'ends within',
    )
  })
})
