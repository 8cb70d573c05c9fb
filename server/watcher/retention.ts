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

/** From the end of one run to the start of the next. */
const roundIntervalMs = 60_000
/** Maximum per transaction, so that none blocks other writes for long. */
const maxBatchSize = 1_000

/**
 * Deletes share requests that have been terminal for longer than the retention time, with their history. Completes what
 * gateways of an earlier version have stored.
 */
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
      this.#round = this.#completeApprovals()
        .catch((error) => this.#deps.monitor.failed('completing approvals of an earlier version', error))
        .then(() => this.#deleteOld())
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

  async #completeApprovals(): Promise<void> {
    while (!this.#stopped && (await this.#deps.store.fillInPassed(maxBatchSize)) === maxBatchSize);
  }

  async #deleteOld(): Promise<void> {
    const { store, retentionMs } = this.#deps
    const before = store.now() - retentionMs
    while (!this.#stopped && (await store.deleteBefore(before, maxBatchSize)) === maxBatchSize);
  }
}
