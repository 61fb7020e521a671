import { writeJson, writeYaml } from '@waxseal/core/documents'
import type { Command } from '../../commands/command.ts'
import { clusterOptions, refuseArguments } from '../../commands/options.ts'
import { UsageError } from '../../messages.ts'
import { describeKeys, type KeyInfo } from '../key-info.ts'
import { STORE_FLAGS, withStore } from '../options.ts'
import { table } from '../table.ts'
import { clusterUsage, type Usage } from '../usage.ts'

export const list: Command = {
  flags: { ...STORE_FLAGS, output: { type: 'string', letter: 'o', check: (value) => void parseOutput(value) } },
  async run(context, flags) {
    refuseArguments(flags)
    const output = parseOutput(flags.string('output') ?? 'table')
    const isCluster = flags.string('directory') === undefined
    const { keys, title } = await withStore(context, flags, async (store) => {
      return { keys: await describeKeys(await store.list()), title: store.title }
    })
    let usage: Usage | undefined
    if (isCluster) {
      const api = await context.connectApi(clusterOptions(flags))
      usage = await clusterUsage(api).finally(() => void api.close())
    }
    const rows = keys.map((key) => rowOf(key, usage))
    if (output === 'json') return context.stdout.write(writeJson(rows))
    if (output === 'yaml') return context.stdout.write(await writeYaml(rows))
    if (rows.length === 0) return context.stderr.write(`no keys in ${title}\n`)
    context.stdout.write(table(output === 'wide' ? WIDE : COLUMNS, rows))
    for (const { stored, problem } of keys)
      if (problem !== undefined) context.stderr.write(`warning: Secret ${stored.name}: ${problem}\n`)
    if (usage !== undefined && usage.unknown > 0) {
      context.stderr.write(
        `note: of ${usage.unknown} SealedSecrets it is not known what opens them: they may need any of the keys\n`,
      )
    }
  },
}

type Output = 'table' | 'wide' | 'json' | 'yaml'

function parseOutput(text: string): Output {
  const output = text.toLowerCase()
  if (output === 'table' || output === 'wide' || output === 'json' || output === 'yaml') return output
  throw new UsageError(`unsupported output format: ${text}, use table, wide, json or yaml`)
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
  readonly problem: string | null
}

function rowOf(
  { stored, fingerprint, notBefore, notAfter, bits, problem, isNewest }: KeyInfo,
  usage: Usage | undefined,
): Row {
  const needed =
    usage === undefined ? undefined : (usage.byKey.get(fingerprint ?? '') ?? { sealedSecrets: 0, items: 0 })
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

const WIDE: readonly Column[] = [
  ['FINGERPRINT', ({ fingerprint }) => fingerprint ?? '-'],
  ...COLUMNS.slice(1),
  ['ITEMS', ({ items }) => (items === null ? '-' : String(items))],
  ['CREATED', ({ created }) => created ?? '-'],
  ['BITS', ({ bits }) => (bits === null ? '-' : String(bits))],
]
