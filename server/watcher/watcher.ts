import { randomUUID } from 'node:crypto'
import { realTimers, type Timers } from '../share-requests/clock.ts'
import { type IdentityService, IdentityServiceError } from '../share-requests/identity-service.ts'
import type { Monitor } from '../share-requests/monitor.ts'
import type { PendingShareRequest } from '../share-requests/share-request.ts'
import type { Schedule, Store } from '../share-requests/store.ts'
import { inNewTrace, PendingCheckLinks, spanAttributes } from '../share-requests/tracing.ts'
import { Budget } from './budget.ts'
import { StatusCheck } from './check.ts'
import { KeyedRunner } from './keyed-runner.ts'
import { nextCheckAt, type WatcherSettings } from './schedule.ts'

interface Deps {
  store: Store
  identityService: IdentityService
  monitor: Monitor
  settings: WatcherSettings
  /** Upstream requests per second that the Partner grants itself, shared by all its gateways that are alive. */
  upstreamBudget: number
  /** Ids of the share requests that have a subscriber here. */
  watchedIds: () => string[]
  timers?: Timers
}

/**
 * What came of a check: Portmone answered and that has taken effect; or it was put off, for want of budget, because
 * another gateway is at it or because this one stops; or Portmone gave no answer.
 */
export type StatusCheckResult = 'asked' | 'deferred' | IdentityServiceError

/** Pieces of work that run at once. */
const maxInFlight = 256
/** Milliseconds in which subscriptions and ended pieces of work gather before they are written together. */
const batchDelayMs = 50
/** Milliseconds after which the store is looked at again although nothing seems due: others write to it too. */
const maxSleepMs = 2_000
const heartbeatIntervalMs = 5_000

/**
 * Learns what becomes of the pending share requests. The store is its queue: what is due longest is claimed first, as
 * much as the upstream budget lets, and the claim itself says when the request is due again. So there is one timer,
 * nothing to rebuild after a restart, and the same code shares the work of several gateways. A deadline is a check
 * that falls due at `expiresAt`; a pull of facts that must be repeated is a piece of work as well.
 */
export class Watcher {
  readonly #deps: Deps
  readonly #timers: Timers
  readonly #budget: Budget
  readonly #check: StatusCheck
  readonly #id = randomUUID()
  readonly #runner: KeyedRunner<StatusCheckResult>
  readonly #pendingCheckLinks = new PendingCheckLinks()
  #finished: { id: string; nextWorkAt?: number }[] = []
  readonly #newlySubscribed = new Set<string>()
  #flushTimer: unknown = null
  #flushing: Promise<void> = Promise.resolve()
  #timer: unknown = null
  /** When the next tick begins: the timer's time, or that of a tick which waits for the one before it to end. */
  #wakeAt = Number.POSITIVE_INFINITY
  #ticks: Promise<void> = Promise.resolve()
  #running = false
  #heartbeatAt = 0
  /** Gateways, as the last heartbeat told; null before the first. */
  #alive: number | null = null
  #rewatchAt = 0

