import type { Timers } from '../share-requests/clock.ts'
import { commit } from '../share-requests/commit.ts'
import type { IdentityFacts } from '../share-requests/facts.ts'
import { type IdentityService, IdentityServiceError } from '../share-requests/identity-service.ts'
import type { Monitor } from '../share-requests/monitor.ts'
import { outcomeOf } from '../share-requests/outcome.ts'
import { isTerminal, type PendingShareRequest, type ShareRequest } from '../share-requests/share-request.ts'
import type { Store } from '../share-requests/store.ts'
import type { ShareRequestEvent } from '../share-requests/transitions.ts'
import type { Budget } from './budget.ts'
import {
  factsRetriesAfter,
  nextFactsRetryAt,
  persistentErrorWindowMs,
  type WatcherSettings,
} from './schedule.ts'

interface Deps {
  store: Store
  identityService: IdentityService
  monitor: Monitor
  settings: WatcherSettings
  budget: Budget
  timers: Timers
}

/** After this time the approval is written without its facts. */
const promptFactsMs = 250

/** What a check leaves behind. */
export interface CheckResult {
  /** The share request as it is now; null if it has been erased. */
  request: ShareRequest | null
  /** When to check again, in milliseconds since the epoch, if not as scheduled. */
  retryAt?: number
}

/** Checks a claimed share request: asks Portmone for its status and makes the transition that follows. */
export class StatusCheck {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Throws an IdentityServiceError if Portmone does not report the status. */
  run(request: PendingShareRequest): Promise<CheckResult> {
    return request.approvedAt === null
      ? this.#checkStatus(request)
      : this.#decide(request, request.approvedAt, this.#deps.identityService.factsOf(request))
  }

  async #checkStatus(request: PendingShareRequest): Promise<CheckResult> {
    const { store, identityService, settings } = this.#deps
    const { expiresAt } = request
    // An answer is as old as its question: what was asked before the deadline cannot tell what was true at the deadline.
    const askedAt = store.now()
    try {
      switch (await identityService.statusOf(request)) {
        case 'APPROVED':
          return await this.#approve(request)
        case 'DECLINED':
          return await this.#commit(request, { type: 'decline' })
        case 'PENDING':
          if (askedAt < expiresAt) return { request }
          return await this.#commit(request, { type: 'expiry' })
      }
    } catch (thrown) {
      if (!(thrown instanceof IdentityServiceError)) throw thrown
      const isNew = askedAt < request.createdAt + persistentErrorWindowMs
      const error =
        thrown.reason === 'UNKNOWN_CODE' && isNew
          ? new IdentityServiceError('UNAVAILABLE', thrown.message)
          : thrown
      if (error.reason === 'UNKNOWN_CODE' || error.reason === 'REJECTED') {
        const retryable = error.reason === 'UNKNOWN_CODE'
        return this.#commit(request, { type: 'failure', reason: 'REJECTED_BY_PORTMONE', retryable })
      }
      this.#noteFailure(request, error)
      if (askedAt < expiresAt + settings.expiryGraceMs) throw error
      return this.#commit(request, { type: 'expiry' })
    }
  }

  /**
   * Writes the approval together with its outcome, unless the facts are slow or unavailable. Until then the lease keeps
   * other checks away, and Portmone reports the approval again if this gateway ends.
   */
  async #approve(request: PendingShareRequest): Promise<CheckResult> {
    const { store, identityService, monitor, budget } = this.#deps
    monitor.approvalSeen({ ...request, approvedAt: store.now() })
    budget.take('check', 1)
    const fetching = identityService.factsOf(request)
    const facts = await this.#ifPrompt(fetching)
    if (facts !== null) {
      const outcome = outcomeOf(request.policy, facts, store.now())
      const decided = await commit(this.#deps, request, { type: 'approval' }, { type: 'outcome', outcome })
      return decided === null ? this.#noteLateApproval(request.id) : { request: decided }
    }
    const approved = await commit(this.#deps, request, { type: 'approval' })
    if (approved?.state === 'PENDING' && approved.approvedAt !== null)
      return this.#decide(approved, approved.approvedAt, fetching)
    return this.#noteLateApproval(request.id)
  }

  /** The facts if they arrive soon; null if they take longer or are unavailable. */
  async #ifPrompt(fetching: Promise<IdentityFacts>): Promise<IdentityFacts | null> {
    const { timers } = this.#deps
    let timer: unknown
    const late = new Promise<null>((resolve) => {
      timer = timers.set(() => resolve(null), promptFactsMs)
    })
    try {
      return await Promise.race([fetching.catch(() => null), late])
    } finally {
      timers.clear(timer)
    }
  }

  /** Another write came first: what it wrote stays, and the facts are forgotten. */
  async #noteLateApproval(id: string): Promise<CheckResult> {
    const request = await this.#deps.store.find(id)
    if (request !== null && isTerminal(request)) this.#deps.monitor.lateApproval(id)
    return { request }
  }

  async #commit(request: PendingShareRequest, event: ShareRequestEvent): Promise<CheckResult> {
    const changed = await commit(this.#deps, request, event)
    return { request: changed ?? (await this.#deps.store.find(request.id)) }
  }

  /** Decides an approved share request by its facts. */
  async #decide(
    request: PendingShareRequest,
    approvedAt: number,
    fetching: Promise<IdentityFacts>,
  ): Promise<CheckResult> {
    const { store } = this.#deps
    const askedAt = store.now()
    try {
      const outcome = outcomeOf(request.policy, await fetching, store.now())
      return await this.#commit(request, { type: 'outcome', outcome })
    } catch (error) {
      if (!(error instanceof IdentityServiceError)) throw error
      return this.#retryFacts(request, approvedAt, askedAt, error)
    }
  }

  async #retryFacts(
    request: PendingShareRequest,
    approvedAt: number,
    askedAt: number,
    error: IdentityServiceError,
  ): Promise<CheckResult> {
    const { store, settings } = this.#deps
    this.#noteFailure(request, error)
    const retries = factsRetriesAfter(error.reason, settings)
    if (askedAt < approvedAt + retries.factsRetryWindowMs)
      return { request, retryAt: nextFactsRetryAt(retries, approvedAt, store.now()) }
    const retryable = error.reason !== 'REJECTED' && error.reason !== 'INVALID_ANSWER'
    return this.#commit(request, { type: 'failure', reason: 'FACTS_UNAVAILABLE', retryable })
  }

  /** The issuer gave no answer. A Retry-After that it sent is honoured, up to a bound. */
  #noteFailure(request: PendingShareRequest, error: IdentityServiceError): void {
    const { settings, monitor } = this.#deps
    monitor.delayed(request.id, error)
    const { retryAfter } = error
    if (retryAfter !== undefined)
      this.#deps.budget.pause(Math.min(retryAfter * 1000, settings.unwatchedIntervalMs))
  }
}
