/** git's long-running filter protocol, version 2 (gitattributes(5), "Long Running Filter Process"). */
import { WaxsealError } from '@waxseal/core'
import { CliError } from '../../messages.ts'
import type { Conversion } from './conversion.ts'
import type { PacketReader, PacketWriter } from './pkt-line.ts'

/** What the protocol needs of the world. */
export interface FilterHost {
  /** The conversion for one file. Throws CliError or WaxsealError where there is none, such as for want of a key. */
  begin(direction: Direction, path: string): Conversion
  warn(path: string, message: string): void
  fail(path: string, message: string, hint: string | undefined): void
}

export type Direction = 'clean' | 'smudge'

interface Request {
  readonly direction: Direction | undefined
  readonly path: string
}

/**
 * Answers requests until git closes the stream. `delay` is not offered: deciphering a file takes less than sending it, so an answer
 * given later would only make this process hold the files that git has sent in the meantime.
 */
export function serve(reader: PacketReader, writer: PacketWriter, host: FilterHost): void {
  greet(reader, writer)
  for (let lines = textList(reader); lines !== undefined; lines = textList(reader)) {
    answer(requestOf(lines), reader, writer, host)
    writer.send()
  }
}

function greet(reader: PacketReader, writer: PacketWriter): void {
  const hello = textList(reader) ?? []
  if (hello[0] !== 'git-filter-client' || !hello.includes('version=2')) {
    throw new CliError('this is not git speaking the filter protocol, version 2', {
      hint: 'waxseal git process is started by git, through filter.git-crypt.process',
    })
  }
  writer.text('git-filter-server')
  writer.text('version=2')
  writer.flush()
  writer.send()
  const offered = textList(reader) ?? []
  for (const capability of ['capability=clean', 'capability=smudge']) {
    if (offered.includes(capability)) writer.text(capability)
  }
  writer.flush()
  writer.send()
}

/** The lines up to the flush; undefined at the end of the stream. */
function textList(reader: PacketReader): readonly string[] | undefined {
  const lines: string[] = []
  for (let packet = reader.next(); packet !== 'flush'; packet = reader.next()) {
    if (packet === 'end') {
      if (lines.length > 0) throw new Error('the packet stream ends within a list')
      return undefined
    }
    // Only the last newline is the protocol's: names may hold others.
    lines.push(Buffer.from(packet).toString('utf8').replace(/\n$/, ''))
  }
  return lines
}

function requestOf(lines: readonly string[]): Request {
  const value = (key: string): string | undefined =>
    lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1)
  const command = value('command')
  return { direction: command === 'clean' || command === 'smudge' ? command : undefined, path: value('pathname') ?? '' }
}

/** Reads all of the content before it answers: git writes all of it before it reads. */
function answer({ direction, path }: Request, reader: PacketReader, writer: PacketWriter, host: FilterHost): void {
  let conversion: Conversion | undefined
  try {
    const failure = receive(reader, () => {
      if (direction === undefined) throw new CliError('a command that was not agreed on')
      conversion = host.begin(direction, path)
      return conversion
    })
    if (failure !== undefined) throw failure.error
    if (conversion !== undefined) reply(conversion, path, writer, host)
  } catch (error) {
    if (!(error instanceof CliError || error instanceof WaxsealError)) throw error
    host.fail(path, error.message, error.hint)
    writer.text('status=error')
    writer.flush()
  } finally {
    conversion?.close()
  }
}

/** Feeds the content to a conversion. A failure on the way is kept until the content is read to its end. */
function receive(reader: PacketReader, begin: () => Conversion): { error: unknown } | undefined {
  let failure: { error: unknown } | undefined
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return failure === undefined ? work() : undefined
    } catch (error) {
      failure = { error }
      return undefined
    }
  }
  const conversion = attempt(begin)
  for (let packet = reader.next(); packet !== 'flush'; packet = reader.next()) {
    if (packet === 'end') throw new Error('the packet stream ends within a file')
    const data = packet
    attempt(() => conversion?.write(data))
  }
  return failure
}

function reply(conversion: Conversion, path: string, writer: PacketWriter, host: FilterHost): void {
  const { output, warning } = conversion.finish()
  if (warning !== undefined) host.warn(path, warning)
  writer.text('status=success')
  writer.flush()
  try {
    for (const piece of output) writer.data(piece)
    writer.flush()
    writer.flush()
  } catch (error) {
    // Too late for the status in front; the one behind the content makes git throw the content away.
    if (!(error instanceof CliError)) throw error
    host.fail(path, error.message, error.hint)
    writer.flush()
    writer.text('status=error')
    writer.flush()
  }
}
