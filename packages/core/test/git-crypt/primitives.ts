import { createCipheriv, createHmac } from 'node:crypto'
import type { Primitives } from '../../src/git-crypt/index.ts'

/** The platform's ciphers. */
export const primitives: Primitives = {
  hmacSha1(key) {
    const mac = createHmac('sha1', key)
    return { update: (bytes) => void mac.update(bytes), digest: () => mac.digest() }
  },
  aes256Ctr(key, counter) {
    const cipher = createCipheriv('aes-256-ctr', key, counter)
    return { apply: (bytes) => cipher.update(bytes) }
  },
}
