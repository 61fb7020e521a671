/**
 * File names as git has them: bytes, mostly but not always UTF-8, with newlines or anything else but NUL. Here they travel as strings of
 * one code unit a byte (latin1), which loses nothing and can be a key of a Map.
 */
import { join } from 'node:path'

export type RawPath = string

const rawPath = (bytes: Uint8Array): RawPath => Buffer.from(bytes).toString('latin1')
export const rawPathOf = (text: string): RawPath => rawPath(Buffer.from(text, 'utf8'))
export const pathBytes = (path: RawPath): Buffer => Buffer.from(path, 'latin1')

/** For the person: as UTF-8, control characters visible. */
export function shownPath(path: RawPath): string {
  return visible(pathBytes(path).toString('utf8'))
}

/** Keeps a name from moving the cursor or adding lines. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (each) => JSON.stringify(each).slice(1, -1))
}

/** Where the file is, for calls of node:fs. */
export function onDisk(folder: string, path: RawPath): Buffer {
  return Buffer.concat([Buffer.from(join(folder, '/')), pathBytes(path)])
}

/** A NUL-separated or NUL-terminated list. */
export function splitNul(bytes: Uint8Array): RawPath[] {
  const parts = rawPath(bytes).split('\0')
  if (parts.at(-1) === '') parts.pop()
  return parts
}

/** The list for a `-z --stdin`. */
export const joinNul = (paths: readonly RawPath[]): Buffer => pathBytes(paths.map((path) => `${path}\0`).join(''))
