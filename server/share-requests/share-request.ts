import type { Outcome } from './outcome.ts'
import type { Policy } from './policies.ts'

/** The one list of states. Everything else derives from it and from `StateFields`. */
export const shareRequestStates = [
  'PENDING',
  'APPROVED',
  'DECLINED',
  'EXPIRED',
  'CANCELLED',
  'FAILED',
] as const
export type ShareRequestState = (typeof shareRequestStates)[number]

const failureReasons = ['REJECTED_BY_PORTMONE', 'FACTS_UNAVAILABLE'] as const
export type FailureReason = (typeof failureReasons)[number]

const callerKinds = ['CUSTOMER', 'PARTNER'] as const
export type CallerKind = (typeof callerKinds)[number]

/** What the creation of a share request fixes. */
export interface CreatedFields {
  id: string
  /** The policy as it was at creation: a later edit of the policies file does not affect it. */
  policy: Policy
  /** The partner's own reference. */
  reference: string | null
  createdBy: CallerKind
  /** Id of the partner key; null for a customer, and for those that earlier versions created. */
  createdByKeyId: string | null
}

interface Common extends CreatedFields {
  /** Milliseconds since the epoch, like every time here. */
  createdAt: number
  expiresAt: number
  /** The content of the QR code. */
  code: string
  /** The issuer's id for it; null for those that earlier versions created. */
  issuerRequestId: string | null
  /** 1 when pending, 2 when terminal: there is at most one transition. */
  version: number
  changedAt: number
}

/** The fields that only some states have. A state that is not named here has none. */
interface StateFields {
  /** With `approvedAt` the customer has approved, and the facts are still being fetched. */
  PENDING: { approvedAt: number | null }
  APPROVED: { approvedAt: number; outcome: Outcome }
  FAILED: { reason: FailureReason; retryable: boolean }
}

/** A share request in the state `S`. */
export type ShareRequestIn<S extends ShareRequestState> = {
  [State in S]: Common & { state: State } & (State extends keyof StateFields ? StateFields[State] : unknown)
}[S]

/** One data share request, in the state it has at this version. */
export type ShareRequest = ShareRequestIn<ShareRequestState>
export type PendingShareRequest = ShareRequestIn<'PENDING'>
export type ApprovedShareRequest = ShareRequestIn<'APPROVED'>
export type TerminalShareRequest = ShareRequestIn<Exclude<ShareRequestState, 'PENDING'>>

export const isTerminal = (request: ShareRequest): request is TerminalShareRequest =>
  request.state !== 'PENDING'

/** Every status that a share request has had, oldest first: pending, then the terminal one if there is one. */
export function historyOf(request: ShareRequest): ShareRequest[] {
  if (!isTerminal(request)) return [request]
  const { id, policy, reference, createdBy, createdByKeyId } = request
  const { createdAt, expiresAt, code, issuerRequestId } = request
  const first: PendingShareRequest = {
    ...{ id, policy, reference, createdBy, createdByKeyId, createdAt, expiresAt, code, issuerRequestId },
    ...{ state: 'PENDING', version: 1, changedAt: createdAt, approvedAt: null },
  }
  return [first, request]
}
