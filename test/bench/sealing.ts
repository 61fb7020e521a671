/** What the command line costs: its start, and a large file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bareRsa } from './bare-rsa.ts'
import { type Keys, secretsYaml } from './fixtures.ts'
import { bin, rivals, timeProcess } from './measure.ts'
import type { Figure } from './report.ts'

const waxseal = bin('cli/bin/waxseal.js')

export async function sealing(keys: Keys): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-bench-'))
  try {
    const certificate = join(folder, 'cert.pem')
    writeFileSync(certificate, keys.certificatePem)
    return [await start(folder, certificate), await thousand(folder, certificate)]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function start(folder: string, certificate: string): Promise<Figure> {
  const input = join(folder, 'one.yaml')
  writeFileSync(input, secretsYaml(1, 1))
  const [seal = Number.NaN, node = Number.NaN] = await rivals(40, [
    () => timeProcess([waxseal, 'seal', '--cert', certificate, '-f', input]),
    () => timeProcess(['-e', '0']),
  ])
  return {
    work: 'waxseal seal --cert, one Secret, whole process',
    value: seal,
    unit: 'ms',
    peer: { name: 'node -e 0', value: node, unit: 'ms' },
    target: { kind: 'ratio', atMost: 2 },
  }
}

async function thousand(folder: string, certificate: string): Promise<Figure> {
  const input = join(folder, 'thousand.yaml')
  const output = join(folder, 'sealed.yaml')
  writeFileSync(input, secretsYaml(1000, 5))
  const rsa = await bareRsa(4096)
  const [seal = Number.NaN, bare = Number.NaN] = await rivals(7, [
    () => timeProcess([waxseal, 'seal', '--cert', certificate, '-f', input, '-w', output]),
    () => rsa.encrypt(5000),
  ])
  return {
    work: 'waxseal seal, file of 1,000 Secrets x 5 values, RSA-4096, whole process',
    value: seal,
    unit: 'ms',
    peer: { name: '5,000 bare RSA public operations, all cores', value: bare, unit: 'ms' },
    target: { kind: 'ratio', atMost: 1.2 },
    note: `${(seal / 5).toFixed(0)} us a value`,
  }
}
