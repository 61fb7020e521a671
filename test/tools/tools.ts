/** The programs that judge what is in deploy/: see `build` beside this. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, globSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Those that `build` makes; promtool and lua5.4 are Debian's. */
const BUILT = ['helm', 'kubeconform', 'gator', 'kube-score', 'checkov'] as const
const PACKAGED = ['promtool', 'lua5.4', 'crun'] as const
export type Tool = (typeof BUILT)[number] | (typeof PACKAGED)[number]

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The folder `WAXSEAL_TOOLS`, else where `build` puts them. */
export function toolFolder(): string {
  if (process.env.WAXSEAL_TOOLS) return process.env.WAXSEAL_TOOLS
  // As in `build`: the pinned versions name the folder.
  const pins = [...globSync('*/go.mod', { cwd: here('.') }).toSorted(), 'checkov.txt']
  const hash = createHash('sha256')
  // The shell's $(...) takes the final line break away, and the pipe has none after it.
  hash.update(
    `${pins
      .map((file) => readFileSync(here(file), 'utf8'))
      .join('')
      .trimEnd()}\n`,
  )
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(cache, 'waxseal', `tools-${hash.digest('hex').slice(0, 12)}`)
}

const isBuilt = (name: string): boolean => BUILT.some((tool) => tool === name)

/** The command to start a tool with. */
const tool = (name: Tool): string => (isBuilt(name) ? join(toolFolder(), name) : name)

/** Those that are not here. */
export function missingTools(names: readonly Tool[] = [...BUILT, ...PACKAGED]): Tool[] {
  return names.filter((name) => {
    if (!isBuilt(name)) return spawnSync(name, ['-v']).error !== undefined
    try {
      accessSync(tool(name), constants.X_OK)
      return false
    } catch {
      return true
    }
  })
}

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a tool to its end. */
export function runTool(name: Tool, args: readonly string[], options: { input?: string; cwd?: string } = {}): Ran {
  const { error, ...ran } = spawnSync(tool(name), args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options })
  if (error) throw error
  return ran
}
