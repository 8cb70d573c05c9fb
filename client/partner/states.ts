import type { ShareRequestState } from '../generated/partner/graphql.ts'
import type { Listed } from './operations.ts'

type Typename = Listed['status']['__typename']

const byTypename = {
  PendingStatus: 'PENDING',
  ApprovedStatus: 'APPROVED',
  DeclinedStatus: 'DECLINED',
  ExpiredStatus: 'EXPIRED',
  CancelledStatus: 'CANCELLED',
  FailedStatus: 'FAILED',
} as const satisfies Record<Typename, ShareRequestState>

/** What came of a share request: its state, with approvals divided by whether the checks passed. */
export const results = [
  'PENDING',
  'PASSED',
  'NOT_PASSED',
  'DECLINED',
  'EXPIRED',
  'CANCELLED',
  'FAILED',
] as const
export type Result = (typeof results)[number]

type Status =
  | { __typename: Exclude<Typename, 'ApprovedStatus'> }
  | { __typename: 'ApprovedStatus'; outcome: { passed: boolean } }

export function resultOf(status: Status): Result {
  if (status.__typename === 'ApprovedStatus') return status.outcome.passed ? 'PASSED' : 'NOT_PASSED'
  return byTypename[status.__typename]
}
