import { connect, connectApi } from '../cluster/connect.ts'
import type { Context } from '../context.ts'
import { sealingThreads } from '../sealing/threads.ts'
import { nodeFiles } from './files.ts'
import { nodeHttp } from './http.ts'
import { inputOf, outputOf } from './streams.ts'

/** The real surroundings of a command. */
export function nodeContext(): Context {
  return {
    env: process.env,
    stdin: inputOf(0, () => process.stdin.isTTY),
    stdout: outputOf(1, 'standard output', () => process.stdout.isTTY),
    stderr: outputOf(2, 'standard error', () => process.stderr.isTTY),
    files: nodeFiles,
    http: nodeHttp,
    now: () => new Date(),
    connect: (options) => connect(nodeFiles, process.env, options),
    connectApi: (options) => connectApi(nodeFiles, process.env, options),
    sealingThreads: (spkis) => sealingThreads(new URL('./lazy/thread.js', import.meta.url), spkis),
  }
}