  constructor(deps: Deps) {
    this.#deps = deps
    this.#timers = deps.timers ?? realTimers
    this.#budget = new Budget(deps.upstreamBudget, () => deps.store.now())
    this.#check = new StatusCheck(deps, this.#budget)
    this.#runner = new KeyedRunner({
      onShared: () => deps.monitor.checkSaved(),
      onFailure: (error) => deps.monitor.failed('a check', error),
    })
  }

  start(): void {
    this.#running = true
    this.#wake(0)
  }

  /** Takes no more work, waits for what is under way, and writes down what has ended. */
  async stop(): Promise<void> {
    this.#running = false
    this.#timers.clear(this.#timer)
    await this.#ticks
    await this.#runner.ended()
    this.#timers.clear(this.#flushTimer)
    await this.#flush()
  }

  /** Notes that `id` has a subscriber now: it is asked for often. */
  subscribed(id: string): void {
    if (!this.#running) return
    this.#newlySubscribed.add(id)
    this.#scheduleFlush()
  }

  /** Notes that there is work due at `at`, milliseconds since the epoch. */
  wakeAt(at: number): void {
    this.#wake(at - this.#deps.store.now())
  }

  /**
   * Asks Portmone about `id` now, whenever it is due, and resolves when the answer has taken effect. There is never a
   * second call in flight for one request: who comes while one is shares the one that follows it, since the running
   * one may have asked too early.
   */
  check(id: string): Promise<StatusCheckResult> {
    return this.#pendingCheckLinks.during(id, () =>
      this.#runner.runNext(id, () => this.#claim(id), 'deferred'),
    )
  }

  async #claim(id: string): Promise<void> {
    const { store, settings } = this.#deps
    await this.#flush()
    if (!this.#running) return
    if (this.#budget.available < 1) {
      await store.watch([id], store.now(), 0)
      this.#wake(this.#budget.wait)
      return
    }
    // Before the claim: many hints may be waiting for theirs at once.
    this.#budget.take(1)
    let request: PendingShareRequest | null = null
    try {
      request = await store.claim(id, { lease: settings.leaseMs, next: this.#schedule })
    } finally {
      if (request === null) this.#budget.refund(1)
    }
    if (request === null) {
      // The tick may have claimed it meanwhile, and not know yet that it has.
      await this.#ticks
      return
    }
    this.#runner.runNow(id, () => this.#runCheck(request), true)
  }

  /** One piece of work on a claimed request, to its end. Every way out of it gives the lease back. */
  async #runCheck(request: PendingShareRequest): Promise<StatusCheckResult> {
    let nextWorkAt: number | undefined
    try {
      const { id } = request
      nextWorkAt = await inNewTrace('check', spanAttributes(request), this.#pendingCheckLinks.of(id), () =>
        this.#check.run(request),
      )
      return 'asked'
    } catch (error) {
      if (!(error instanceof IdentityServiceError)) throw error
      return error
    } finally {
      this.#finished.push(nextWorkAt === undefined ? { id: request.id } : { id: request.id, nextWorkAt })
      this.#scheduleFlush()
    }
  }

  readonly #schedule: Schedule = (request, watched) => {
    const at = nextCheckAt(this.#deps.settings, request, watched, this.#deps.store.now())
    this.wakeAt(at)
    return at
  }

  #wake(delay: number): void {
    if (!this.#running) return
    const at = this.#deps.store.now() + Math.max(0, delay)
    if (at >= this.#wakeAt) return
    this.#wakeAt = at
    this.#timers.clear(this.#timer)
    this.#timer = this.#timers.set(
      () => {
        this.#ticks = this.#ticks.then(() => this.#tick())
      },
      Math.max(0, delay),
    )
  }

  async #tick(): Promise<void> {
    if (!this.#running) return
    this.#wakeAt = Number.POSITIVE_INFINITY
    let delay = maxSleepMs
    try {
      await this.#flush()
      await this.#keepAlive()
      delay = await this.#claimDue()
    } catch (error) {
      this.#deps.monitor.failed('watching share requests', error)
    }
    this.#wake(Math.min(delay, maxSleepMs))
  }

  /** @returns the milliseconds until there may be more to do. */
  async #claimDue(): Promise<number> {
    const { store, settings } = this.#deps
    const limit = Math.min(this.#budget.available, maxInFlight - this.#runner.size)
    if (limit < 1) return Math.max(this.#budget.wait, batchDelayMs)
    const claimed = await store.claimDue({ limit, lease: settings.leaseMs, next: this.#schedule })
    this.#budget.take(claimed.length)
    // One that is under way still, longer than its lease was good for, is not begun again.
    for (const request of claimed) this.#runner.runNow(request.id, () => this.#runCheck(request), false)
    if (claimed.length === limit) return Math.max(this.#budget.wait, batchDelayMs)
    const next = await store.nextWorkAt()
    return next === null ? maxSleepMs : next - store.now()
  }

  /** Tells the other gateways that this one lives, and that what is followed here is followed still. */
  async #keepAlive(): Promise<void> {
    const { store, settings, watchedIds } = this.#deps
    const now = store.now()
    if (now >= this.#heartbeatAt) {
      this.#takeShare(await store.heartbeat(this.#id, 3 * heartbeatIntervalMs))
      this.#heartbeatAt = now + heartbeatIntervalMs
    }
    if (now >= this.#rewatchAt) {
      const ids = watchedIds()
      if (ids.length > 0) await store.watch(ids, now + settings.watchTtlMs, now + settings.maxPollIntervalMs)
      this.#rewatchAt = now + settings.watchTtlMs / 3
    }
  }

  /**
   * Takes an equal part of the budget, given how many gateways are alive. One that joins others leaves them what they
   * may have taken of this second. A greater part is taken only at the second heartbeat that tells of it: after the
   * database was away for long, nobody seems to be alive but the first that comes back.
   */
  #takeShare(alive: number): void {
    const before = this.#alive ?? alive
    if (this.#alive === null && alive > 1) this.#budget.empty()
    this.#budget.rate = this.#deps.upstreamBudget / Math.max(1, alive, before)
    this.#alive = alive
  }

  #scheduleFlush(): void {
    this.#flushTimer ??= this.#timers.set(() => {
      this.#flushTimer = null
      this.#flush().catch((error) => this.#deps.monitor.failed('writing what the watcher did', error))
    }, batchDelayMs)
  }

  /** Writes the ended pieces of work and the new subscribers; what could not be written is, the next time. */
  #flush(): Promise<void> {
    this.#flushing = this.#flushing
      .catch(() => {})
      .then(async () => {
        if (this.#finished.length === 0 && this.#newlySubscribed.size === 0) return
        await this.#flushFinished()
        await this.#flushSubscribed()
        // What a lease held back until now may have been due for long.
        const next = await this.#deps.store.nextWorkAt()
        if (next !== null) this.wakeAt(next)
      })
    return this.#flushing
  }

  async #flushFinished(): Promise<void> {
    const finished = this.#finished
    if (finished.length === 0) return
    this.#finished = []
    try {
      await this.#deps.store.finish(finished)
    } catch (error) {
      this.#finished.unshift(...finished)
      throw error
    }
  }

  async #flushSubscribed(): Promise<void> {
    const { store, settings } = this.#deps
    const joined = [...this.#newlySubscribed]
    if (joined.length === 0) return
    await store.watch(joined, store.now() + settings.watchTtlMs, store.now() + settings.minPollIntervalMs)
    for (const id of joined) this.#newlySubscribed.delete(id)
  }
}
