/** Templates in a thread of their own: whatever they do, the event loop goes on. */
import { type RenderTemplate, WaxsealError } from '@waxseal/core'
import type { Clock } from '../clock.ts'
import { StoreError } from '../ports.ts'
import type { Answer } from './messages.ts'
import type { Rendering, Templates } from './templates.ts'
import { type EndReason, Thread, ThreadEnded } from './thread.ts'

export interface ThreadTemplatesOptions {
  /** The bundle of `worker.ts`. */
  readonly entry: URL
  readonly clock: Clock
  /** Milliseconds for all templates of one SealedSecret, on top of the engine's own limits for each. */
  readonly limitMs?: number
  /** Milliseconds without work after which the thread ends. */
  readonly idleMs?: number
  /** Megabytes for the engine and what it renders. */
  readonly memoryMb?: number
}

/** The engine gives up after 3 s of work; this is for what it does not interrupt, and for many templates together. */
const LIMIT_MS = 10_000
const IDLE_MS = 60_000
/** The engine takes 20; with these the controller stays within the 512 of its container. */
const MEMORY_MB = 128

/**
 * One thread, started at the first template and ended when there was none for a while. It works for one SealedSecret at a
 * time, in the order in which they asked; who asks is bounded by the callers.
 */
export class ThreadTemplates implements Templates {
  readonly #options: ThreadTemplatesOptions
  #thread: Thread | undefined
  /** Resolves when the one before is done. */
  #last: Promise<void> = Promise.resolve()
  #cancelIdle: (() => void) | undefined
  #closed = false

  constructor(options: ThreadTemplatesOptions) {
    this.#options = options
  }

  /** Whether there is a thread now. */
  get running(): boolean {
    return this.#thread?.ended === false
  }

  begin(): Rendering {
    return new ThreadRendering(() => this.#turn())
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancelIdle?.()
    await this.#thread?.end('stopped')
  }

  async #turn(): Promise<Turn> {
    const before = this.#last
    const done = Promise.withResolvers<void>()
    this.#last = done.promise
    await before
    this.#cancelIdle?.()
    const { clock, limitMs = LIMIT_MS, idleMs = IDLE_MS } = this.#options
    let cancelLimit: (() => void) | undefined
    const release = (): void => {
      cancelLimit?.()
      this.#cancelIdle = this.running ? clock.after(idleMs, () => void this.#thread?.end('stopped')) : undefined
      done.resolve()
    }
    try {
      const thread = await this.#started()
      cancelLimit = clock.after(limitMs, () => void thread.end('time'))
      return { thread, release }
    } catch (error) {
      release()
      throw error
    }
  }

  async #started(): Promise<Thread> {
    if (this.#closed) throw new ThreadEnded('stopped')
    const { entry, memoryMb = MEMORY_MB } = this.#options
    if (this.#thread?.ended !== false) this.#thread = new Thread(entry, memoryMb)
    await this.#thread.ready
    return this.#thread
  }
}

/** The thread, for one SealedSecret. */
interface Turn {
  readonly thread: Thread
  readonly release: () => void
}

class ThreadRendering implements Rendering {
  readonly #take: () => Promise<Turn>
  #turn: Turn | undefined
  /** Why nothing more is rendered, and what is said of it. */
  #ended: { readonly reason: EndReason; readonly error: Error } | undefined

  constructor(take: () => Promise<Turn>) {
    this.#take = take
  }

  get interrupted(): boolean {
    return this.#ended?.reason === 'time' || this.#ended?.reason === 'defect'
  }

  readonly render: RenderTemplate = async (name, text, data) => {
    if (this.#ended !== undefined) throw this.#ended.error
    const reply = await this.#ask(name, text, data)
    if (reply.kind === 'failed') throw new WaxsealError(reply.code, reply.message)
    return reply.bytes
  }

  async #ask(name: string, text: string, data: Readonly<Record<string, Uint8Array>>): Promise<Answer> {
    try {
      this.#turn ??= await this.#begin(data)
      return await this.#turn.thread.ask({ kind: 'render', name, text })
    } catch (error) {
      if (!(error instanceof ThreadEnded)) throw error
      const { reason } = error
      this.#ended = { reason, error: explained(name, reason) }
      throw this.#ended.error
    }
  }

  end(): void {
    if (this.#turn?.thread.ended === false) this.#turn.thread.send({ kind: 'end' })
    this.#turn?.release()
    this.#turn = undefined
  }

  async #begin(data: Readonly<Record<string, Uint8Array>>): Promise<Turn> {
    const turn = await this.#take()
    // Copies, because what is sent by reference is gone here, and what is not drags the whole buffer around it along.
    const entries = Object.entries(data).map(([key, value]) => [key, new Uint8Array(value)] as const)
    turn.thread.send(
      { kind: 'data', entries },
      entries.map(([, { buffer }]) => buffer),
    )
    return turn
  }
}

const WORDS: Readonly<Record<Exclude<EndReason, 'stopped'>, string>> = {
  time: 'took too long',
  memory: 'needs too much memory',
  defect: 'failed',
}

function explained(name: string, reason: EndReason): Error {
  if (reason === 'stopped') return new StoreError('unavailable', 'the controller is stopping')
  return new WaxsealError('template-failed', `template: ${name}: ${WORDS[reason]}`)
}
