import { describe, expect, test } from 'vitest'
import { historyOf, type ShareRequest } from '../../server/share-requests/share-request.ts'
import { type ShareRequestEvent, transition } from '../../server/share-requests/transitions.ts'
import { samplePending } from './samples.ts'

const now = 1_234_567
const outcome = { passed: true, checks: [{ name: 'adult', verdict: 'PASSED' as const }] }
const { approvedAt: _, ...common } = samplePending
const ended = { ...common, version: 2, changedAt: 1_100_000 }

const states = {
  pending: samplePending,
  'pending, approval seen': { ...samplePending, approvedAt: 1_050_000 },
  approved: { ...ended, state: 'APPROVED', approvedAt: 1_050_000, outcome },
  declined: { ...ended, state: 'DECLINED' },
  expired: { ...ended, state: 'EXPIRED' },
  cancelled: { ...ended, state: 'CANCELLED' },
  failed: { ...ended, state: 'FAILED', reason: 'FACTS_UNAVAILABLE', retryable: true },
} satisfies Record<string, ShareRequest>

const events = {
  approval: { type: 'approval' },
  outcome: { type: 'outcome', outcome },
  decline: { type: 'decline' },
  expiry: { type: 'expiry' },
  cancel: { type: 'cancel' },
  rejection: { type: 'failure', reason: 'REJECTED_BY_PORTMONE', retryable: false },
  'no facts': { type: 'failure', reason: 'FACTS_UNAVAILABLE', retryable: true },
} satisfies Record<string, ShareRequestEvent>

type StateName = keyof typeof states
type EventName = keyof typeof events

/** The state after each event, or - if the event does not apply. */
const table: Record<StateName, Record<EventName, string>> = {
  pending: {
    approval: 'PENDING',
    outcome: '-',
    decline: 'DECLINED',
    expiry: 'EXPIRED',
    cancel: 'CANCELLED',
    rejection: 'FAILED',
    'no facts': '-',
  },
  'pending, approval seen': {
    approval: '-',
    outcome: 'APPROVED',
    decline: '-',
    expiry: '-',
    cancel: '-',
    rejection: '-',
    'no facts': 'FAILED',
  },
  approved: nothing(),
  declined: nothing(),
  expired: nothing(),
  cancelled: nothing(),
  failed: nothing(),
}

function nothing(): Record<EventName, string> {
  return {
    approval: '-',
    outcome: '-',
    decline: '-',
    expiry: '-',
    cancel: '-',
    rejection: '-',
    'no facts': '-',
  }
}

const rows = Object.entries(table).flatMap(([state, row]) =>
  Object.entries(row).map(([event, expected]) => [state as StateName, event as EventName, expected] as const),
)

describe('every state × every event', () => {
  test.each(rows)('%s × %s → %s', (state, event, expected) => {
    const before = states[state]
    const after = transition(before, events[event], now)
    expect(after?.state ?? '-').toBe(expected)
    if (after === null) return
    expect(lasting(after)).toEqual(lasting(before))
    expect(after.version).toBe(after.state === 'PENDING' ? 1 : 2)
    expect(after.changedAt).toBe(after.state === 'PENDING' ? before.changedAt : now)
  })

  test('the table has every state', () => {
    expect(new Set(Object.values(states).map(({ state }) => state)).size).toBe(6)
  })
})

/** The part of a share request that no transition may change. */
const lasting = ({ id, policy, reference, createdBy, createdAt, expiresAt, code }: ShareRequest) => ({
  ...{ id, policy, reference, createdBy, createdAt, expiresAt, code },
})

test('an approval keeps the moment at which it was first seen', () => {
  const approved = transition(samplePending, { type: 'approval' }, now)
  expect(approved).toEqual({ ...samplePending, approvedAt: now })
  expect(transition(approved!, { type: 'outcome', outcome }, now + 1)).toEqual({
    ...common,
    version: 2,
    changedAt: now + 1,
    state: 'APPROVED',
    approvedAt: now,
    outcome,
  })
})

test('a failure says why and whether starting again may help', () => {
  expect(transition(samplePending, events.rejection, now)).toMatchObject({
    state: 'FAILED',
    reason: 'REJECTED_BY_PORTMONE',
    retryable: false,
  })
})

test('the history is pending, then the terminal status', () => {
  expect(historyOf(samplePending)).toEqual([samplePending])
  expect(historyOf(states.approved)).toEqual([samplePending, states.approved])
})
