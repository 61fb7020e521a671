/** The controller as its own process. */
import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ended, isRunning } from '../../kube/children.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

export const NODE: string = `${root}node_modules/.bin/node`
/** Path of a bin, to be run with `NODE`. */
export const bin = (name: 'waxseal' | 'kubeseal' | 'waxseal-controller'): string =>
  `${root}packages/${name === 'waxseal-controller' ? 'controller' : 'cli'}/bin/${name}.js`

export interface ControllerPlace {
  readonly process: ChildProcess
  readonly logFile: string
  /** `http://HOST:PORT` of the API and of the metrics. */
  readonly url: string
  readonly metricsUrl: string
}

export class Controller {
  readonly url: string
  readonly #metricsUrl: string
  readonly #logFile: string
  readonly #process: ChildProcess

  constructor(place: ControllerPlace) {
    this.url = place.url
    this.#metricsUrl = place.metricsUrl
    this.#logFile = place.logFile
    this.#process = place.process
  }

  /** Everything it wrote to stdout and stderr so far. */
  get log(): string {
    return existsSync(this.#logFile) ? readFileSync(this.#logFile, 'utf8') : ''
  }

  /** Process id, for looking at its memory and CPU time. */
  get pid(): number {
    if (this.#process.pid === undefined) throw new Error('the controller did not start')
    return this.#process.pid
  }

  get running(): boolean {
    return isRunning(this.#process)
  }

  get exitCode(): number | null {
    return this.#process.exitCode
  }

  async ready(): Promise<boolean> {
    return (await fetch(`${this.url}/readyz`)).ok
  }

  async certificate(): Promise<string> {
    return (await fetch(`${this.url}/v1/cert.pem`)).text()
  }

  /** Value of a metric, summed over its labels; `labels` limits it to series whose labels contain that text. */
  async metric(name: string, labels = ''): Promise<number> {
    const text = await (await fetch(`${this.#metricsUrl}/metrics`)).text()
    const series = text.split('\n').filter((line) => new RegExp(`^${name}[ {]`).test(line) && line.includes(labels))
    return series.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }

  /** Sends a signal and resolves when the process has ended. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#process.kill(signal)
    await ended(this.#process)
  }
}
