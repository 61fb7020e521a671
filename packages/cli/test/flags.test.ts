import { describe, expect, it } from 'vitest'
import { type FlagTable, parseFlags } from '../src/flags.ts'
import { CliError, UsageError } from '../src/messages.ts'

const TABLE: FlagTable = {
  yes: { type: 'bool', letter: 'y', env: 'T_YES' },
  output: { type: 'string', letter: 'o', env: 'T_OUTPUT' },
  key: { type: 'list', letter: 'k', env: 'T_KEY' },
  group: { type: 'array' },
  level: { type: 'int', letter: 'v' },
}

const parse = (args: readonly string[], env: Record<string, string> = {}) => parseFlags(TABLE, args, env)

describe('flags, by the rules of pflag', () => {
  it.each([
    [['--output', 'yaml'], 'yaml'],
    [['--output=yaml'], 'yaml'],
    [['--output=a=b'], 'a=b'],
    [['-o', 'yaml'], 'yaml'],
    [['-oyaml'], 'yaml'],
    [['-o=yaml'], 'yaml'],
    [['-yoyaml'], 'yaml'],
    [['--output', '--yes'], '--yes'],
    [['--output', 'a', '--output', 'b'], 'b'],
    [['--output='], undefined],
  ])('%j gives the text %s', (args, expected) => {
    expect(parse(args).string('output')).toBe(expected)
  })

  it('booleans take a value only after =', () => {
    expect(parse(['--yes']).bool('yes')).toBe(true)
    expect(parse(['--yes=false']).bool('yes')).toBe(false)
    expect(parse(['-y=F']).bool('yes')).toBe(false)
    expect(parse(['--yes', 'false'])).toMatchObject({ positional: ['false'] })
    expect(() => parse(['--yes=si'])).toThrow(/invalid argument "si" for "--yes" flag/)
  })

  it('positional arguments stand anywhere, and after -- all are', () => {
    expect(parse(['a', '-y', '-', '--', '--nope', '-x']).positional).toEqual(['a', '-', '--nope', '-x'])
  })

  it('lists are CSV and add up, arrays are not split', () => {
    expect(parse(['--key', 'a,b', '-k', '"c,d",e']).list('key')).toEqual(['a', 'b', 'c,d', 'e'])
    expect(parse(['--key', '"a ""b"""']).list('key')).toEqual(['a "b"'])
    expect(parse(['--key', '']).list('key')).toEqual([])
    expect(() => parse(['--key', '"a'])).toThrow(UsageError)
    expect(parse(['--group', 'a,b', '--group', 'c']).list('group')).toEqual(['a,b', 'c'])
  })

  it.each([
    [['--nope'], 'unknown flag: --nope'],
    [['--nope=1'], 'unknown flag: --nope'],
    [['--constructor'], 'unknown flag: --constructor'],
    [['-yx'], "unknown shorthand flag: 'x' in -yx"],
    [['--output'], 'flag needs an argument: --output'],
    [['-o'], "flag needs an argument: 'o' in -o"],
    [['-v', 'high'], 'invalid argument "high" for "-v, --level" flag: not a number'],
  ])('%j: %s', (args, message) => {
    expect(() => parse(args)).toThrow(new UsageError(message))
  })

  it('variables count where the flag is not given, for lists both', () => {
    expect(parse([], { T_OUTPUT: 'json' }).string('output')).toBe('json')
    expect(parse(['-oyaml'], { T_OUTPUT: 'json' }).string('output')).toBe('yaml')
    expect(parse(['-ka'], { T_KEY: 'b,c' }).list('key')).toEqual(['a', 'b', 'c'])
    expect(parse([], { T_YES: '1' }).bool('yes')).toBe(true)
    expect(parse(['--yes=false'], { T_YES: '1' }).bool('yes')).toBe(false)
    expect(parse([], { T_YES: '' }).bool('yes')).toBe(false)
  })

  it('a bad variable is an error, though not one of usage', () => {
    expect(() => parse([], { T_YES: 'nonsense' })).toThrow(CliError)
    expect(() => parse([], { T_YES: 'nonsense' })).toThrow(/variable .*"nonsense".*T_YES/)
  })

  it('asking for a flag that is not in the table is a defect', () => {
    expect(() => parse([]).bool('nope')).toThrow(TypeError)
  })
})
