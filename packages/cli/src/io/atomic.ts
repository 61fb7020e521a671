/** Files that are there whole or not at all. Functions throw Node's system errors. */
import type { Stats } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fs } from './platform.ts'
import { writeAll } from './streams.ts'

type Content = string | Uint8Array

/**
 * Replaces `target` by way of a temporary file beside it, flushed before the rename, so that a full disk or a power cut leaves the old
 * file. `exact` modes are set as they are, others go through the umask as for any new file. Owner and group of a replaced file are kept
 * where the system allows it. `check` runs right before the rename; what it throws leaves the old file.
 */
export function replaceFile(
  target: string,
  content: Content,
  mode: { bits: number; exact: boolean },
  old?: Stats,
  check?: () => void,
): void {
  throughTemporary(target, content, mode.bits, (temporary) => takePlace(temporary, { target, mode, old, check }))
}

/** As replaceFile, with other work going on while the disk takes its time to flush, which is most of what replacing takes. */
export async function replaceFileLater(
  target: string,
  content: Content,
  mode: { bits: number; exact: boolean },
  old?: Stats,
  check?: () => void,
): Promise<void> {
  const temporary = temporaryFor(target)
  const fd = fs.openSync(temporary, 'wx', mode.bits)
  try {
    try {
      writeAll(fd, content)
      await new Promise<void>((resolve, reject) => fs.fsync(fd, (error) => (error ? reject(error) : resolve())))
    } finally {
      fs.closeSync(fd)
    }
    takePlace(temporary, { target, mode, old, check })
  } catch (error) {
    removeQuietly(temporary)
    throw error
  }
}

interface Replacing {
  readonly target: string
  readonly mode: { bits: number; exact: boolean }
  readonly old: Stats | undefined
  readonly check: (() => void) | undefined
}

function takePlace(temporary: string, { target, mode, old, check }: Replacing): void {
  if (old !== undefined) keepOwner(temporary, old)
  if (mode.exact) fs.chmodSync(temporary, mode.bits)
  check?.()
  fs.renameSync(temporary, target)
}

/** Makes a new file with exactly this mode; EEXIST when one is there, be it a dangling link. Never visible half written. */
export function createFile(target: string, content: Content, mode: number): void {
  throughTemporary(target, content, mode, (temporary) => {
    fs.chmodSync(temporary, mode)
    fs.linkSync(temporary, target)
    fs.unlinkSync(temporary)
  })
}

function throughTemporary(target: string, content: Content, mode: number, finish: (temporary: string) => void): void {
  const temporary = temporaryFor(target)
  const fd = fs.openSync(temporary, 'wx', mode)
  try {
    try {
      writeAll(fd, content)
      fs.fsyncSync(fd)
    } finally {
      fs.closeSync(fd)
    }
    finish(temporary)
  } catch (error) {
    removeQuietly(temporary)
    throw error
  }
}

function temporaryFor(target: string): string {
  const suffix = crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36) ?? ''
  return join(dirname(target), `.${basename(target).slice(0, 200)}.${suffix}.tmp`)
}

/** Only root may give files away; for others the new file is theirs, as with any editor. */
function keepOwner(path: string, old: Stats): void {
  try {
    fs.chownSync(path, old.uid, old.gid)
  } catch {
    // The content is right all the same.
  }
}

/** The failure that led here is the one to report. */
function removeQuietly(path: string): void {
  try {
    fs.unlinkSync(path)
  } catch {
    // Never made, or already gone.
  }
}
