import type { CheckVerdict, FailureReason } from '../generated/graphql.ts'

/** What the gateway answers, as JSON. */
export const policy = {
  __typename: 'Policy',
  name: 'kyc-basic',
  purpose: 'To open an account.',
  facts: ['FULL_NAME', 'DATE_OF_BIRTH'],
  checks: ['name-proven', 'adult'],
  access: 'PUBLIC',
  devices: 'ANY',
}

const createdAt = '2026-11-24T10:00:00.000Z'
const expiresAt = '2026-11-24T10:05:00.000Z'
const ended = { version: 2, changedAt: '2026-11-24T10:01:00.000Z' }

/** Not a URL, so the SDK polls nothing. */
export const code = 'portmone:code'

export const pending = { __typename: 'PendingStatus', version: 1, changedAt: createdAt, code, expiresAt }
export const declined = { __typename: 'DeclinedStatus', ...ended }
export const expired = { __typename: 'ExpiredStatus', ...ended }
export const cancelled = { __typename: 'CancelledStatus', ...ended }
/** A type that this client does not know. */
export const revoked = { __typename: 'RevokedStatus', ...ended }
export const failed = (reason: FailureReason, retryable: boolean) => ({
  __typename: 'FailedStatus',
  ...ended,
  reason,
  retryable,
})
export const approved = (nameProven: CheckVerdict, adult: CheckVerdict) => ({
  __typename: 'ApprovedStatus',
  ...ended,
  approvedAt: ended.changedAt,
  outcome: {
    __typename: 'Outcome',
    passed: nameProven === 'PASSED' && adult === 'PASSED',
    checks: [
      { __typename: 'CheckResult', name: 'name-proven', label: 'Your name is proven', verdict: nameProven },
      { __typename: 'CheckResult', name: 'adult', label: 'You are an adult', verdict: adult },
    ],
  },
})

/** Every way to end, with a description for a test's title. */
export const ends = [
  ['an approval', approved('PASSED', 'PASSED')],
  ['a failed check', approved('PASSED', 'FAILED')],
  ['a decline', declined],
  ['an expiry', expired],
  ['a cancel', cancelled],
  ['a failure', failed('FACTS_UNAVAILABLE', true)],
] as const

interface Status {
  __typename: string
  [field: string]: unknown
}

export const shareRequest = (status: Status, id = 'share-1', purpose = policy.purpose) => ({
  __typename: 'ShareRequest',
  id,
  createdAt,
  policy: { ...policy, purpose },
  status,
})

export const created = (status: Status, id = 'share-1') => ({
  createShareRequest: {
    __typename: 'CreateShareRequestSuccess',
    clientSecret: `secret of ${id}`,
    shareRequest: shareRequest(status, id),
  },
})

export const event = (status: Status, id = 'share-1') => ({
  shareRequestStatus: { __typename: status.__typename, shareRequest: shareRequest(status, id) },
})

export const refused = (__typename: string, fields: Record<string, unknown> = {}) => ({
  createShareRequest: { __typename, ...fields },
})
