import { realTimers, type Timers } from '../share-requests/clock.ts'
import { type IdentityService, IdentityServiceError } from '../share-requests/identity-service.ts'
import type { Monitor } from '../share-requests/monitor.ts'
import type { PendingShareRequest } from '../share-requests/share-request.ts'
import type { Schedule, Store } from '../share-requests/store.ts'
import { inNewTrace, PendingCheckLinks, spanAttributes } from '../share-requests/tracing.ts'
import type { StatusCheckResult, Watcher } from '../share-requests/watcher.ts'
import type { Budget } from './budget.ts'
import { BudgetShare } from './budget-share.ts'
import { type CheckEnd, StatusCheck } from './check.ts'
import { ClockSteps } from './clock-steps.ts'
import { KeyedRunner } from './keyed-runner.ts'
import { nextCheckAt, type WatcherSettings } from './schedule.ts'
import { batchDelayMs, WriteBehind } from './write-behind.ts'

interface Deps {
  store: Store
  identityService: IdentityService
  monitor: Monitor
  settings: WatcherSettings
  budget: Budget
  /** Upstream requests per second, shared by all gateways that are alive. */
  upstreamBudget: number
  /** Ids of the share requests that have a subscriber here. */
  watchedIds: () => string[]
  timers?: Timers
}

const maxChecksInFlight = 256
/** The store is polled after this time even if nothing seems due, because other gateways write to it too. */
const maxSleepMs = 2_000

/**
 * Polls the issuer for the status of pending share requests. The store is its queue: the longest due are claimed first,
 * as many as the upstream budget allows, and the claim itself sets when a share request is due again. So there is one
 * timer, nothing to rebuild after a restart, and the same code shares the work among several
 * gateways. A deadline is a check that falls due at `expiresAt`; fetching facts again is a check as well.
 */
export class PollingWatcher implements Watcher {
  readonly #deps: Deps
  readonly #timers: Timers
  readonly #share: BudgetShare
  readonly #clockSteps: ClockSteps
  readonly #writes: WriteBehind
  readonly #check: StatusCheck
  readonly #runner: KeyedRunner<StatusCheckResult>
  readonly #pendingCheckLinks = new PendingCheckLinks()
  #timer: unknown = null
  /** When the next tick begins, by the monotonic clock: the timer's time, or that of a tick that waits for another. */
  #wakeAt = Number.POSITIVE_INFINITY
  #ticks: Promise<void> = Promise.resolve()
  #running = false

  constructor(deps: Deps) {
    const timers = deps.timers ?? realTimers
    this.#deps = deps
    this.#timers = timers
    this.#share = new BudgetShare({ ...deps, timers })
    this.#clockSteps = new ClockSteps({ ...deps, timers, onStep: () => this.#writes.rewatch() })
    this.#writes = new WriteBehind({ ...deps, timers, onFlushed: (at) => this.#wakeFor(at) })
    this.#check = new StatusCheck({ ...deps, timers })
    this.#runner = new KeyedRunner({
      onShared: () => deps.monitor.checkSaved(),
      onFailure: (error) => deps.monitor.failed('a check', error),
    })
  }

  start(): void {
    this.#running = true
    this.#wake(0)
  }

  /** Starts nothing new, waits for what is in progress, and flushes finished checks. */
  async stop(): Promise<void> {
    this.#running = false
    this.#timers.clear(this.#timer)
    await this.#ticks
    await this.#runner.idle()
    await this.#writes.stop()
  }

  watch(id: string): void {
    if (this.#running) this.#writes.watch(id)
  }

  scheduleFirstCheck(expiresAt: number): number {
    const at = Math.min(this.#deps.store.now() + this.#deps.settings.unwatchedIntervalMs, expiresAt)
    this.#wakeFor(at)
    return at
  }

  check(id: string): Promise<StatusCheckResult> {
    return this.#pendingCheckLinks.during(id, () =>
      this.#runner.runNext(id, () => this.#claim(id), 'deferred'),
    )
  }

  async #claim(id: string): Promise<void> {
    const { store, settings, budget } = this.#deps
    await this.#writes.flush()
    if (!this.#running) return
    if (budget.available('check') < 1) {
      await store.watch([id], store.now(), 0)
      this.#wake(budget.waitMs('check'))
      return
    }
    // Before the claim: many hints may be waiting for theirs at once.
    budget.take('check', 1)
    let request: PendingShareRequest | null = null
    try {
      request = await store.claim(id, { lease: settings.leaseMs, next: this.#schedule })
    } finally {
      if (request === null) budget.refund('check', 1)
    }
    if (request === null) {
      // A tick may have claimed it meanwhile without having begun its check.
      await this.#ticks
      return
    }
    this.#runner.runNow(id, () => this.#runCheck(request), { requested: true })
  }

  /** Checks a claimed share request. Every path releases the lease, unless the work no longer exists. */
  async #runCheck(request: PendingShareRequest): Promise<StatusCheckResult> {
    const { id } = request
    let end: CheckEnd = 'as claimed'
    try {
      end = await inNewTrace('check', spanAttributes(request), this.#pendingCheckLinks.of(id), () =>
        this.#check.run(request),
      )
      return 'asked'
    } catch (error) {
      if (!(error instanceof IdentityServiceError)) throw error
      return error
    } finally {
      if (end !== 'ended') this.#writes.finish(end === 'as claimed' ? { id } : { id, nextWorkAt: end })
    }
  }

  readonly #schedule: Schedule = (request, watched) => {
    const at = nextCheckAt(this.#deps.settings, request, watched, this.#deps.store.now())
    this.#wakeFor(at)
    return at
  }

  /** Makes sure that a tick begins when work falls due at `at`, in milliseconds since the epoch. */
  #wakeFor(at: number): void {
    this.#wake(at - this.#deps.store.now())
  }

  #wake(delayMs: number): void {
    if (!this.#running) return
    const at = this.#timers.monotonicNow() + Math.max(0, delayMs)
    if (at >= this.#wakeAt) return
    this.#wakeAt = at
    this.#timers.clear(this.#timer)
    this.#timer = this.#timers.set(
      () => {
        this.#ticks = this.#ticks.then(() => this.#tick())
      },
      Math.max(0, delayMs),
    )
  }

  async #tick(): Promise<void> {
    if (!this.#running) return
    this.#wakeAt = Number.POSITIVE_INFINITY
    let delayMs = maxSleepMs
    try {
      await this.#clockSteps.recover()
      await this.#writes.flush()
      await this.#share.keepAlive()
      await this.#writes.renewWatches()
      delayMs = await this.#claimDue()
    } catch (error) {
      this.#deps.monitor.failed('watching share requests', error)
    }
    this.#wake(Math.min(delayMs, maxSleepMs))
  }

  /** @returns the milliseconds until there may be more to do. */
  async #claimDue(): Promise<number> {
    const { store, settings, budget } = this.#deps
    const limit = Math.min(budget.available('check'), maxChecksInFlight - this.#runner.size)
    if (limit < 1) return Math.max(budget.waitMs('check'), batchDelayMs)
    const claimed = await store.claimDue({ limit, lease: settings.leaseMs, next: this.#schedule })
    budget.take('check', claimed.length)
    // A check that outlives its lease may be claimed again; the runner does not begin a second one.
    for (const request of claimed)
      this.#runner.runNow(request.id, () => this.#runCheck(request), { requested: false })
    if (claimed.length === limit) return Math.max(budget.waitMs('check'), batchDelayMs)
    const next = await store.nextWorkAt()
    return next === null ? maxSleepMs : next - store.now()
  }
}
