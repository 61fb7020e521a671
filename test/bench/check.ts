/** `waxseal check` on a repository of 10,000 files: 3,000 SealedSecrets, 6,000 other manifests, 1,000 other files. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeYaml } from '@waxseal/core/documents'
import { type Keys, sealedSecrets } from './fixtures.ts'
import { bin, idleNodeMb, rivals, timeProcess } from './measure.ts'
import type { Figure } from './report.ts'

const waxseal = bin('cli/bin/waxseal.js')
const VALUES = 3
const PER_FOLDER = 100
/** Says on stderr what the process needed at most. */
const SAY_PEAK =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("peak "+process.resourceUsage().maxRSS+"\\n"))'

export async function check(keys: Keys): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-bench-'))
  try {
    await writeRepository(folder, keys)
    const [ours = Number.NaN, grep = Number.NaN] = await rivals(5, [
      () => timeProcess([waxseal, 'check', '--strict', folder]),
      () => timeGrep(folder),
    ])
    return [
      {
        work: 'waxseal check, 10,000 files (3,000 SealedSecrets x 3 values), whole process',
        value: ours / 1000,
        unit: 's',
        peer: { name: 'grep -r for a word that no file holds', value: grep / 1000, unit: 's' },
        target: { kind: 'value', atMost: 5 },
      },
      {
        work: 'waxseal check, 10,000 files: peak memory',
        value: peakMb(folder),
        unit: 'MB',
        peer: { name: 'Node with nothing to do', value: idleNodeMb(), unit: 'MB' },
        target: { kind: 'value', atMost: 300 },
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function timeGrep(folder: string): number {
  const start = performance.now()
  const { status } = spawnSync('grep', ['-rq', 'NoFileHoldsThis', folder])
  if (status !== 1) throw new Error('grep failed')
  return performance.now() - start
}

function peakMb(folder: string): number {
  const { status, stderr } = spawnSync(process.execPath, ['--import', SAY_PEAK, waxseal, 'check', folder])
  const kilobytes = /^peak (\d+)$/m.exec(stderr.toString())?.[1]
  if (status !== 0 || kilobytes === undefined) throw new Error(`waxseal check: ${stderr.toString()}`)
  return Number(kilobytes) / 1024
}

async function writeRepository(folder: string, keys: Keys): Promise<void> {
  const sealed = await Promise.all((await sealedSecrets(keys, 3000, VALUES)).map((each) => writeYaml(each)))
  const others = Array.from({ length: 6000 }, (_, index) => (index % 2 === 0 ? deployment(index) : configMap(index)))
  const rest = Array.from(
    { length: 1000 },
    (_, index) => `# Notes ${index}\n\n${'How this part works. '.repeat(100)}\n`,
  )
  const write = (name: string, extension: string, texts: readonly string[]): void => {
    for (const [index, text] of texts.entries()) {
      const place = join(folder, name, `part-${Math.floor(index / PER_FOLDER)}`)
      if (index % PER_FOLDER === 0) mkdirSync(place, { recursive: true })
      writeFileSync(join(place, `${name}-${index}.${extension}`), text)
    }
  }
  write('sealed', 'yaml', sealed)
  write('manifests', 'yaml', others)
  write('notes', 'md', rest)
  writeFileSync(join(folder, '.gitignore'), '*.log\nbuild/\n')
}

function deployment(index: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${index}
  namespace: bench
spec:
  replicas: 2
  selector:
    matchLabels: {app: app-${index}}
  template:
    metadata:
      labels: {app: app-${index}}
    spec:
      imagePullSecrets: [{name: registry}]
      containers:
        - name: app
          image: registry.example/app:${index}
          env:
            - name: PASSWORD
              valueFrom:
                secretKeyRef: {name: secret-${index}, key: key-0}
`
}

function configMap(index: number): string {
  const lines = Array.from({ length: 20 }, (_, line) => `    setting.${line} = ${index * line} # no Secret\n`)
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-${index}\n  namespace: bench\ndata:\n  app.conf: |\n${lines.join('')}`
}
