import type { Context } from './context.ts'
import { describe } from './messages.ts'

/** A whole command line: what follows the program's name. Returns the exit code where it is not 0, throws on failure. */
export type Program<C = Context> = (args: readonly string[], context: C) => Promise<number | undefined>

/** What running needs itself. */
type Surroundings = Pick<Context, 'env' | 'stderr'>

/** Runs a program and turns whatever it throws into `error: ...`, a hint line, and an exit code. Never rejects. */
export async function run<C extends Surroundings>(
  program: Program<C>,
  args: readonly string[],
  context: C,
): Promise<number> {
  try {
    return (await program(args, context)) ?? 0
  } catch (error) {
    const { message, hint, exitCode } = describe(error)
    const label = paint(context, 'error:', '31;1')
    let text = message === '' ? '' : `${label} ${message}\n`
    if (hint !== undefined) text += `${paint(context, 'hint:', '36')} ${hint}\n`
    if (context.env.WAXSEAL_DEBUG && error instanceof Error) text += `${error.stack ?? ''}\n`
    sayLast(context, text)
    return exitCode
  }
}

/** Colour only where a person looks and has not asked for none (no-color.org). */
function paint(context: Surroundings, text: string, code: string): string {
  const { NO_COLOR, TERM } = context.env
  return context.stderr.isTerminal && !NO_COLOR && TERM !== 'dumb' ? `\u001B[${code}m${text}\u001B[0m` : text
}

/** With stderr gone too, the exit code is all that is left to say. */
function sayLast(context: Surroundings, text: string): void {
  try {
    context.stderr.write(text)
  } catch {
    // Nobody listens.
  }
}
