import { realTimers, type Timers } from '../share-requests/clock.ts'
import type { Monitor } from '../share-requests/monitor.ts'
import type { Store } from '../share-requests/store.ts'

interface Deps {
  store: Store
  monitor: Monitor
  /** How long a terminal share request is kept. */
  retentionMs: number
  timers?: Timers
}

/** From the end of one round of deletion to the next. */
const roundIntervalMs = 60_000
/** The most that one transaction deletes, so that none holds up other writes for long. */
const maxBatchSize = 1_000

/** Deletes what has been terminal for longer than the retention time: its history and its clientSecret are gone then. */
export class Retention {
  readonly #deps: Deps
  readonly #timers: Timers
  #timer: unknown = null
  #round: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(deps: Deps) {
    this.#deps = deps
    this.#timers = deps.timers ?? realTimers
  }

  start(): void {
    this.#timer = this.#timers.set(() => {
      this.#round = this.#deleteOld()
        .catch((error) => this.#deps.monitor.failed('deleting old share requests', error))
        .finally(() => {
          if (!this.#stopped) this.start()
        })
    }, roundIntervalMs)
  }

  /** Resolves when no deletion is in progress. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#timers.clear(this.#timer)
    await this.#round
  }

  async #deleteOld(): Promise<void> {
    const { store, retentionMs } = this.#deps
    const before = store.now() - retentionMs
    while (!this.#stopped && (await store.deleteBefore(before, maxBatchSize)) === maxBatchSize);
  }
}
