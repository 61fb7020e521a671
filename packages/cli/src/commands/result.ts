import type { Context, Mode } from '../context.ts'

/** Where a result goes. */
export interface Destination {
  /** Undefined, `-` or `/dev/stdout`: standard output. */
  readonly path: string | undefined
  readonly mode: Mode
}

/** Fails before any work where the result could not be written anyway. */
export function checkDestination(context: Context, { path }: Destination): void {
  if (!isStdout(path)) context.files.checkWritable(path)
}

/** With `dryRun` a file is left as it is, and the text goes to standard output. */
export function writeResult(context: Context, { path, mode }: Destination, text: string, dryRun = false): void {
  if (dryRun && !isStdout(path)) context.stderr.write(`${path} would be written (dry run):\n`)
  if (dryRun || isStdout(path)) context.stdout.write(text)
  else context.files.replace(path, text, mode)
}

/** Standard output is written by its descriptor: opening it anew by these names fails where it is a socket. */
export function isStdout(path: string | undefined): path is '-' | '/dev/stdout' | '/dev/fd/1' | undefined {
  return path === undefined || path === '-' || path === '/dev/stdout' || path === '/dev/fd/1'
}
