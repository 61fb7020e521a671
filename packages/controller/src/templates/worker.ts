/**
 * The thread that renders: a bundle of its own, started by `thread.ts` without environment and arguments. It knows the
 * values of one SealedSecret at a time.
 */
import { parentPort } from 'node:worker_threads'
import { WaxsealError } from '@waxseal/core'
import { render } from '@waxseal/core/template'
import type { Answer, Reply, Request } from './messages.ts'

let data: Readonly<Record<string, Uint8Array>> = {}

/** Milliseconds of this thread's own work: on a busy machine a template has no less time than on an idle one. */
function elapsed(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function answer({ name, text }: { readonly name: string; readonly text: string }): Answer {
  try {
    return { kind: 'rendered', bytes: new Uint8Array(render(name, text, data, { ports: { elapsed } })) }
  } catch (error) {
    if (error instanceof WaxsealError) return { kind: 'failed', code: error.code, message: error.message }
    return { kind: 'failed', code: 'template-failed', message: `template: ${name}: failed` }
  }
}

function wipe(): void {
  for (const bytes of Object.values(data)) bytes.fill(0)
  data = {}
}

function receive(request: Request): void {
  switch (request.kind) {
    case 'data':
      data = Object.fromEntries(request.entries)
      break
    case 'render': {
      const reply = answer(request)
      parentPort?.postMessage(reply, reply.kind === 'rendered' ? [reply.bytes.buffer] : [])
      break
    }
    case 'end':
      wipe()
      break
  }
}

parentPort?.on('message', receive)
parentPort?.postMessage({ kind: 'ready' } satisfies Reply)
