import { expect, test } from 'vitest'
import { declined, revoked, shareRequest } from '../test/samples.ts'
import {
  applyUpdate,
  type CreateError,
  type ShareRequest,
  type ShareRequestState,
  type ShareRequestStatus,
} from './share-request-state.ts'
import { resultOf, type VerificationResult } from './verification-result.ts'

/** As the gateway sends it. */
const sent = (status: { __typename: string }) =>
  JSON.parse(JSON.stringify(shareRequest(status))) as ShareRequest

test('a switch over the statuses that leaves one out does not compile', () => {
  const nameOf = (status: ShareRequestStatus) => {
    switch (status.__typename) {
      case 'PendingStatus':
      case 'ApprovedStatus':
      case 'DeclinedStatus':
      case 'ExpiredStatus':
      case 'CancelledStatus':
        return status.__typename
      default:
        // @ts-expect-error FailedStatus is left out
        status satisfies never
        return 'unforeseen'
    }
  }
  expect(nameOf(sent(declined).status)).toBe('DeclinedStatus')
  expect(nameOf(sent(revoked).status)).toBe('unforeseen')
})

test('a switch over the phases that leaves one out does not compile', () => {
  const nameOf = (state: ShareRequestState) => {
    switch (state.phase) {
      case 'idle':
      case 'creating':
      case 'refused':
      case 'unreachable':
      case 'resuming':
      case 'following':
        return state.phase
      default:
        // @ts-expect-error gone is left out
        state satisfies never
        return 'left out'
    }
  }
  expect(nameOf({ phase: 'gone' })).toBe('left out')
})

test('a switch over the errors that leaves one out does not compile', () => {
  const nameOf = (refusal: CreateError) => {
    switch (refusal.__typename) {
      case 'InvalidInput':
      case 'RateLimited':
      case 'IdempotencyConflict':
      case 'UpstreamUnavailable':
        return refusal.__typename
      default:
        // @ts-expect-error UnknownPolicy is left out
        refusal satisfies never
        return 'left out'
    }
  }
  expect(nameOf({ __typename: 'UnknownPolicy' })).toBe('left out')
})

test('a switch over the results that leaves one out does not compile', () => {
  const toneOf = (end: VerificationResult) => {
    switch (end) {
      case 'VERIFIED':
        return 'good'
      case 'NOT_PASSED':
      case 'UNDECIDABLE':
      case 'DECLINED':
      case 'EXPIRED':
      case 'CANCELLED':
        return 'bad'
      default:
        // @ts-expect-error FAILED is left out
        end satisfies never
        return 'left out'
    }
  }
  expect(toneOf('FAILED')).toBe('left out')
})

test('only an approved status has an outcome', () => {
  const outcomeOf = (status: ShareRequestStatus) =>
    // @ts-expect-error a declined one, for example, has none
    status.outcome
  expect(outcomeOf(sent(declined).status)).toBeUndefined()
})

test('there is no result before a share request exists, or with an unknown status', () => {
  const states: ShareRequestState[] = [
    { phase: 'idle' },
    { phase: 'creating' },
    { phase: 'unreachable', cause: 'network' },
    { phase: 'resuming', reconnecting: false },
    { phase: 'gone' },
    applyUpdate({ phase: 'creating' }, sent(revoked), { id: 'share-1', clientSecret: 's' }),
  ]
  expect(states.map(resultOf)).toEqual(states.map(() => null))
})
