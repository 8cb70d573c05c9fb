import { realTimers, type Timers } from '../share-requests/clock.ts'
import type { Monitor } from '../share-requests/monitor.ts'
import type { Store } from '../share-requests/store.ts'
import type { Topics } from '../share-requests/topics.ts'

interface Deps {
  store: Pick<Store, 'onChange' | 'findAll'>
  topics: Topics
  monitor: Pick<Monitor, 'failed'>
  timers?: Timers
}

/** Share requests that are read in one query. */
const maxBatchSize = 500
const retryDelayMs = 1_000

/**
 * Delivers the store's changes to the subscribers here. Those that another gateway made are read first: in batches, and
 * again until that works, since a terminal change is the last one that its subscribers could receive. A share request
 * that is no longer found was erased: its subscriptions end.
 */
export class ChangeFeed {
  readonly #deps: Deps
  readonly #unread = new Set<string>()
  #isReading = false
  #stopListening: (() => void) | null = null

  constructor(deps: Deps) {
    this.#deps = deps
  }

  start(): void {
    const { store, topics } = this.#deps
    this.#stopListening = store.onChange(
      ({ id, request }) => (request === undefined ? this.#note([id]) : topics.publish(request)),
      () => this.#note(topics.ids()),
    )
  }

  stop(): void {
    this.#stopListening?.()
    this.#stopListening = null
  }

  #note(ids: readonly string[]): void {
    for (const id of ids) if (this.#deps.topics.has(id)) this.#unread.add(id)
    if (this.#isReading) return
    this.#isReading = true
    void this.#read()
  }

  /** Reads the noted changes, including those noted meanwhile. */
  async #read(): Promise<void> {
    const { store, topics, monitor, timers = realTimers } = this.#deps
    while (this.#unread.size > 0 && this.#stopListening !== null) {
      const ids = [...this.#unread].slice(0, maxBatchSize)
      // Before they are read: the answer may lack a change that arrives meanwhile.
      for (const id of ids) this.#unread.delete(id)
      try {
        const found = await store.findAll(ids)
        for (const request of found) topics.publish(request)
        const existing = new Set(found.map(({ id }) => id))
        for (const id of ids) if (!existing.has(id)) topics.end(id)
      } catch (error) {
        monitor.failed('reading changes', error)
        for (const id of ids) if (topics.has(id)) this.#unread.add(id)
        timers.set(() => void this.#read(), retryDelayMs)
        return
      }
    }
    this.#isReading = false
  }
}
