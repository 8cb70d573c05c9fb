import type { Outcome } from './outcome.ts'
import type { Policy } from './policies.ts'

export const shareRequestStates = [
  'PENDING',
  'APPROVED',
  'DECLINED',
  'EXPIRED',
  'CANCELLED',
  'FAILED',
] as const
export type ShareRequestState = (typeof shareRequestStates)[number]

export const failureReasons = ['REJECTED_BY_PORTMONE', 'FACTS_UNAVAILABLE'] as const
export type FailureReason = (typeof failureReasons)[number]

export const callerKinds = ['CUSTOMER', 'PARTNER'] as const
export type CallerKind = (typeof callerKinds)[number]

interface Common {
  id: string
  /** The policy as it was when the request was made: a later edit of the policies file does not touch it. */
  policy: Policy
  /** The partner's own reference. */
  reference: string | null
  createdBy: CallerKind
  /** Milliseconds since the epoch, like every time here. */
  createdAt: number
  expiresAt: number
  /** What the QR carries. */
  code: string
  /** 1 when pending, 2 when terminal: there is at most one transition. */
  version: number
  changedAt: number
}

/** Still open. With `approvedAt` the customer has approved, and what is awaited is the facts. */
export type PendingShareRequest = Common & { state: 'PENDING'; approvedAt: number | null }
export type ApprovedShareRequest = Common & { state: 'APPROVED'; approvedAt: number; outcome: Outcome }
export type DeclinedShareRequest = Common & { state: 'DECLINED' }
export type ExpiredShareRequest = Common & { state: 'EXPIRED' }
export type CancelledShareRequest = Common & { state: 'CANCELLED' }
export type FailedShareRequest = Common & { state: 'FAILED'; reason: FailureReason; retryable: boolean }

export type TerminalShareRequest =
  | ApprovedShareRequest
  | DeclinedShareRequest
  | ExpiredShareRequest
  | CancelledShareRequest
  | FailedShareRequest

/** One data share request, in the state it has at this version. */
export type ShareRequest = PendingShareRequest | TerminalShareRequest

export const isTerminal = (request: ShareRequest): request is TerminalShareRequest =>
  request.state !== 'PENDING'

/** Every status that a share request has had, oldest first: pending, and the terminal one if it has come to that. */
export function historyOf(request: ShareRequest): ShareRequest[] {
  if (!isTerminal(request)) return [request]
  const { id, policy, reference, createdBy, createdAt, expiresAt, code } = request
  const first: PendingShareRequest = {
    ...{ id, policy, reference, createdBy, createdAt, expiresAt, code },
    ...{ state: 'PENDING', version: 1, changedAt: createdAt, approvedAt: null },
  }
  return [first, request]
}
