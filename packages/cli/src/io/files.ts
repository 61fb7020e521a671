import type { Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Files, Mode } from '../context.ts'
import { CliError, errorCode, systemReason } from '../messages.ts'
import { createFile, replaceFile, replaceFileLater } from './atomic.ts'
import { fs } from './platform.ts'
import { readAll, writeAll } from './streams.ts'

/** The real file system. */
export const nodeFiles: Files = {
  read(path, limit) {
    const fd = attempt('open', path, () => fs.openSync(path, 'r'))
    try {
      return readAll(fd, path, limit)
    } finally {
      fs.closeSync(fd)
    }
  },

  exists(path) {
    try {
      return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined
    } catch (error) {
      // Below a file there is nothing.
      if (errorCode(error) === 'ENOTDIR') return false
      throw failure('open', path, error)
    }
  },

  isFolder: (path) => attempt('open', path, () => fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false),

  checkWritable(path) {
    const { target, stats } = destination(path)
    if (stats?.isDirectory()) throw new CliError(`write ${path}: is a directory`)
    const folder = fs.statSync(dirname(target), { throwIfNoEntry: false })
    if (folder === undefined) {
      throw new CliError(`write ${path}: no such file or directory`, {
        hint: `make the folder first: mkdir -p ${dirname(path)}`,
      })
    }
    if (!folder.isDirectory()) throw new CliError(`write ${path}: not a directory`)
    refuseReadOnly(path, target, stats)
  },

  replace(path, content, mode, check) {
    const { target, stats } = destination(path)
    refuseReadOnly(path, target, stats)
    attempt('write', path, () => {
      if (stats === undefined || stats.isFile()) return replaceFile(target, content, modeFor(stats, mode), stats, check)
      check?.()
      writeInPlace(target, content)
    })
  },

  async replaceLater(path, content, mode, check) {
    const { target, stats } = destination(path)
    if (stats !== undefined && !stats.isFile()) return nodeFiles.replace(path, content, mode, check)
    refuseReadOnly(path, target, stats)
    try {
      await replaceFileLater(target, content, modeFor(stats, mode), stats, check)
    } catch (error) {
      throw failure('write', path, error)
    }
  },

  create(path, content, mode) {
    attempt('create', path, () => createFile(path, content, mode))
  },

  remove(path) {
    attempt('remove', path, () => fs.unlinkSync(path))
  },

  makeFolder(path, mode) {
    attempt('mkdir', path, () => fs.mkdirSync(path, { recursive: true, mode }))
  },
}

/** Links are followed, so that a link to a file elsewhere stays one; also a link whose target is not there yet. */
function destination(path: string): { target: string; stats: Stats | undefined } {
  const link = fs.lstatSync(path, { throwIfNoEntry: false })
  if (!link?.isSymbolicLink()) return { target: path, stats: link }
  const stats = fs.statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return { target: resolve(dirname(path), fs.readlinkSync(path)), stats }
  return { target: stats.isFile() ? fs.realpathSync(path) : path, stats }
}

/** Putting another file in its place would take no right to write the file itself, but whoever took that right away meant it. */
function refuseReadOnly(path: string, target: string, stats: Stats | undefined): void {
  if (stats === undefined) return
  try {
    fs.accessSync(target, fs.constants.W_OK)
  } catch (cause) {
    throw new CliError(`write ${path}: ${systemReason(cause)}`, {
      hint: `the file is read-only: chmod u+w ${path}, or write to another file`,
      cause,
    })
  }
}

function modeFor(stats: Stats | undefined, mode: Mode): { bits: number; exact: boolean } {
  if (stats !== undefined && mode.existing === 'keep') return { bits: stats.mode & 0o7777, exact: true }
  return { bits: mode.create, exact: stats !== undefined }
}

/** Devices and named pipes (`-w /dev/stdout`) cannot be replaced, only written. */
function writeInPlace(path: string, content: string | Uint8Array): void {
  const fd = fs.openSync(path, 'w')
  try {
    writeAll(fd, content)
  } finally {
    fs.closeSync(fd)
  }
}

function attempt<T>(verb: string, path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw failure(verb, path, error)
  }
}

function failure(verb: string, path: string, cause: unknown): CliError {
  if (cause instanceof CliError) return cause
  return new CliError(`${verb} ${path}: ${systemReason(cause)}`, { cause, hint: hintFor(errorCode(cause), path) })
}

function hintFor(code: string | undefined, path: string): string | undefined {
  if (code === 'ENOSPC' || code === 'EDQUOT') return `${path} is as it was before`
  return undefined
}
