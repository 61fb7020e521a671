/**
 * Node's file system and cryptography, taken as they are: `import ... from 'node:fs'` makes Node load fs.promises as well, which
 * costs every start 2 ms, and what node:crypto loads (4 ms) is needed only to read a certificate.
 */
export const fs: typeof import('node:fs') = process.getBuiltinModule('node:fs')

export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto')
}
