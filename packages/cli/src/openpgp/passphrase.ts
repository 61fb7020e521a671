/** Where the passphrase of a private key comes from: a file, a variable, a prompt; never the command line, which others can read. */
import { closeSync, openSync, readSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import type { Context } from '../context.ts'
import type { Flags, FlagTable } from '../flags.ts'
import { readAll } from '../io/streams.ts'
import { CliError, systemReason } from '../messages.ts'

export const PASSPHRASE_FLAGS: FlagTable = { 'passphrase-file': { type: 'string' } }

const LIMIT = 64 * 1024
const VARIABLE = 'WAXSEAL_PASSPHRASE'

/** The passphrase for `what`; CliError where there is no way to get one. */
export function passphraseFor(what: string, { env, stderr }: Pick<Context, 'env' | 'stderr'>, flags: Flags): string {
  const path = flags.string('passphrase-file')
  if (path !== undefined) return firstLine(path)
  const given = env[VARIABLE]
  return given === undefined || given === '' ? prompt(what, stderr) : given
}

/** `/dev/fd/N` is a file too, so a descriptor will do. */
function firstLine(path: string): string {
  try {
    const fd = openSync(path, 'r')
    try {
      return new TextDecoder().decode(readAll(fd, path, LIMIT)).split(/\r?\n/, 1)[0] ?? ''
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(`${path}: ${systemReason(error)}`, { cause: error })
  }
}

/** Asks on the terminal itself, without echo, wherever the standard streams go. */
function prompt(what: string, stderr: Context['stderr']): string {
  const [terminal, answers] = [openTerminal(), openTerminal()]
  if (terminal === undefined || answers === undefined) {
    throw new CliError(`${what} needs a passphrase, and there is no terminal to ask on`, {
      hint: `give it with --passphrase-file FILE or the variable ${VARIABLE}`,
    })
  }
  const stream = new ReadStream(terminal)
  // Before the question, or an answer that comes at once would be echoed.
  stream.setRawMode(true)
  stderr.write(`Passphrase for ${what}: `)
  try {
    // Not from the stream's own descriptor, which Node makes one that does not wait.
    return typed(answers)
  } finally {
    closeSync(answers)
    stream.setRawMode(false)
    stream.destroy()
    stderr.write('\n')
  }
}

function openTerminal(): number | undefined {
  try {
    return openSync('/dev/tty', 'r+')
  } catch {
    return undefined
  }
}

const [INTERRUPT, END, BACKSPACE, DELETE] = ['\u0003', '\u0004', '\b', '\u007F']

/** One line in raw mode: what the terminal's own line editing would do is done here. */
function typed(terminal: number): string {
  const decoder = new TextDecoder()
  const byte = new Uint8Array(1)
  let text = ''
  while (readSync(terminal, byte) === 1) {
    for (const letter of decoder.decode(byte, { stream: true })) {
      if (letter === '\r' || letter === '\n') return text
      if (letter === INTERRUPT || letter === END) throw new CliError('cancelled')
      text = letter === BACKSPACE || letter === DELETE ? Array.from(text).slice(0, -1).join('') : text + letter
    }
  }
  return text
}
