import type { Command } from '../../commands/command.ts'
import type { Context } from '../../context.ts'
import type { Flags } from '../../flags.ts'
import { outputOf, writeData } from '../../output/format.ts'
import { withKeys } from '../../reseal/verify.ts'
import { describeKeys, type KeyInfo } from '../key-info.ts'
import { needsOfFiles } from '../needs/files.ts'
import { objectName, STORE_FLAGS, withStore } from '../options.ts'
import { ringOf } from '../rotate/plan.ts'
import { type Places, withPlaces } from '../rotate/request.ts'
import { table } from '../table.ts'
import { clusterUsage, type Usage, usageOf } from '../usage.ts'

const OUTPUT = outputOf('table', 'wide', 'name', 'json', 'yaml')

export const list: Command = {
  flags: {
    ...STORE_FLAGS,
    namespace: { type: 'string', letter: 'n' },
    ...OUTPUT.flags,
  },
  run: (context, flags) =>
    withStore(context, flags, (store) =>
      withPlaces(context, flags, store, (places) => listKeys(context, flags, places)),
    ),
}

async function listKeys(context: Context, flags: Flags, { store, api, files }: Places): Promise<void> {
  const output = OUTPUT.of(flags) ?? 'table'
  const keys = await describeKeys(await store.list())
  const cluster = api === undefined ? undefined : await clusterUsage(api)
  const looking = { verifier: withKeys(await ringOf(keys)), namespace: flags.string('namespace') }
  const inFiles = files.length === 0 ? undefined : usageOf(await needsOfFiles(context, files, looking))
  const rows = keys.map((key) => rowOf(key, cluster, inFiles))
  if (output === 'json' || output === 'yaml') return context.stdout.write(await writeData(output, rows))
  if (output === 'name') return context.stdout.write(rows.map((row) => `${objectName(row)}\n`).join(''))
  if (rows.length === 0) return context.stderr.write(`no keys in ${store.title}\n`)
  const columns = output === 'wide' ? WIDE : COLUMNS
  context.stdout.write(table(inFiles === undefined ? columns : [...columns, FILES], rows))
  for (const { stored, problem } of keys)
    if (problem !== undefined) context.stderr.write(`warning: Secret ${stored.name}: ${problem}\n`)
  const unknown = (cluster?.unknown ?? 0) + (inFiles?.unknown ?? 0)
  if (unknown > 0) {
    context.stderr.write(
      `note: of ${unknown} SealedSecrets it is not known what opens them: they may need any of the keys\n`,
    )
  }
}

interface Row {
  readonly fingerprint: string | null
  readonly name: string
  readonly state: string
  /** Whether it is the one that seals. */
  readonly seals: boolean
  readonly created: string | null
  readonly notBefore: string | null
  readonly notAfter: string | null
  readonly bits: number | null
  readonly lastBackup: string | null
  /** Known to need it; null where nobody was asked. */
  readonly sealedSecrets: number | null
  readonly items: number | null
  /** The same of the files that were looked into. */
  readonly inFiles: number | null
  readonly itemsInFiles: number | null
  readonly problem: string | null
}

function rowOf(
  { stored, fingerprint, notBefore, notAfter, bits, problem, isNewest }: KeyInfo,
  cluster: Usage | undefined,
  files: Usage | undefined,
): Row {
  const of = (usage: Usage | undefined) =>
    usage && (usage.byKey.get(fingerprint ?? '') ?? { sealedSecrets: 0, items: 0 })
  const [needed, inFiles] = [of(cluster), of(files)]
  return {
    fingerprint: fingerprint ?? null,
    name: stored.name,
    state: stored.state,
    seals: isNewest,
    created: stored.created || null,
    notBefore: seconds(notBefore),
    notAfter: seconds(notAfter),
    bits: bits ?? null,
    lastBackup: stored.lastBackup ?? null,
    sealedSecrets: needed?.sealedSecrets ?? null,
    items: needed?.items ?? null,
    inFiles: inFiles?.sealedSecrets ?? null,
    itemsInFiles: inFiles?.items ?? null,
    problem: problem ?? null,
  }
}

const seconds = (date: Date | undefined): string | null => date?.toISOString().replace(/\.\d+Z$/, 'Z') ?? null
const day = (time: string | null): string => time?.slice(0, 10) ?? '-'

type Column = readonly [string, (row: Row) => string]

const COLUMNS: readonly Column[] = [
  ['FINGERPRINT', ({ fingerprint }) => fingerprint?.slice(0, 16) ?? '-'],
  ['NAME', ({ name }) => name],
  ['STATE', ({ state, seals }) => (seals ? `${state}, seals` : state || '-')],
  ['NOT BEFORE', ({ notBefore }) => day(notBefore)],
  ['NOT AFTER', ({ notAfter }) => day(notAfter)],
  ['NEEDED BY', ({ sealedSecrets }) => (sealedSecrets === null ? '-' : String(sealedSecrets))],
  ['LAST BACKUP', ({ lastBackup }) => (lastBackup === null ? 'never' : day(lastBackup))],
]

const FILES: Column = ['IN FILES', ({ inFiles }) => String(inFiles ?? '-')]

const WIDE: readonly Column[] = [
  ['FINGERPRINT', ({ fingerprint }) => fingerprint ?? '-'],
  ...COLUMNS.slice(1),
  ['ITEMS', ({ items }) => (items === null ? '-' : String(items))],
  ['CREATED', ({ created }) => created ?? '-'],
  ['BITS', ({ bits }) => (bits === null ? '-' : String(bits))],
]
