import { realTimers, type Timers } from '../share-requests/clock.ts'
import { RateLimited } from '../share-requests/errors.ts'
import { type IdentityService, IdentityServiceError } from '../share-requests/identity-service.ts'
import type { Monitor } from '../share-requests/monitor.ts'
import { isTerminal, type PendingShareRequest, type ShareRequest } from '../share-requests/share-request.ts'
import type { Claim, Store } from '../share-requests/store.ts'
import { inNewTrace, PendingCheckLinks, spanAttributes } from '../share-requests/tracing.ts'
import type { StatusCheckResult, Watcher } from '../share-requests/watcher.ts'
import type { Budget } from './budget.ts'
import { BudgetShare } from './budget-share.ts'
import { StatusCheck } from './check.ts'
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
  /** How often a minute callers may have one share request checked. */
  checksPerMinute: number
  /** Ids of the share requests that have a subscriber here. */
  watchedIds: () => string[]
  timers?: Timers
}

const maxChecksInFlight = 256
/** The store is polled after this time even if nothing seems due, because other gateways write to it too. */
const maxSleepMs = 2_000

/**
 * Polls the issuer for the status of pending share requests. The store is its queue: the longest due are claimed first,
 * as many as the upstream budget allows, and each check ends with when the next one is due. So there is one timer,
 * nothing to rebuild after a restart, and the same code shares the work among several gateways. A deadline is a check that falls due at `expiresAt`; fetching facts again is a check as well.
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
    const { store, settings, budget, checksPerMinute } = this.#deps
    if (this.#writes.isFinishing(id)) await this.#writes.flush()
    if (!this.#running) return
    if (budget.available('check') < 1) {
      await store.watch([id], store.now(), 0)
      this.#wake(budget.waitMs('check'))
      return
    }
    // Before the claim: many hints may be waiting for theirs at once.
    budget.take('check', 1)
    let claim: Claim = { kind: 'none' }
    try {
      claim = await store.claim(id, { leaseMs: settings.leaseMs, maxPerMinute: checksPerMinute })
    } finally {
      if (claim.kind !== 'claimed') budget.refund('check', 1)
    }
    if (claim.kind === 'limited') throw new RateLimited(Math.ceil(claim.retryAfterMs / 1000))
    if (claim.kind !== 'claimed') {
      // A tick may have claimed it meanwhile without having begun its check.
      await this.#ticks
      return
    }
    const { request } = claim
    this.#runner.runNow(id, () => this.#runCheck(request), { requested: true })
  }

  /** Checks a claimed share request. Every path releases the lease, unless the work no longer exists. */
  async #runCheck(claimed: PendingShareRequest): Promise<StatusCheckResult> {
    const claimedAt = this.#deps.store.now()
    let request: ShareRequest | null = claimed
    let retryAt: number | undefined
    try {
      const links = this.#pendingCheckLinks.of(claimed.id)
      const check = () => this.#check.run(claimed)
      ;({ request, retryAt } = await inNewTrace('check', spanAttributes(claimed), links, check))
      return request
    } catch (error) {
      if (!(error instanceof IdentityServiceError)) throw error
      return error
    } finally {
      if (request !== null && !isTerminal(request)) this.#finish(request, claimedAt, retryAt)
    }
  }

  #finish(request: PendingShareRequest, claimedAt: number, retryAt: number | undefined): void {
    const { settings } = this.#deps
    const nextAt = (watched: boolean) => retryAt ?? nextCheckAt(settings, request, watched, claimedAt)
    const { id } = request
    this.#writes.finish({ id, nextWorkAt: nextAt(false), nextWorkAtIfWatched: nextAt(true) })
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
    const claimed = await store.claimDue({ limit, leaseMs: settings.leaseMs })
    budget.take('check', claimed.length)
    // A check that outlives its lease may be claimed again; the runner does not begin a second one.
    for (const request of claimed)
      this.#runner.runNow(request.id, () => this.#runCheck(request), { requested: false })
    if (claimed.length === limit) return Math.max(budget.waitMs('check'), batchDelayMs)
    const next = await store.nextWorkAt()
    return next === null ? maxSleepMs : next - store.now()
  }
}
