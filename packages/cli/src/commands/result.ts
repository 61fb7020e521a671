import type { Context, Mode } from '../context.ts'

/** Where a result goes. */
export interface Destination {
  /** Undefined or `-`: standard output. */
  readonly path: string | undefined
  readonly mode: Mode
}

/** Fails before any work where the result could not be written anyway. */
export function checkDestination(context: Context, { path }: Destination): void {
  if (path !== undefined && path !== '-') context.files.checkWritable(path)
}

export function writeResult(context: Context, { path, mode }: Destination, text: string): void {
  if (path === undefined || path === '-') context.stdout.write(text)
  else context.files.replace(path, text, mode)
}
