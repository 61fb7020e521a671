/** Opening many values with one key, in this process. */
import { keyRing, parsePrivateKeys, unsealSecret } from '@waxseal/core'
import { bareRsa } from './bare-rsa.ts'
import { type Keys, sealedSecrets } from './fixtures.ts'
import { rivals, time } from './measure.ts'
import type { Figure } from './report.ts'

export async function opening(keys: Keys): Promise<readonly Figure[]> {
  const sealed = await sealedSecrets(keys, 1, 300)
  const ring = keyRing(await parsePrivateKeys(keys.privateKeyPem))
  const rsa = await bareRsa(4096)
  const [unseal = Number.NaN, bare = Number.NaN] = await rivals(9, [
    () => time(() => Promise.all(sealed.map((each) => unsealSecret(each, { ring })))),
    () => rsa.decrypt(300),
  ])
  return [
    {
      work: 'unseal 300 values, one RSA-4096 key',
      value: unseal,
      unit: 'ms',
      peer: { name: '300 bare RSA private operations, all cores', value: bare, unit: 'ms' },
      target: { kind: 'ratio', atMost: 1.15 },
    },
  ]
}
