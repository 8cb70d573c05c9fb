import { commit } from '../share-requests/commit.ts'
import { type IdentityService, IdentityServiceError } from '../share-requests/identity-service.ts'
import type { Monitor } from '../share-requests/monitor.ts'
import { outcomeOf } from '../share-requests/outcome.ts'
import { isTerminal, type PendingShareRequest } from '../share-requests/share-request.ts'
import type { Store } from '../share-requests/store.ts'
import type { Budget } from './budget.ts'
import { factsRetriesAfter, nextFactsRetryAt, type WatcherSettings } from './schedule.ts'

interface Deps {
  store: Store
  identityService: IdentityService
  monitor: Monitor
  settings: WatcherSettings
  budget: Budget
}

/** Checks a claimed share request: asks Portmone what has become of it and makes the transition that follows. */
export class StatusCheck {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * @returns when `request` is due again, in milliseconds since the epoch, unless its claim already says so. Throws an
   * IdentityServiceError if Portmone does not report the status.
   */
  run(request: PendingShareRequest): Promise<number | undefined> {
    return request.approvedAt === null
      ? this.#checkStatus(request)
      : this.#fetchFacts(request, request.approvedAt)
  }

  async #checkStatus(request: PendingShareRequest): Promise<number | undefined> {
    const { store, identityService, settings } = this.#deps
    const { expiresAt } = request
    // An answer is as old as its question: what was asked before the deadline cannot tell what was true at the deadline.
    const askedAt = store.now()
    try {
      switch (await identityService.statusOf(request)) {
        case 'APPROVED':
          return await this.#approve(request)
        case 'DECLINED':
          await commit(this.#deps, request, { type: 'decline' })
          return
        case 'PENDING':
          if (askedAt >= expiresAt) await commit(this.#deps, request, { type: 'expiry' })
          return
      }
    } catch (error) {
      if (!(error instanceof IdentityServiceError)) throw error
      if (error.reason === 'UNKNOWN_CODE' || error.reason === 'REJECTED') {
        const retryable = error.reason === 'UNKNOWN_CODE'
        await commit(this.#deps, request, { type: 'failure', reason: 'REJECTED_BY_PORTMONE', retryable })
        return
      }
      this.#noteFailure(request, error)
      if (askedAt < expiresAt + settings.expiryGraceMs) throw error
      await commit(this.#deps, request, { type: 'expiry' })
      return
    }
  }

  async #approve(request: PendingShareRequest): Promise<number | undefined> {
    const { store, monitor } = this.#deps
    const approved = await commit(this.#deps, request, { type: 'approval' })
    if (approved === null) {
      const now = await store.find(request.id)
      if (now !== null && isTerminal(now)) monitor.lateApproval(request.id)
      return
    }
    if (approved.state !== 'PENDING' || approved.approvedAt === null) return
    monitor.approvalSeen(approved)
    this.#deps.budget.take('check', 1)
    return this.#fetchFacts(approved, approved.approvedAt)
  }

  async #fetchFacts(request: PendingShareRequest, approvedAt: number): Promise<number | undefined> {
    const { store, identityService, settings } = this.#deps
    const askedAt = store.now()
    try {
      const facts = await identityService.factsOf(request)
      await commit(this.#deps, request, {
        type: 'outcome',
        outcome: outcomeOf(request.policy, facts, store.now()),
      })
      return
    } catch (error) {
      if (!(error instanceof IdentityServiceError)) throw error
      this.#noteFailure(request, error)
      const retries = factsRetriesAfter(error.reason, settings)
      if (askedAt < approvedAt + retries.factsRetryWindowMs)
        return nextFactsRetryAt(retries, approvedAt, store.now())
      const retryable = error.reason !== 'REJECTED' && error.reason !== 'INVALID_ANSWER'
      await commit(this.#deps, request, { type: 'failure', reason: 'FACTS_UNAVAILABLE', retryable })
      return
    }
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
