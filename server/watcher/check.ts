import type { Timers } from '../share-requests/clock.ts'
import { commit } from '../share-requests/commit.ts'
import type { IdentityFacts } from '../share-requests/facts.ts'
import { type IdentityService, IdentityServiceError } from '../share-requests/identity-service.ts'
import type { Monitor } from '../share-requests/monitor.ts'
import { outcomeOf } from '../share-requests/outcome.ts'
import { isTerminal, type PendingShareRequest, type ShareRequest } from '../share-requests/share-request.ts'
import type { Store } from '../share-requests/store.ts'
import type { Budget } from './budget.ts'
import { factsRetriesAfter, nextFactsRetryAt, type WatcherSettings } from './schedule.ts'

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

/**
 * How a check leaves the work on its share request: due again at a time, in milliseconds since the epoch, or as its
 * claim said; or ended, because the share request is terminal.
 */
export type CheckEnd = number | 'as claimed' | 'ended'

const endOf = (request: ShareRequest | null): CheckEnd =>
  request !== null && isTerminal(request) ? 'ended' : 'as claimed'

/** Checks a claimed share request: asks Portmone for its status and makes the transition that follows. */
export class StatusCheck {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Throws an IdentityServiceError if Portmone does not report the status. */
  run(request: PendingShareRequest): Promise<CheckEnd> {
    return request.approvedAt === null
      ? this.#checkStatus(request)
      : this.#decide(request, request.approvedAt, this.#deps.identityService.factsOf(request))
  }

  async #checkStatus(request: PendingShareRequest): Promise<CheckEnd> {
    const { store, identityService, settings } = this.#deps
    const { expiresAt } = request
    // An answer is as old as its question: what was asked before the deadline cannot tell what was true at the deadline.
    const askedAt = store.now()
    try {
      switch (await identityService.statusOf(request)) {
        case 'APPROVED':
          return await this.#approve(request)
        case 'DECLINED':
          return endOf(await commit(this.#deps, request, { type: 'decline' }))
        case 'PENDING':
          if (askedAt < expiresAt) return 'as claimed'
          return endOf(await commit(this.#deps, request, { type: 'expiry' }))
      }
    } catch (error) {
      if (!(error instanceof IdentityServiceError)) throw error
      if (error.reason === 'UNKNOWN_CODE' || error.reason === 'REJECTED') {
        const retryable = error.reason === 'UNKNOWN_CODE'
        const failure = { type: 'failure', reason: 'REJECTED_BY_PORTMONE', retryable } as const
        return endOf(await commit(this.#deps, request, failure))
      }
      this.#noteFailure(request, error)
      if (askedAt < expiresAt + settings.expiryGraceMs) throw error
      return endOf(await commit(this.#deps, request, { type: 'expiry' }))
    }
  }

  /**
   * Writes the approval together with its outcome, unless the facts are slow or unavailable. Until then the lease keeps
   * other checks away, and Portmone reports the approval again if this gateway ends.
   */
  async #approve(request: PendingShareRequest): Promise<CheckEnd> {
    const { store, identityService, monitor, budget } = this.#deps
    const current = await store.find(request.id)
    if (current?.state !== 'PENDING') return this.#noteLateApproval(current)
    monitor.approvalSeen({ ...request, approvedAt: store.now() })
    budget.take('check', 1)
    const fetching = identityService.factsOf(request)
    const facts = await this.#ifPrompt(fetching)
    if (facts !== null) {
      const outcome = outcomeOf(request.policy, facts, store.now())
      const ended = await commit(this.#deps, request, { type: 'approval' }, { type: 'outcome', outcome })
      return ended === null ? this.#noteLateApproval(await store.find(request.id)) : endOf(ended)
    }
    const approved = await commit(this.#deps, request, { type: 'approval' })
    if (approved?.state === 'PENDING' && approved.approvedAt !== null)
      return this.#decide(approved, approved.approvedAt, fetching)
    return this.#noteLateApproval(await store.find(request.id))
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

  #noteLateApproval(current: ShareRequest | null): CheckEnd {
    if (current === null) return 'ended'
    if (isTerminal(current)) this.#deps.monitor.lateApproval(current.id)
    return endOf(current)
  }

  /** Decides an approved share request by its facts. */
  async #decide(
    request: PendingShareRequest,
    approvedAt: number,
    fetching: Promise<IdentityFacts>,
  ): Promise<CheckEnd> {
    const { store } = this.#deps
    const askedAt = store.now()
    try {
      const outcome = outcomeOf(request.policy, await fetching, store.now())
      return endOf(await commit(this.#deps, request, { type: 'outcome', outcome }))
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
  ): Promise<CheckEnd> {
    const { store, settings } = this.#deps
    this.#noteFailure(request, error)
    const retries = factsRetriesAfter(error.reason, settings)
    if (askedAt < approvedAt + retries.factsRetryWindowMs)
      return nextFactsRetryAt(retries, approvedAt, store.now())
    const retryable = error.reason !== 'REJECTED' && error.reason !== 'INVALID_ANSWER'
    const failure = { type: 'failure', reason: 'FACTS_UNAVAILABLE', retryable } as const
    return endOf(await commit(this.#deps, request, failure))
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
