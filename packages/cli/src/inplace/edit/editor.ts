/** The person's editor, and the signals that may come while it runs. */
import type { ChildProcess } from 'node:child_process'
import type { Env } from '../../context.ts'
import { CliError } from '../../messages.ts'

const SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const
type Signal = (typeof SIGNALS)[number]

/** 126 and 127 are what a shell says of a program that it cannot run. */
const CANNOT_RUN = [126, 127]

export interface Editor {
  /** Returns when it was closed; CliError when it failed. */
  run(path: string): Promise<void>
  /** Gives the signals back. */
  close(): void
}

/**
 * $VISUAL, $EDITOR or vi, as a shell reads them (`code --wait`). Until `close`, a signal that ends this program runs `cleanUp` first. Those
 * that a terminal sends to all its programs are the editor's own while it runs, as an interrupt means something else there.
 */
export function openEditor({ VISUAL, EDITOR }: Env, hasTerminal: boolean, cleanUp: () => void): Editor {
  const command = VISUAL || EDITOR || 'vi'
  let child: ChildProcess | undefined
  const onSignal = (signal: Signal): void => {
    if (child !== undefined && hasTerminal && (signal === 'SIGINT' || signal === 'SIGQUIT')) return
    child?.kill('SIGTERM')
    cleanUp()
    close()
    process.kill(process.pid, signal)
  }
  const close = (): void => {
    for (const signal of SIGNALS) process.off(signal, onSignal)
    process.off('exit', cleanUp)
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  process.on('exit', cleanUp)
  return {
    close,
    async run(path) {
      const { spawn } = process.getBuiltinModule('node:child_process')
      const running = spawn('sh', ['-c', `${command} "$@"`, command, path], { stdio: 'inherit' })
      child = running
      const { code, signal } = await ended(running)
      child = undefined
      if (code === 0) return
      const how = code === null ? `signal ${signal}` : `exit code ${code}`
      throw new CliError(`the editor ${JSON.stringify(command)} failed (${how}): nothing was changed`, {
        hint: CANNOT_RUN.includes(code ?? 0) ? 'EDITOR names the editor, such as EDITOR=nano' : undefined,
      })
    },
  }
}

function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new CliError('no shell to start the editor with', { cause })))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}
