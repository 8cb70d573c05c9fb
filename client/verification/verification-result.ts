import type { ShareRequestState } from './share-request-state.ts'

/**
 * How a verification ended. NOT_PASSED: a check failed. UNDECIDABLE: no check failed, but what was shared does not answer
 * all of them.
 */
export type VerificationResult =
  | 'VERIFIED'
  | 'NOT_PASSED'
  | 'UNDECIDABLE'
  | 'DECLINED'
  | 'EXPIRED'
  | 'CANCELLED'
  | 'FAILED'

/** Null until it has ended, and for a status that this version does not know. */
export function resultOf(state: ShareRequestState): VerificationResult | null {
  if (state.phase !== 'following') return null
  const { status } = state
  switch (status.__typename) {
    case 'PendingStatus':
      return null
    case 'ApprovedStatus':
      if (status.outcome.passed) return 'VERIFIED'
      return status.outcome.checks.some(({ verdict }) => verdict === 'FAILED') ? 'NOT_PASSED' : 'UNDECIDABLE'
    case 'DeclinedStatus':
      return 'DECLINED'
    case 'ExpiredStatus':
      return 'EXPIRED'
    case 'CancelledStatus':
      return 'CANCELLED'
    case 'FailedStatus':
      return 'FAILED'
    default:
      status satisfies never
      return null
  }
}
