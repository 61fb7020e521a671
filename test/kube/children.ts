/** Child processes that never outlive the process that started them, however that one ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'

/**
 * Runs beside the tests in a session of its own and reads `add PID` and `remove PID` from the pipe that only they hold.
 * When the pipe closes, also because the tests were killed, it kills what is left and removes the folders it was given.
 */
const REAPER = `
pids=
while read -r what value; do
  case $what in
    add) pids="$pids $value" ;;
    remove) kept=; for pid in $pids; do [ "$pid" = "$value" ] || kept="$kept $pid"; done; pids=$kept ;;
  esac
done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
if [ $# -gt 0 ]; then sleep 0.2; rm -rf "$@"; fi
`

export interface SpawnOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** File that stdout and stderr are appended to; without it they are pipes. */
  readonly log?: string
}

/** Whether the process has not ended yet. */
export const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null

/** Resolves when the process has ended. */
export async function ended(child: ChildProcess): Promise<void> {
  if (isRunning(child)) await once(child, 'exit')
}

export class Children {
  readonly #reaper: ChildProcess
  readonly #running = new Set<ChildProcess>()

  /** `folders` are removed when the children are stopped, or this process is gone. */
  constructor(folders: readonly string[] = []) {
    this.#reaper = spawn('/bin/sh', ['-c', REAPER, 'reaper', ...folders], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    this.#reaper.stdin?.on('error', () => undefined)
  }

  spawn(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const log = options.log === undefined ? undefined : openSync(options.log, 'a')
    const output = log ?? 'pipe'
    const child = spawn(command, args, {
      env: options.env ?? process.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stdio: ['pipe', output, output],
    })
    if (log !== undefined) closeSync(log)
    child.stdin?.on('error', () => undefined)
    this.#running.add(child)
    this.#tell('add', child)
    child.once('exit', () => {
      this.#running.delete(child)
      this.#tell('remove', child)
    })
    return child
  }

  /** Ends one child at once, as a crash would. */
  async kill(child: ChildProcess): Promise<void> {
    child.kill('SIGKILL')
    await ended(child)
  }

  /** Kills all children and removes the folders. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((child) => this.kill(child)))
    this.#reaper.stdin?.end()
    await ended(this.#reaper)
  }

  #tell(what: 'add' | 'remove', child: ChildProcess): void {
    if (child.pid !== undefined && this.#reaper.stdin?.writable === true) {
      this.#reaper.stdin.write(`${what} ${child.pid}\n`)
    }
  }
}
