/** Questions on the terminal itself, wherever the standard streams go. */
import type { ReadStream } from 'node:tty'
import { fs } from '../io/platform.ts'
import { writeAll } from '../io/streams.ts'
import { CliError, errorCode } from '../messages.ts'

/** A terminal hands over what was typed or pasted in pieces of up to 4 KiB. */
const PIECE = 64 * 1024
const [INTERRUPT, END, ERASE_LINE, ESCAPE] = ['\u0003', '\u0004', '\u0015', '\u001B']

/** Asks for one line that is not shown. Throws CliError when there is no terminal, or the person cancels. */
export function askHidden(question: string): string {
  const terminal = openTerminal()
  const stream = streamOf(terminal)
  stream.setRawMode(true)
  try {
    // Asked only now: what is typed before would be shown.
    writeAll(terminal, `${question}: `)
    return typed(terminal)
  } finally {
    stream.setRawMode(false)
    stream.destroy()
    writeAll(terminal, '\n')
  }
}

/** Asks a question that yes answers, Enter alone as `enter` says; a closed terminal means no. Signals are handled while it waits. */
export async function askYes(question: string, enter: 'yes' | 'no' = 'yes'): Promise<boolean> {
  const terminal = openTerminal()
  writeAll(terminal, `${question} ${enter === 'yes' ? '[Y/n]' : '[y/N]'} `)
  const stream = streamOf(terminal)
  try {
    const answer = await new Promise<string>((resolve) => {
      stream.once('data', (piece) => resolve(piece.toString().trim() || enter))
      for (const end of ['end', 'error', 'close']) stream.once(end, () => resolve('no'))
    })
    return /^y(es)?$/i.test(answer)
  } finally {
    stream.destroy()
  }
}

function openTerminal(): number {
  try {
    return fs.openSync('/dev/tty', 'r+')
  } catch (cause) {
    throw new CliError('there is no terminal to ask on', { hint: 'give the value in a file or through a pipe', cause })
  }
}

/** Loaded only here: every start would pay for it. */
function streamOf(terminal: number): ReadStream {
  const { ReadStream } = process.getBuiltinModule('node:tty')
  return new ReadStream(terminal)
}

function readPiece(terminal: number): Uint8Array {
  const piece = new Uint8Array(PIECE)
  for (;;) {
    try {
      return piece.subarray(0, fs.readSync(terminal, piece))
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw new CliError('the terminal cannot be read', { cause: error })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

/** One line in raw mode: what the terminal's own line editing would do is done here. */
function typed(terminal: number): string {
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const piece = readPiece(terminal)
    if (piece.length === 0) throw new CliError('cancelled: the terminal was closed')
    const letters = decoder.decode(piece, { stream: true })
    const end = /\r\n?|\n/.exec(letters)
    text = edited(text, end === null ? letters : letters.slice(0, end.index))
    if (end === null) continue
    // What is left would go to the shell, which runs and remembers it: it is taken here and refused.
    if (letters.length > end.index + end[0].length) {
      throw new CliError('more than one line was pasted', {
        hint: 'give a value of several lines in a file (KEY=PATH) or through a pipe; nothing was sealed',
      })
    }
    return text
  }
}

function edited(text: string, letters: string): string {
  let result = text
  for (const letter of letters) {
    if (letter === INTERRUPT || letter === END) throw new CliError('cancelled')
    if (letter === ESCAPE) throw new CliError('a special key was pressed, which a hidden line cannot show: try again')
    if (letter === '\b' || letter === '\u007F') result = Array.from(result).slice(0, -1).join('')
    else result = letter === ERASE_LINE ? '' : result + letter
  }
  return result
}
