import type { Timers } from '../share-requests/clock.ts'
import type { Monitor } from '../share-requests/monitor.ts'
import type { FinishedWork, Store } from '../share-requests/store.ts'
import type { WatcherSettings } from './schedule.ts'

interface Deps {
  store: Pick<Store, 'now' | 'finish' | 'watch' | 'nextWorkAt'>
  monitor: Pick<Monitor, 'failed'>
  settings: WatcherSettings
  timers: Timers
  /** Ids of the share requests that have a subscriber here. */
  watchedIds: () => string[]
  /** Called after a flush with the time at which work is due next, in milliseconds since the epoch. */
  onFlushed: (nextWorkAt: number) => void
}

/** How long finished checks and new watches are collected before they are written together. */
export const batchDelayMs = 50

/** Writes finished checks and watches in batches, a little later. */
export class WriteBehind {
  readonly #deps: Deps
  #finished: FinishedWork[] = []
  /** Ids of finished checks whose lease has not been given back yet. */
  readonly #finishing = new Set<string>()
  readonly #newlyWatched = new Set<string>()
  /** When the watch of an id is to be written again, by the monotonic clock: thousands of reads cost one write. */
  readonly #rewriteAt = new Map<string, number>()
  #timer: unknown = null
  #flushing: Promise<void> = Promise.resolve()
  #rewatchAt = Number.NEGATIVE_INFINITY

  constructor(deps: Deps) {
    this.#deps = deps
  }

  finish(work: FinishedWork): void {
    this.#finished.push(work)
    this.#finishing.add(work.id)
    this.#schedule()
  }

  /** Whether a check of `id` has finished whose lease has not been given back yet: `flush` does that. */
  isFinishing(id: string): boolean {
    return this.#finishing.has(id)
  }

  watch(id: string): void {
    const { settings, timers } = this.#deps
    const now = timers.monotonicNow()
    if (now < (this.#rewriteAt.get(id) ?? now)) return
    this.#rewriteAt.set(id, now + settings.watchTtlMs / 2)
    this.#newlyWatched.add(id)
    this.#schedule()
  }

  /** Writes the watches of all subscribers here with the next flush, whenever they were written last. */
  rewatch(): void {
    this.#rewriteAt.clear()
    for (const id of this.#deps.watchedIds()) this.watch(id)
  }

  /** Renews the watches of all subscribers here, if that is due: a watch ends when it is not renewed. */
  async renewWatches(): Promise<void> {
    const { store, settings, timers, watchedIds } = this.#deps
    const monotonicNow = timers.monotonicNow()
    if (monotonicNow < this.#rewatchAt) return
    for (const [id, at] of this.#rewriteAt) if (at <= monotonicNow) this.#rewriteAt.delete(id)
    const ids = watchedIds()
    const now = store.now()
    if (ids.length > 0) await store.watch(ids, now + settings.watchTtlMs, now + settings.maxPollIntervalMs)
    this.#rewatchAt = monotonicNow + settings.watchTtlMs / 3
  }

  /** Writes everything collected so far. What could not be written stays for the next flush. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing
      .catch(() => {})
      .then(async () => {
        if (this.#finished.length === 0 && this.#newlyWatched.size === 0) return
        const { store, onFlushed } = this.#deps
        const hasFinished = this.#finished.length > 0
        await this.#flushFinished()
        await this.#flushWatched()
        // Work whose lease has just ended may be overdue.
        const next = hasFinished ? await store.nextWorkAt() : null
        if (next !== null) onFlushed(next)
      })
    return this.#flushing
  }

  /** Writes everything, and sets no more timers. What cannot be written is left to the ends of its leases. */
  async stop(): Promise<void> {
    this.#deps.timers.clear(this.#timer)
    await this.#flushOrReport()
  }

  #flushOrReport(): Promise<void> {
    return this.flush().catch((error) => this.#deps.monitor.failed('writing what the watcher did', error))
  }

  #schedule(): void {
    this.#timer ??= this.#deps.timers.set(() => {
      this.#timer = null
      void this.#flushOrReport()
    }, batchDelayMs)
  }

  async #flushFinished(): Promise<void> {
    const finished = this.#finished
    if (finished.length === 0) return
    this.#finished = []
    try {
      await this.#deps.store.finish(finished)
      for (const { id } of finished) this.#finishing.delete(id)
    } catch (error) {
      this.#finished.unshift(...finished)
      throw error
    }
  }

  async #flushWatched(): Promise<void> {
    const { store, settings } = this.#deps
    const ids = [...this.#newlyWatched]
    if (ids.length === 0) return
    const dueBy = store.now() + settings.minPollIntervalMs
    await store.watch(ids, store.now() + settings.watchTtlMs, dueBy)
    this.#deps.onFlushed(dueBy)
    for (const id of ids) this.#newlyWatched.delete(id)
  }
}
