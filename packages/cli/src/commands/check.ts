import type { Formatter, Result } from '../check/formats/format.ts'
import type { RuleName, Severity } from '../check/rules.ts'
import type { Context } from '../context.ts'
import type { Flags } from '../flags.ts'
import { CliError, UsageError } from '../messages.ts'
import { formatFlag, outputOf } from '../output/format.ts'
import type { Command } from './command.ts'

const FORMATS = ['text', 'json', 'yaml', 'name', 'sarif', 'github'] as const
const OUTPUT = outputOf(...FORMATS)
/** As linters call it. */
const FORMAT = formatFlag('format', {}, FORMATS)

export const check: Command = {
  flags: {
    ...OUTPUT.flags,
    ...FORMAT.flags,
    cert: { type: 'array' },
    disable: { type: 'array' },
    exclude: { type: 'array' },
    strict: { type: 'bool' },
    quiet: { type: 'bool', letter: 'q' },
    'list-rules': { type: 'bool' },
  },
  async run(context, flags) {
    // What check needs is evaluated only here, so that the start of other commands does not pay for it.
    const { check: checkFiles, FORMATTERS } = await import('../check/main.ts')
    const { RULES, RULE_NAMES } = await import('../check/rules.ts')
    if (flags.bool('list-rules')) {
      const lines = RULE_NAMES.map(
        (name) => `${name.padEnd(22)}${RULES[name].severity.padEnd(9)}${RULES[name].summary}\n`,
      )
      return context.stdout.write(lines.join(''))
    }
    if (flags.given('output') && flags.given('format'))
      throw new UsageError('--format is another name of --output: one will do')
    const formatter = FORMATTERS[OUTPUT.of(flags) ?? FORMAT.of(flags) ?? 'text']
    const result = await checkFiles(context, {
      paths: pathsOf(flags),
      excludes: flags.list('exclude'),
      certificates: flags.list('cert'),
      disabled: new Set(flags.list('disable').map((name) => knownRule(name, RULE_NAMES))),
    })
    await report(context, flags, { result, formatter, severityOf: (rule) => RULES[rule].severity })
  },
}

function pathsOf(flags: Flags): readonly string[] {
  return flags.positional.length === 0 ? ['.'] : flags.positional
}

function knownRule(name: string, known: readonly RuleName[]): RuleName {
  const rule = known.find((each) => each === name)
  if (rule !== undefined) return rule
  throw new UsageError(`unknown rule: ${name}`, { hint: 'waxseal check --list-rules lists them' })
}

interface Outcome {
  readonly result: Result
  readonly formatter: Formatter
  readonly severityOf: (rule: RuleName) => Severity
}

/** Findings to stdout, a summary to stderr; with --quiet only what fails the run. */
async function report(context: Context, flags: Flags, { result, formatter, severityOf }: Outcome): Promise<void> {
  const errors = result.findings.filter(({ rule }) => severityOf(rule) === 'error')
  const warnings = result.findings.length - errors.length
  const failing = flags.bool('strict') ? result.findings : errors
  context.stdout.write(await formatter(flags.bool('quiet') ? { ...result, findings: failing } : result))
  const found = [counted(errors.length, 'error'), counted(warnings, 'warning')].join(', ')
  if (!flags.bool('quiet')) context.stderr.write(`${counted(result.files, 'file')} checked: ${found}\n`)
  if (failing.length > 0) throw new FindingsReported()
}

/** All has been said; only the exit code is left. */
class FindingsReported extends CliError {
  override readonly name: string = 'FindingsReported'

  constructor() {
    super('')
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
