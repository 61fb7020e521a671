import type { Context } from '../context.ts'
import type { Flags, FlagTable } from '../flags.ts'

/** One command of `waxseal`. It throws to fail; what it prints on success goes to stdout only when all of it is there. */
export interface Command {
  readonly flags: FlagTable
  run(context: Context, flags: Flags): void | Promise<void>
}
