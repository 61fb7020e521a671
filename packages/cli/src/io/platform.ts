/**
 * Node's file system and cryptography, taken as they are: `import ... from 'node:fs'` makes Node load fs.promises as well, which
 * costs every start 2 ms, and what node:crypto loads (4 ms) is needed only to read a certificate.
 */
export const fs: typeof import('node:fs') = process.getBuiltinModule('node:fs')

export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto')
}

/**
 * Gives the pool in which RSA runs threads for `waiting` calls that do nothing but wait for the disk; it has four. Without effect once
 * the pool is in use, or where the person has chosen its size.
 */
export function widenThreadPool(waiting: number): void {
  const { availableParallelism } = process.getBuiltinModule('node:os')
  process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism()) + waiting)
}
