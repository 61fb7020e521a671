import { Worker } from 'node:worker_threads'
import { codeOf } from '../system-error.ts'
import type { Answer, Reply, Request } from './messages.ts'

/** `time`, `stopped`: as told to `end`. `memory`: it needed more than it may have. `defect`: it ended by itself. */
export type EndReason = 'time' | 'stopped' | 'memory' | 'defect'

export class ThreadEnded extends Error {
  readonly reason: EndReason

  constructor(reason: EndReason) {
    super(`the thread has ended: ${reason}`)
    this.name = 'ThreadEnded'
    this.reason = reason
  }
}

/** Of V8's young generation, less than its 48: a thread that renders now and then does not need them. */
const YOUNG_MB = 16

/** One thread from start to end. One request at a time. */
export class Thread {
  readonly #worker: Worker
  readonly #started = Promise.withResolvers<void>()
  #waiting: PromiseWithResolvers<Answer> | undefined
  #ended: EndReason | undefined

  /**
   * @param entry the bundle of `worker.ts`
   * @param memoryMb megabytes of JavaScript objects that it may have
   */
  constructor(entry: URL, memoryMb: number) {
    // Nothing of the process is passed on, and nothing that the thread could print reaches the log.
    const shut = { env: {}, argv: [], execArgv: [], stdin: false, stdout: true, stderr: true }
    this.#started.promise.catch(() => undefined)
    this.#worker = new Worker(entry, {
      ...shut,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
      name: 'templates',
    })
    this.#worker.on('message', (reply: Reply) => {
      if (reply.kind === 'ready') this.#started.resolve()
      else this.#waiting?.resolve(reply)
    })
    this.#worker.once('error', (error) => {
      void this.end(codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'defect')
    })
    this.#worker.once('exit', () => void this.end('defect'))
  }

  get ended(): boolean {
    return this.#ended !== undefined
  }

  /** Resolves when it can take requests; rejects with ThreadEnded. */
  get ready(): Promise<void> {
    return this.#started.promise
  }

  send(request: Request, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(request, [...transfer])
  }

  /** Rejects with ThreadEnded. */
  ask(request: Extract<Request, { kind: 'render' }>): Promise<Answer> {
    if (this.#ended !== undefined) return Promise.reject(new ThreadEnded(this.#ended))
    this.#waiting = Promise.withResolvers()
    this.send(request)
    return this.#waiting.promise
  }

  /** Ends it at once, whatever it is doing. Resolves when its memory is free. */
  async end(reason: EndReason): Promise<void> {
    this.#ended ??= reason
    const error = new ThreadEnded(this.#ended)
    this.#started.reject(error)
    this.#waiting?.reject(error)
    await this.#worker.terminate()
  }
}
