import type { Context } from '../context.ts'
import type { Flags, FlagTable } from '../flags.ts'
import type { Git } from './repo/git.ts'

/** Of a command's surroundings, what `waxseal git` needs beside git itself. */
export type GitContext = Pick<Context, 'env' | 'stdin' | 'stdout' | 'stderr'>

/** What a `waxseal git` command works with. */
export interface Tools {
  readonly context: GitContext
  /** git in the folder the command was called in. */
  readonly git: Git
  /** Program and arguments that start waxseal again, as absolute paths: what git configuration and hooks call. */
  readonly self: readonly string[]
}

/** One command of `waxseal git`. Throws to fail. */
export interface GitCommand {
  readonly flags: FlagTable
  run(tools: Tools, flags: Flags): void | Promise<void>
}
