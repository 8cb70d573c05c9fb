import { setImmediate as yieldToEventLoop } from 'node:timers/promises'
import { realTimers, type Timers } from './clock.ts'
import type { Monitor } from './monitor.ts'
import type { ChangeCursor, LoggedChange, Store } from './store.ts'

/** Changes that one query reads, and that wait for one subscription. */
const pageSize = 100
/** For so long changes are gathered before they are read. */
const batchDelayMs = 10
const retryDelayMs = 1_000

interface Deps {
  store: Pick<Store, 'changesAfter' | 'onChange'>
  monitor: Pick<Monitor, 'failed'>
  timers?: Timers
}

/** Reads the store's log of changes for the subscriptions of this process: those at the same position share a query. */
export class ChangeLog {
  readonly #deps: Deps
  readonly #timers: Timers
  readonly #subscriptions = new Set<{ wake(): void }>()
  /** Queries by cursor: those in progress, and those that found nothing, until there is something. */
  readonly #reads = new Map<string, Promise<LoggedChange[] | null>>()
  #wakeTimer: unknown = null
  #stopListening: (() => void) | null = null

  constructor(deps: Deps) {
    this.#deps = deps
    this.#timers = deps.timers ?? realTimers
  }

  start(): void {
    const wakeSoon = () => this.#wakeIn(batchDelayMs)
    this.#stopListening = this.#deps.store.onChange(wakeSoon, wakeSoon)
  }

  stop(): void {
    this.#stopListening?.()
    this.#timers.clear(this.#wakeTimer)
  }

  /** How many subscriptions are open. */
  get size(): number {
    return this.#subscriptions.size
  }

  add(subscription: { wake(): void }): void {
    this.#subscriptions.add(subscription)
  }

  remove(subscription: { wake(): void }): void {
    this.#subscriptions.delete(subscription)
  }

  /**
   * The changes after `cursor`, or some of them; empty if there are none yet, or the store cannot be read now: a wake
   * follows. Null if the log no longer has all of them.
   */
  read(cursor: ChangeCursor): Promise<readonly LoggedChange[] | null> {
    const key = `${cursor.position} ${cursor.changedAt}`
    const reading = this.#reads.get(key) ?? this.#read(cursor, key)
    this.#reads.set(key, reading)
    return reading
  }

  async #read(cursor: ChangeCursor, key: string): Promise<LoggedChange[] | null> {
    // Those that are woken together share the query, and a long replay does not keep everything else waiting.
    await yieldToEventLoop()
    try {
      const changes = await this.#deps.store.changesAfter(cursor, pageSize)
      if (changes?.length !== 0) this.#reads.delete(key)
      return changes
    } catch (error) {
      this.#deps.monitor.failed('reading the log of changes', error)
      this.#reads.delete(key)
      this.#wakeIn(retryDelayMs)
      return []
    }
  }

  #wakeIn(delayMs: number): void {
    if (this.#subscriptions.size === 0) this.#reads.clear()
    else this.#wakeTimer ??= this.#timers.set(() => this.#wake(), delayMs)
  }

  #wake(): void {
    this.#wakeTimer = null
    // What is being read may be older than the change.
    this.#reads.clear()
    for (const subscription of [...this.#subscriptions]) subscription.wake()
  }
}
