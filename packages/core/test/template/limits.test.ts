import { describe, expect, test } from 'vitest'
import { WaxsealError } from '../../src/errors.ts'
import { type DEFAULT_PORTS, type Limits, render } from '../../src/template/index.ts'

const text = new TextDecoder()

/** What it renders, or the error's code and what is behind the place it happened at. */
function outcome(template: string, limits: Partial<Limits> = {}, ports: Partial<typeof DEFAULT_PORTS> = {}): string {
  try {
    return text.decode(render('config', template, {}, { limits, ports }))
  } catch (error) {
    if (!(error instanceof WaxsealError)) throw error
    return `${error.code}: ${error.message.replace(/^.* at <.*>: |^template: config[:0-9]*: /s, '')}`
  }
}

const around = (open: string, count: number, inside: string, close: string): string =>
  `${open.repeat(count)}${inside}${close.repeat(count)}`

describe('each limit stops just beyond it', () => {
  test('source', () => {
    expect(outcome('12345', { source: 5 })).toBe('12345')
    expect(outcome('12345', { source: 4 })).toBe('bad-template: the template is longer than 4 bytes')
    // Bytes, not letters.
    expect(outcome('éé', { source: 3 })).toBe('bad-template: the template is longer than 3 bytes')
  })

  test('steps', () => {
    expect(outcome('{{ range 100 }}.{{ end }}', { steps: 1000 })).toBe('.'.repeat(100))
    expect(outcome('{{ range 1000 }}.{{ end }}', { steps: 1000 })).toBe(
      'template-failed: exceeded the limit of 1000 steps',
    )
  })

  test('output', () => {
    expect(outcome('{{ repeat 10 "x" }}', { output: 10 })).toBe('x'.repeat(10))
    expect(outcome('{{ repeat 11 "x" }}', { output: 10 })).toBe(
      'template-failed: exceeded the limit of 10 bytes of output',
    )
    expect(outcome('{{ range 11 }}x{{ end }}', { output: 10 })).toBe(
      'template-failed: exceeded the limit of 10 bytes of output',
    )
  })

  test('text', () => {
    expect(outcome('{{ repeat 100 "x" | len }}', { text: 100 })).toBe('100')
    expect(outcome('{{ repeat 101 "x" | len }}', { text: 100 })).toBe('template-failed: a text of more than 100 bytes')
  })

  test('elements', () => {
    expect(outcome('{{ until 10 | len }}', { elements: 10 })).toBe('10')
    expect(outcome('{{ until 11 | len }}', { elements: 10 })).toBe('template-failed: a list of more than 10 elements')
  })

  test('nesting', () => {
    const parens = (count: number): string => `{{ ${around('(', count, '1', ')')} }}`
    const blocks = (count: number): string => around('{{ if 1 }}', count, '1', '{{ end }}')
    expect(outcome(parens(1000))).toBe('1')
    expect(outcome(parens(1001))).toBe('bad-template: max expression depth exceeded')
    expect(outcome(blocks(1000))).toBe('1')
    expect(outcome(blocks(1001))).toBe('bad-template: max depth of blocks exceeded')
    expect(outcome(parens(4), { nesting: 3 })).toBe('bad-template: max expression depth exceeded')
  })

  test('depth of templates', () => {
    const down =
      '{{ define "x" }}{{ if . }}{{ template "x" (int (sub . 1)) }}{{ end }}{{ end }}{{ template "x" COUNT }}'
    expect(outcome(down.replace('COUNT', '9'), { depth: 10 })).toBe('')
    expect(outcome(down.replace('COUNT', '10'), { depth: 10 })).toBe(
      'template-failed: exceeded maximum template depth (10)',
    )
  })

  test('depth of values', () => {
    const nested = (count: number): string => `{{ toJson ${around('(list ', count, '1', ')')} }}`
    expect(outcome(nested(5), { depth: 5 })).toBe(around('[', 5, '1', ']'))
    expect(outcome(nested(7), { depth: 5 })).toBe('template-failed: exceeded the depth of 5')
  })

  test('time', () => {
    let now = 0
    const elapsed = (): number => (now += 10)
    expect(outcome('{{ range 100 }}{{ end }}', { time: 100 }, { elapsed })).toBe('')
    expect(outcome('{{ range 1000000 }}{{ end }}', { time: 100 }, { elapsed })).toBe(
      'template-failed: exceeded the limit of 100 ms',
    )
  })
})

