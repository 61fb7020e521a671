/** Where values are while they are edited: a folder of its own, in memory where that is possible, wiped afterwards. */
import { join } from 'node:path'
import type { Context } from '../../context.ts'
import { fs } from '../../io/platform.ts'
import { readAll, writeAll } from '../../io/streams.ts'
import { CliError, systemReason } from '../../messages.ts'

/** statfs types of file systems that live in memory (Linux, magic.h): tmpfs and ramfs. */
const IN_MEMORY = [0x01021994, 0x858458f6]
const LIMIT = 16 * 1024 * 1024

export interface Workspace {
  /** The file to edit. */
  readonly path: string
  write(text: string): void
  /** What the editor left; CliError when it is gone. */
  read(): Uint8Array
  /** Overwrites and removes everything in the folder, also what the editor put beside the file. May be called again. */
  wipe(): void
}

/** Makes the folder (0700) and the file (0600), neither of which was there before. */
export function openWorkspace(context: Context, name: string): Workspace {
  const folder = makeFolder(context)
  const path = join(folder, name)
  const attempt = <T>(work: () => T): T => {
    try {
      return work()
    } catch (cause) {
      throw cause instanceof CliError
        ? cause
        : new CliError(`temporary file ${path}: ${systemReason(cause)}`, { cause })
    }
  }
  return {
    path,
    write: (text) => {
      attempt(() => {
        // An editor that saves by renaming leaves a file with a mode of its own.
        wipeFile(path)
        const fd = fs.openSync(path, 'wx', 0o600)
        try {
          writeAll(fd, text)
        } finally {
          fs.closeSync(fd)
        }
      })
    },
    read: () =>
      attempt(() => {
        const fd = fs.openSync(path, 'r')
        try {
          return readAll(fd, 'the edited text', LIMIT)
        } finally {
          fs.closeSync(fd)
        }
      }),
    wipe: () => wipeFolder(folder),
  }
}

function makeFolder({ env, stderr }: Context): string {
  const inMemory = [env.XDG_RUNTIME_DIR, '/dev/shm'].filter((folder) => folder !== undefined && isInMemory(folder))
  for (const folder of inMemory) {
    const made = tryFolder(folder ?? '')
    if (made !== undefined) return made
  }
  const temporary = process.getBuiltinModule('node:os').tmpdir()
  const made = tryFolder(temporary)
  if (made === undefined) {
    throw new CliError(`no folder for a temporary file: ${temporary} cannot be written`, {
      hint: 'TMPDIR names another one, best in memory',
    })
  }
  stderr.write(`note: no folder in memory here: while you edit, the values are on disk in ${made}\n`)
  return made
}

function isInMemory(folder: string): boolean {
  try {
    return IN_MEMORY.includes(fs.statfsSync(folder).type)
  } catch {
    return false
  }
}

function tryFolder(parent: string): string | undefined {
  try {
    return fs.mkdtempSync(join(parent, 'waxseal-edit-'))
  } catch {
    return undefined
  }
}

/** Goes on after a failure: what can be wiped must be. */
function wipeFolder(folder: string): void {
  for (const entry of readFolder(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) wipeFolder(path)
    else wipeFile(path)
  }
  quietly(() => fs.rmdirSync(folder))
}

function readFolder(folder: string): readonly import('node:fs').Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** Zeroes in place, flushed, before the name goes: on a disk, removing alone would leave the bytes. A link is only removed. */
function wipeFile(path: string): void {
  quietly(() => {
    const stats = fs.lstatSync(path, { throwIfNoEntry: false })
    if (stats?.isFile() !== true) return
    fs.chmodSync(path, 0o600)
    const fd = fs.openSync(path, 'r+')
    try {
      writeAll(fd, new Uint8Array(stats.size))
      fs.fsyncSync(fd)
    } finally {
      fs.closeSync(fd)
    }
  })
  quietly(() => fs.unlinkSync(path))
}

function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // The next step may still succeed.
  }
}
