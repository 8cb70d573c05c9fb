import { randomUUID } from 'node:crypto'
import { Budget } from './budget.ts'
import { type IdentityService, IdentityServiceError } from './identity-service.ts'
import type { Monitor } from './monitor.ts'
import { outcomeOf } from './outcome.ts'
import { nextCheckAt, nextPullAt, type WatcherSettings } from './schedule.ts'
import { isTerminal, type PendingShareRequest, type ShareRequest } from './share-request.ts'
import type { Schedule, Store } from './store.ts'
import { type ShareRequestEvent, transition } from './transitions.ts'

/** The timers that the watcher runs on; a simulation brings its own. */
export interface Timers {
  set(callback: () => void, delay: number): unknown
  clear(timer: unknown): void
}

const realTimers: Timers = {
  set: (callback, delay) => setTimeout(callback, delay).unref(),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

interface Parts {
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
 * What came of a check: Portmone answered and that has taken effect; or it was put off, for want of budget or because
 * another gateway is at it; or Portmone gave no answer.
 */
export type CheckResult = 'asked' | 'deferred' | IdentityServiceError

/** Pieces of work that run at once. */
const mostInFlight = 256
/** Milliseconds in which subscriptions and ended pieces of work gather before they are written together. */
const gathering = 50
/** Milliseconds after which the store is looked at again although nothing seems due: others write to it too. */
const longestSleep = 2_000
const heartbeatEvery = 5_000

/**
 * Learns what becomes of the pending share requests. The store is its queue: what is due longest is claimed first, as
 * much as the upstream budget lets, and the claim itself says when the request is due again. So there is one timer,
 * nothing to rebuild after a restart, and the same code shares the work of several gateways. A deadline is a check
 * that falls due at `expiresAt`; a pull of facts that must be repeated is a piece of work as well.
 */
export class Watcher {
  readonly #parts: Parts
  readonly #timers: Timers
  readonly #budget: Budget
  readonly #id = randomUUID()
  /** The pieces of work under way, by the id of their share request. */
  readonly #working = new Map<string, Promise<CheckResult>>()
  /** The checks called for that have not claimed their share request yet. */
  readonly #asking = new Map<string, Promise<CheckResult>>()
  /** The checks that wait for the running one to end. */
  readonly #followUps = new Map<string, Promise<CheckResult>>()
  #finished: { id: string; nextWorkAt?: number }[] = []
  #joined = new Set<string>()
  #gatherTimer: unknown = null
  #writing: Promise<void> = Promise.resolve()
  #timer: unknown = null
  #wakeAt = Number.POSITIVE_INFINITY
  #ticking = false
  #tickAgain = false
  #running = false
  #heartbeatAt = 0
  #rewatchAt = 0

  constructor(parts: Parts) {
    this.#parts = parts
    this.#timers = parts.timers ?? realTimers
    this.#budget = new Budget(parts.upstreamBudget, () => parts.store.now())
  }

  start(): void {
    this.#running = true
    this.#wake(0)
  }

  /** Takes no more work, waits for what is under way, and writes down what has ended. */
  async stop(): Promise<void> {
    this.#running = false
    this.#timers.clear(this.#timer)
    await Promise.allSettled([...this.#asking.values(), ...this.#working.values()])
    this.#timers.clear(this.#gatherTimer)
    this.#gatherTimer = null
    await this.#write()
  }

  /** Notes that `id` has a subscriber now: it is asked for often. */
  joined(id: string): void {
    this.#joined.add(id)
    this.#gather()
  }

  /** Notes that `id` has work due at `at`, milliseconds since the epoch. */
  scheduled(at: number): void {
    this.#wake(at - this.#parts.store.now())
  }

  /**
   * Asks Portmone about `id` now, whenever it is due, and resolves when the answer has taken effect. There is never a
   * second call in flight for one request: who comes while one is shares the one that follows it, since the running
   * one may have asked too early.
   */
  check(id: string): Promise<CheckResult> {
    const working = this.#working.get(id)
    if (working === undefined) return this.#ask(id)
    this.#parts.monitor.checkSaved()
    const followUp =
      this.#followUps.get(id) ??
      working
        .catch(() => {})
        .then(() => {
          this.#followUps.delete(id)
          return this.check(id)
        })
    this.#followUps.set(id, followUp)
    return followUp
  }

  #ask(id: string): Promise<CheckResult> {
    const asking = this.#asking.get(id)
    if (asking !== undefined) {
      this.#parts.monitor.checkSaved()
      return asking
    }
    const started = this.#claimAndWork(id).finally(() => this.#asking.delete(id))
    this.#asking.set(id, started)
    return started
  }

  async #claimAndWork(id: string): Promise<CheckResult> {
    const { store, settings } = this.#parts
    await this.#write()
    if (this.#budget.available < 1) {
      await store.watch([id], store.now(), 0)
      this.#wake(this.#budget.wait)
      return 'deferred'
    }
    const request = await store.claim(id, { lease: settings.lease, next: this.#schedule })
    // What the tick claimed since this check was called for was asked after it: its answer will do.
    if (request === null) return this.#working.get(id) ?? 'deferred'
    this.#budget.take(1)
    return this.#start(request)
  }

  #start(request: PendingShareRequest): Promise<CheckResult> {
    const working = this.#work(request).finally(() => this.#working.delete(request.id))
    this.#working.set(request.id, working)
    return working
  }

  readonly #schedule: Schedule = (request, watched) => {
    const at = nextCheckAt(this.#parts.settings, request, watched, this.#parts.store.now())
    this.scheduled(at)
    return at
  }

  #wake(delay: number): void {
    if (!this.#running) return
    const at = this.#parts.store.now() + Math.max(0, delay)
    if (at >= this.#wakeAt) return
    this.#wakeAt = at
    this.#timers.clear(this.#timer)
    this.#timer = this.#timers.set(() => void this.#tick(), Math.max(0, delay))
  }

  async #tick(): Promise<void> {
    this.#wakeAt = Number.POSITIVE_INFINITY
    if (this.#ticking) {
      this.#tickAgain = true
      return
    }
    this.#ticking = true
    let delay = longestSleep
    try {
      await this.#keepAlive()
      delay = await this.#claimDue()
    } catch (error) {
      this.#parts.monitor.failed('watching share requests', error)
    } finally {
      this.#ticking = false
      this.#wake(this.#tickAgain ? 0 : delay)
      this.#tickAgain = false
    }
  }

  /** @returns the milliseconds until there may be more to do. */
  async #claimDue(): Promise<number> {
    const { store, settings, monitor } = this.#parts
    const limit = Math.min(this.#budget.available, mostInFlight - this.#working.size)
    if (limit < 1) return Math.max(this.#budget.wait, gathering)
    const claimed = await store.claimDue({ limit, lease: settings.lease, next: this.#schedule })
    this.#budget.take(claimed.length)
    for (const request of claimed) this.#start(request).catch((error) => monitor.failed('a check', error))
    if (claimed.length === limit) return Math.max(this.#budget.wait, gathering)
    const next = await store.nextWorkAt()
    return Math.min(next === null ? longestSleep : next - store.now(), longestSleep)
  }

  /** Tells the other gateways that this one lives, and that what is followed here is followed still. */
  async #keepAlive(): Promise<void> {
    const { store, settings, upstreamBudget, watchedIds } = this.#parts
    const now = store.now()
    if (now >= this.#heartbeatAt) {
      this.#heartbeatAt = now + heartbeatEvery
      this.#budget.rate = upstreamBudget / Math.max(1, await store.heartbeat(this.#id, 3 * heartbeatEvery))
    }
    if (now >= this.#rewatchAt) {
      this.#rewatchAt = now + settings.watchTtl / 3
      const ids = watchedIds()
      if (ids.length > 0) await store.watch(ids, now + settings.watchTtl, now + settings.watchedMost)
    }
  }

  /** One piece of work on a claimed request, to its end. Every way out of it gives the lease back. */
  async #work(request: PendingShareRequest): Promise<CheckResult> {
    let nextWorkAt: number | undefined
    try {
      if (request.approvedAt !== null) nextWorkAt = await this.#pullFacts(request, request.approvedAt)
      else nextWorkAt = await this.#checkStatus(request)
      return 'asked'
    } catch (error) {
      if (!(error instanceof IdentityServiceError)) throw error
      this.#parts.monitor.delayed(request.id, error)
      return error
    } finally {
      this.#finished.push(nextWorkAt === undefined ? { id: request.id } : { id: request.id, nextWorkAt })
      this.#gather()
    }
  }

  async #checkStatus(request: PendingShareRequest): Promise<number | undefined> {
    const { store, identityService, settings, monitor } = this.#parts
    try {
      switch (await identityService.statusOf(request.code)) {
        case 'APPROVED':
          return await this.#approve(request)
        case 'DECLINED':
          await this.#apply(request, { type: 'decline' })
          return
        case 'PENDING':
          if (store.now() >= request.expiresAt) await this.#apply(request, { type: 'expiry' })
          return
      }
    } catch (error) {
      if (!(error instanceof IdentityServiceError)) throw error
      if (error.problem === 'UNKNOWN_CODE' || error.problem === 'REJECTED') {
        const retryable = error.problem === 'UNKNOWN_CODE'
        await this.#apply(request, { type: 'failure', reason: 'REJECTED_BY_PORTMONE', retryable })
        return
      }
      if (store.now() >= request.expiresAt + settings.expiryGrace) {
        monitor.delayed(request.id, error)
        await this.#apply(request, { type: 'expiry' })
        return
      }
      throw error
    }
  }

  async #approve(request: PendingShareRequest): Promise<number | undefined> {
    const { store, monitor } = this.#parts
    const approved = await this.#apply(request, { type: 'approval' })
    if (approved === null) {
      const now = await store.find(request.id)
      if (now !== null && isTerminal(now)) monitor.lateApproval(request.id)
      return
    }
    if (approved.state !== 'PENDING' || approved.approvedAt === null) return
    monitor.approvalSeen(approved)
    this.#budget.take(1)
    return this.#pullFacts(approved, approved.approvedAt)
  }

  /** @returns when to pull again, or nothing where that is settled. */
  async #pullFacts(request: PendingShareRequest, approvedAt: number): Promise<number | undefined> {
    const { store, identityService, settings, monitor } = this.#parts
    try {
      const facts = await identityService.factsOf(request.code)
      await this.#apply(request, { type: 'outcome', outcome: outcomeOf(request.policy, facts, store.now()) })
      return
    } catch (error) {
      if (!(error instanceof IdentityServiceError)) throw error
      monitor.delayed(request.id, error)
      if (store.now() < approvedAt + settings.factsHorizon) {
        const nextWorkAt = nextPullAt(settings, approvedAt, store.now())
        this.scheduled(nextWorkAt)
        return nextWorkAt
      }
      await this.#apply(request, { type: 'failure', reason: 'FACTS_UNAVAILABLE', retryable: true })
      return
    }
  }

  /** Makes the transition that `event` calls for, and writes it. @returns null where it does not apply or a racer won. */
  async #apply(request: PendingShareRequest, event: ShareRequestEvent): Promise<ShareRequest | null> {
    const { store, settings, monitor } = this.#parts
    const now = store.now()
    const next = transition(request, event, now)
    if (next === null) return null
    const nextWorkAt = isTerminal(next) ? null : now + settings.watchedLeast
    if (!(await store.update(request, next, nextWorkAt))) return null
    if (isTerminal(next)) monitor.transition(next)
    return next
  }

  #gather(): void {
    this.#gatherTimer ??= this.#timers.set(() => {
      this.#gatherTimer = null
      this.#write().catch((error) => this.#parts.monitor.failed('writing what the watcher did', error))
    }, gathering)
  }

  /** Writes the ended pieces of work and the new subscribers. */
  #write(): Promise<void> {
    const { store, settings } = this.#parts
    this.#writing = this.#writing
      .catch(() => {})
      .then(async () => {
        const finished = this.#finished.splice(0)
        const joined = [...this.#joined]
        this.#joined.clear()
        if (finished.length > 0) await store.finish(finished)
        if (joined.length === 0) return
        const dueBy = store.now() + settings.watchedLeast
        await store.watch(joined, store.now() + settings.watchTtl, dueBy)
        this.scheduled(dueBy)
      })
    return this.#writing
  }
}