describe('what a hostile template asks for ends at once', { timeout: 30_000 }, () => {
  const grow = (step: string): string => `{{ $x := "xxxxxxxx" }}{{ $l := list 1 }}{{ range 100 }}${step}{{ end }}`
  test.each([
    ['a list too long', '{{ until 9223372036854775807 }}'],
    ['a sequence too long', '{{ seq 1 9223372036854775807 }}'],
    ['steps too many', '{{ untilStep 0 -9223372036854775807 -1 }}'],
    ['a text too long', '{{ repeat 9223372036854775807 "x" }}'],
    ['a loop too long', '{{ range 9223372036854775807 }}{{ end }}'],
    ['loops in loops', '{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}'],
    ['doubling', grow('{{ $x = print $x $x }}')],
    ['doubling a list', `${grow('{{ $l = list $l $l }}')}{{ toJson $l }}`],
    ['replacing', '{{ replace "a" (repeat 90000 "b") (repeat 90000 "a") }}'],
    ['indenting', '{{ indent 1000000 (repeat 10000 "\\n") }}'],
    ['padding', '{{ range 1000 }}{{ $x := printf "%999999d" 1 }}{{ end }}'],
    ['places', '{{ range 10000 }}{{ $x := printf "%.999999f" 1e-300 }}{{ end }}'],
    ['a dict in itself, printed', '{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $d }}'],
    ['a dict in itself, copied', '{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ deepCopy $d }}'],
    ['a dict in itself, merged', '{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ merge $d $d }}'],
    ['a template that calls itself', '{{ define "x" }}{{ template "x" }}{{ end }}{{ template "x" }}'],
    [
      'templates that branch',
      '{{ define "x" }}{{ if lt (len .) 60 }}{{ template "x" (print . "a") }}{{ template "x" (print . "b") }}{{ end }}{{ end }}{{ template "x" "" }}',
    ],
    ['many elements to compare', '{{ $l := until 100000 }}{{ uniq $l }}'],
    ['a regular expression that repeats', '{{ regexMatch (repeat 90 "(x{20})*") (repeat 1000000 "x") }}'],
    ['stars in stars', '{{ regexReplaceAll "(((((a*)*)*)*)*)*" (repeat 500000 "ab") "$1$2" }}'],
    ['a constraint that could be read in many ways', '{{ semverCompare (print (repeat 60 "1   ") "!") "1.0.0" }}'],
    ['many hashes', '{{ range 1000000 }}{{ $x := bcrypt "x" }}{{ end }}'],
    ['many derived passwords', '{{ range 1000 }}{{ $x := derivePassword 1 "long" "a" "b" "c" }}{{ end }}'],
    ['many keys', '{{ range 1000 }}{{ $x := genPrivateKey "ed25519" }}{{ $x := genPrivateKey "ecdsa" }}{{ end }}'],
    ['many texts gone through', '{{ $t := repeat 900000 "é" }}{{ range 100000 }}{{ $x := trim (upper $t) }}{{ end }}'],
    ['many texts looked at', '{{ $t := repeat 1000000 "é" }}{{ range 100000 }}{{ $x := contains "zz" $t }}{{ end }}'],
    ['a match that reads to the end each time', '{{ regexReplaceAll "a.*z|a" (repeat 1000000 "a") "" }}'],
    [
      'a part that is nearly there everywhere',
      '{{ $a := repeat 500000 "a" }}{{ contains (print $a "b" $a) (repeat 2000000 "a") }}',
    ],
    [
      'texts that are nearly equal',
      '{{ $a := repeat 1000000 "a" }}{{ $x := print $a "b" }}{{ $y := print $a "c" }}{{ range 1000000 }}{{ $z := has $x (list $y $y) }}{{ end }}',
    ],
    ['a replacement for each letter', '{{ regexReplaceAll "a" (repeat 500000 "a") (repeat 500000 "$x") }}'],
    ['lines broken everywhere', '{{ $t := repeat 2000000 "a" }}{{ range 100 }}{{ $x := wrapWith 1 "" $t }}{{ end }}'],
    [
      'large dicts copied',
      '{{ $d := dict }}{{ range 9000 }}{{ $_ := set $d (toString .) . }}{{ end }}{{ range 1000000 }}{{ $x := omit $d "1" }}{{ end }}',
    ],
    ['many dates', '{{ range 1000000 }}{{ $x := dateInZone "15:04" 1 "Europe/Paris" }}{{ end }}'],
  ])('%s', (_, template) => {
    const start = performance.now()
    expect(outcome(template)).toMatch(/^template-failed: /)
    // Most end in a second, all after the limit of 3 and one step; a machine may be busy.
    expect(performance.now() - start).toBeLessThan(10_000)
  })

  test.each([
    ['parentheses', '{{ '.concat('('.repeat(300_000))],
    ['blocks', '{{ if 1 }}'.repeat(90_000)],
    ['else ifs', `{{ if 0 }}${'{{ else if 0 }}'.repeat(60_000)}`],
    ['defines', '{{ define "x" }}'.repeat(60_000)],
    ['delimiters', '{{'.repeat(400_000)],
  ])('%s without end', (_, template) => {
    expect(outcome(template)).toMatch(/^bad-template: /)
  })

  test('even where the stack is short', () => {
    const deeper = (left: number): string => {
      try {
        return left === 0 ? outcome(`{{ ${around('(', 900, '1', ')')} }}`) : deeper(left - 1)
      } catch (error) {
        return error instanceof RangeError ? 'the stack ended before' : String(error)
      }
    }
    const results = [1000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000].map(deeper)
    for (const result of results) {
      expect(result).toMatch(/^(?:1|the stack ended before|(?:bad-template|template-failed): .*depth of the stack)$/)
    }
  })
})

test.each([
  ['{{ base (print (repeat 1000000 "/") "a") }}', 'a'],
  ['{{ $l := repeat 300000 "Jan" }}{{ (toDate $l $l).Month }}', 'January'],
  ['{{ printf (repeat 300000 "%[") | len }}', '300000'],
  ['{{ int (print "." (repeat 1000000 "0") "1") }}', '0'],
])('%s takes time in proportion to the text only', (template, result) => {
  const start = performance.now()
  expect(outcome(template)).toContain(result)
  expect(performance.now() - start).toBeLessThan(3000)
})

test('ports stand for the clock and for chance', () => {
  const ports = {
    clock: () => Date.UTC(2024, 1, 29, 12),
    random: (size: number) => new Uint8Array(size),
  }
  expect(outcome('{{ now }}|{{ date "2006" "x" }}|{{ ago 1709208000 }}', {}, ports)).toBe(
    '2024-02-29 12:00:00 +0000 UTC|2024|0s',
  )
  expect(outcome('{{ randAlphaNum 3 }} {{ randInt 4 9 }} {{ uuidv4 }}', {}, ports)).toBe(
    'AAA 4 00000000-0000-4000-8000-000000000000',
  )
})
