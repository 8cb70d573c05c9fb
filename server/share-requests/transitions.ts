import type { Outcome } from './outcome.ts'
import type { FailureReason, PendingShareRequest, ShareRequest } from './share-request.ts'

/** All that can happen to a share request. */
export type ShareRequestEvent =
  /** Portmone reports the approval. It decides: neither expiry nor cancel can win from now on. */
  | { type: 'approval' }
  /** The facts were fetched and the policy's checks evaluated. */
  | { type: 'outcome'; outcome: Outcome }
  /** Portmone reports that the customer declined. */
  | { type: 'decline' }
  /** The deadline has passed and Portmone does not report an approval. */
  | { type: 'expiry' }
  | { type: 'cancel' }
  /** Portmone rejects the code, or the facts were unavailable until the retry window ended. */
  | { type: 'failure'; reason: FailureReason; retryable: boolean }

/**
 * What `event` makes of `request` at `now`; null if it does not apply and the request stays as it is. The table:
 *
 *   pending                     approval → pending, approvedAt set; decline, expiry, cancel, failure(REJECTED_BY_PORTMONE)
 *   pending with an approvedAt  outcome → approved; failure(FACTS_UNAVAILABLE)
 *   any terminal state          nothing
 */
export function transition(
  request: ShareRequest,
  event: ShareRequestEvent,
  now: number,
): ShareRequest | null {
  if (request.state !== 'PENDING') return null
  return request.approvedAt === null
    ? open(request, event, now)
    : approved(request, request.approvedAt, event, now)
}

function open(request: PendingShareRequest, event: ShareRequestEvent, now: number): ShareRequest | null {
  const { approvedAt: _, ...common } = request
  const changed = { ...common, version: request.version + 1, changedAt: now }
  switch (event.type) {
    case 'approval':
      return { ...request, approvedAt: now }
    case 'decline':
      return { ...changed, state: 'DECLINED' }
    case 'expiry':
      return { ...changed, state: 'EXPIRED' }
    case 'cancel':
      return { ...changed, state: 'CANCELLED' }
    case 'failure':
      if (event.reason !== 'REJECTED_BY_PORTMONE') return null
      return { ...changed, state: 'FAILED', reason: event.reason, retryable: event.retryable }
    case 'outcome':
      return null
  }
}

function approved(
  request: PendingShareRequest,
  approvedAt: number,
  event: ShareRequestEvent,
  now: number,
): ShareRequest | null {
  const { approvedAt: _, ...common } = request
  const changed = { ...common, version: request.version + 1, changedAt: now }
  if (event.type === 'outcome') return { ...changed, state: 'APPROVED', approvedAt, outcome: event.outcome }
  if (event.type === 'failure' && event.reason === 'FACTS_UNAVAILABLE')
    return { ...changed, state: 'FAILED', reason: event.reason, retryable: event.retryable }
  return null
}
