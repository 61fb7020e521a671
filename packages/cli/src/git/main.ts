/** The bundle behind `waxseal git`: apart from the rest, since git starts it often. */
import { inputOf, outputOf } from '../io/streams.ts'
import { type Program, run } from '../run.ts'
import { runGit } from './git.ts'
import { gitIn } from './repo/git.ts'
import type { GitContext } from './tools.ts'

const context: GitContext = {
  env: process.env,
  stdin: inputOf(0, () => process.stdin.isTTY),
  stdout: outputOf(1, 'standard output', () => process.stdout.isTTY),
  stderr: outputOf(2, 'standard error', () => process.stderr.isTTY),
}
const tools = { context, git: gitIn(process.cwd(), process.env), self: [process.execPath, process.argv[1] ?? ''] }

const program: Program<GitContext> = async (args) => {
  await runGit(args, tools)
  return undefined
}

process.exitCode = await run(program, process.argv.slice(3), context)
