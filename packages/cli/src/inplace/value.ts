/** Where a value to seal comes from: a file, a pipe, or a question on the terminal. Never the command line. */
import { Plaintext } from '@waxseal/core'
import type { Context } from '../context.ts'
import { CliError, UsageError } from '../messages.ts'
import { askHidden } from './terminal.ts'

/** What a Secret can hold. */
const LIMIT = 1024 * 1024

/**
 * The bytes of a file. A name that no file has is never repeated: it may be the value itself.
 * @param what what the value is for, for messages: `password=`
 */
export function valueOfFile(context: Context, what: string, path: string): Plaintext {
  if (!context.files.exists(path)) throw noSuchFile(what)
  return Plaintext.of(context.files.read(path, LIMIT))
}

/** What a word that names no file may be: a mistyped path, or the secret. It is told without repeating it. */
function noSuchFile(what: string): UsageError {
  return new UsageError(`${what}...: there is no such file, and a value is never taken from the command line`, {
    hint: [
      'what stands there ends up in the history of the shell and in the list of processes, for others to read;',
      'if it was the secret itself, change that secret. Put the value into a file, pipe it (printf %s "$VALUE" | waxseal ...),',
      'or leave it away to be asked for it',
    ].join('\n      '),
  })
}

/** Asks on a terminal without showing what is typed, else reads standard input to its end. */
export function valueFromInput(context: Context, what: string): Plaintext {
  if (context.stdin.isTerminal) {
    const text = askHidden(what)
    if (text === '') throw empty('nothing was typed')
    return Plaintext.text(text)
  }
  const bytes = context.stdin.read(LIMIT)
  if (bytes.length === 0) throw empty('standard input is empty')
  // The newline that echo adds has made many a password fail; sealing something else than what was given would be no better.
  if (bytes.at(-1) === 0x0a && bytes.indexOf(0x0a) === bytes.length - 1) {
    context.stderr.write('note: the value ends with a newline, which is sealed with it; printf %s writes none\n')
  }
  return Plaintext.of(bytes)
}

/** A command that failed writes nothing, and an empty value sealed over a good one would go unnoticed. */
function empty(why: string): CliError {
  return new CliError(`no value: ${why}`, { hint: 'to seal an empty value, name an empty file such as /dev/null' })
}
