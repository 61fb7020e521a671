import type { Primitives } from '@waxseal/core/git-crypt'
import { nodeCrypto } from '../io/platform.ts'

/** The platform's own: 2 to 3 GB/s, streaming. */
export const ciphers: Primitives = {
  hmacSha1(key) {
    const mac = nodeCrypto().createHmac('sha1', key)
    return { update: (bytes) => void mac.update(bytes), digest: () => mac.digest() }
  },
  aes256Ctr(key, counter) {
    const cipher = nodeCrypto().createCipheriv('aes-256-ctr', key, counter)
    return { apply: (bytes) => cipher.update(bytes) }
  },
}
