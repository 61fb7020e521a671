/** Sealing a repository again for a new key, offline. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeYaml } from '@waxseal/core/documents'
import { bareRsa } from './bare-rsa.ts'
import { type Keys, rsa4096, sealedSecrets } from './fixtures.ts'
import { bin, rivals, timeProcess } from './measure.ts'
import type { Figure } from './report.ts'

const [FILES, VALUES] = [1000, 3]

export async function reseal(keys: Keys): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-bench-'))
  try {
    const newest = await rsa4096()
    const put = (name: string, content: string): string => {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    }
    const old = ['--key', put('old.pem', keys.privateKeyPem)]
    const args = [
      ...old,
      '--key',
      put('new.pem', newest.privateKeyPem),
      '--cert',
      put('new.crt', newest.certificatePem),
    ]
    const sealed = await sealedSecrets(keys, FILES, VALUES)
    const texts = await Promise.all(sealed.map((each) => writeYaml(each)))
    mkdirSync(join(folder, 'repository'))
    const restore = (): void => {
      for (const [i, text] of texts.entries()) put(`repository/${i}.yaml`, text)
    }
    const rsa = await bareRsa(4096)
    const [whole = Number.NaN, bare = Number.NaN] = await rivals(3, [
      () => {
        restore()
        return timeProcess([bin('cli/bin/waxseal.js'), 'reseal', ...args, join(folder, 'repository')])
      },
      async () => (await rsa.decrypt(FILES * VALUES)) + (await rsa.encrypt(FILES * VALUES)),
    ])
    return [
      {
        work: 'waxseal reseal, 1,000 files with a SealedSecret x 3 values, RSA-4096, offline, whole process',
        value: whole,
        unit: 'ms',
        peer: { name: '3,000 bare RSA private and public operations, all cores', value: bare, unit: 'ms' },
        target: { kind: 'ratio', atMost: 1.2 },
        note: `${(whole / FILES).toFixed(1)} ms a file`,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
