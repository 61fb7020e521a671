/** Figures of the work queue, named as client-go names those of its queues. */
import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client'
import type { QueueObserver, WorkQueue } from './queue.ts'

const PREFIX = 'waxseal_workqueue_'

/** Seconds, from a millisecond to some minutes: those of client-go are powers of ten, too coarse to see a slow minute. */
const BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 10, 30, 60, 300]

export class QueueMetrics implements QueueObserver {
  readonly #adds: Counter
  readonly #retries: Counter
  readonly #waited: Histogram
  readonly #worked: Histogram
  /** The queue of the present term; none while another process leads. */
  #queue: WorkQueue | undefined

  constructor(registry: Registry) {
    const registers = [registry]
    const shown = (name: string, help: string, value: (queue: WorkQueue) => number): Gauge => {
      const queue = (): WorkQueue | undefined => this.#queue
      return new Gauge({
        name: `${PREFIX}${name}`,
        help,
        registers: [],
        collect() {
          const now = queue()
          this.set(now === undefined ? 0 : value(now))
        },
      })
    }
    for (const gauge of [
      shown('depth', 'SealedSecrets that wait to be looked at', (queue) => queue.length),
      shown(
        'unfinished_work_seconds',
        'Sum of how long what is in work has been in work',
        (queue) => queue.unfinishedMs / 1000,
      ),
      shown(
        'longest_running_processor_seconds',
        'How long the oldest work has been going on',
        (queue) => queue.longestMs / 1000,
      ),
    ])
      registry.registerMetric(gauge)
    this.#adds = new Counter({ name: `${PREFIX}adds_total`, help: 'SealedSecrets added to the queue', registers })
    this.#retries = new Counter({
      name: `${PREFIX}retries_total`,
      help: 'Looks that have to be repeated later',
      registers,
    })
    this.#waited = new Histogram({
      ...{ name: `${PREFIX}queue_duration_seconds`, help: 'How long a SealedSecret waits before it is looked at' },
      ...{ buckets: BUCKETS, registers },
    })
    this.#worked = new Histogram({
      ...{ name: `${PREFIX}work_duration_seconds`, help: 'How long looking at a SealedSecret takes' },
      ...{ buckets: BUCKETS, registers },
    })
  }

  /** The queue that `depth` and the like are about. */
  watch(queue: WorkQueue | undefined): void {
    this.#queue = queue
  }

  added(): void {
    this.#adds.inc()
  }

  retried(): void {
    this.#retries.inc()
  }

  waited(ms: number): void {
    this.#waited.observe(ms / 1000)
  }

  worked(ms: number): void {
    this.#worked.observe(ms / 1000)
  }
}
