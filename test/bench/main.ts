/**
 * `npm run bench [PART...]`: measures and prints each figure beside a peer or a physical limit of the same run, as JSON
 * lines on stdout and a table on stderr. Parts: see below; all by default.
 */
import { controlPlaneAssets } from '../kube/assets.ts'
import { check } from './check.ts'
import { controller } from './controller.ts'
import { fairness } from './fairness.ts'
import { type Keys, rsa4096 } from './fixtures.ts'
import { gitFiles } from './git.ts'
import { keyCommands } from './key-commands.ts'
import { manyKeys } from './keys.ts'
import { opening } from './opening.ts'
import { type Figure, jsonLine, table } from './report.ts'
import { reseal } from './reseal.ts'
import { foreignSecrets, tenThousand } from './scale.ts'
import { sealing } from './sealing.ts'

const parts: Readonly<Record<string, (keys: Keys) => Promise<readonly Figure[]>>> = {
  sealing,
  opening,
  reseal,
  check,
  controller,
  keys: manyKeys,
  fairness,
  scale: tenThousand,
  foreign: foreignSecrets,
  'keys-cli': keyCommands,
  git: gitFiles,
}

/** Those that need a real API server. */
const CLUSTER: ReadonlySet<string> = new Set(['controller', 'keys', 'keys-cli', 'fairness', 'scale', 'foreign'])

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !Object.hasOwn(parts, name))
  if (unknown !== undefined) {
    process.stderr.write(`error: no benchmark is called ${unknown}: there are ${Object.keys(parts).join(', ')}\n`)
    return 2
  }
  const assets = controlPlaneAssets()
  const keys = await rsa4096()
  const figures: Figure[] = []
  for (const [name, part] of Object.entries(parts)) {
    if (names.length > 0 && !names.includes(name)) continue
    if (CLUSTER.has(name) && 'missing' in assets) {
      process.stderr.write(`LEFT OUT: ${name}: ${assets.missing}\n`)
      continue
    }
    process.stderr.write(`measuring ${name} ...\n`)
    for (const figure of await part(keys)) {
      figures.push(figure)
      process.stdout.write(`${jsonLine(figure)}\n`)
    }
  }
  process.stderr.write(`\n${table(figures)}\n`)
  return 0
}

process.exitCode = await main(process.argv.slice(2))
