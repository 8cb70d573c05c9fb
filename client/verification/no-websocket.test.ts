// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { created, ends, event, pending, shareRequest } from '../test/samples.ts'
import { SessionTab, statusOf } from '../test/session-tab.ts'

let tab: SessionTab
beforeEach(() => {
  vi.useFakeTimers()
  tab = new SessionTab()
  tab.fake.date = new Date('2026-11-24T10:00:00.000Z')
})
afterEach(() => {
  tab.close()
  vi.useRealTimers()
})

/** A session whose share request is pending while no WebSocket can be opened. */
async function withoutWebSocket() {
  tab.fake.isReachable = false
  const session = tab.load()
  await session.start()
  expect(statusOf(session)).toBe('PendingStatus')
  return session
}

test.each(ends)('without a WebSocket, %s arrives over HTTP', async (_, end) => {
  const session = await withoutWebSocket()
  await vi.advanceTimersByTimeAsync(6_000)
  expect(session.getState()).toMatchObject({ status: { version: 1 }, reconnecting: false })
  tab.fake.answers.CheckShareRequest = () => ({ checkShareRequest: shareRequest(end) })
  await vi.advanceTimersByTimeAsync(6_000)
  expect(statusOf(session)).toBe(end.__typename)
  const opened = tab.fake.opened
  const asked = tab.fake.count('CheckShareRequest')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(tab.fake.opened).toBe(opened)
  expect(tab.fake.count('CheckShareRequest')).toBe(asked)
})

test.each([
  ['RateLimited', { checkShareRequest: { __typename: 'RateLimited', retryAfter: 9 } }],
  ['UpstreamUnavailable', { checkShareRequest: { __typename: 'UpstreamUnavailable', retryable: true } }],
  ['a server error', 'fault'],
] as const)("if the check is answered with %s, the gateway's own state is read", async (_, answer) => {
  const session = await withoutWebSocket()
  tab.fake.answers.CheckShareRequest = () => answer
  tab.fake.answers.ReadShareRequest = () => ({ shareRequest: shareRequest(ends[2][1]) })
  await vi.advanceTimersByTimeAsync(6_000)
  expect(statusOf(session)).toBe('DeclinedStatus')
})

test('a reload without a WebSocket shows the code, even if the check is rate limited', async () => {
  await withoutWebSocket()
  tab.detach()
  tab.fake.answers.CheckShareRequest = () => ({ checkShareRequest: { __typename: 'RateLimited' } })
  const session = tab.load()
  expect(statusOf(session)).toBe('resuming')
  await vi.advanceTimersByTimeAsync(0)
  expect(session.getState()).toMatchObject({ status: { code: pending.code }, reconnecting: false })
})

test('while nothing gets through, "reconnecting" stays', async () => {
  const session = await withoutWebSocket()
  tab.fake.answers.CheckShareRequest = () => 'no network'
  await vi.advanceTimersByTimeAsync(30_000)
  expect(session.getState()).toMatchObject({ status: { version: 1 }, reconnecting: true })
})

test('a subscription that delivers makes polling unnecessary, until the deadline has passed', async () => {
  tab.fake.date = new Date('2026-11-24T10:04:00.000Z')
  const { session } = await tab.pending()
  await vi.advanceTimersByTimeAsync(55_000)
  expect(tab.fake.count('CheckShareRequest')).toBe(0)
  tab.fake.answers.CheckShareRequest = () => ({ checkShareRequest: shareRequest(ends[3][1]) })
  await vi.advanceTimersByTimeAsync(11_000)
  expect(statusOf(session)).toBe('ExpiredStatus')
})

test('a socket that comes back takes over again', async () => {
  const session = await withoutWebSocket()
  await vi.advanceTimersByTimeAsync(6_000)
  tab.fake.isReachable = true
  await vi.advanceTimersByTimeAsync(30_000)
  ;(await tab.subscription()).next(event(pending))
  await vi.advanceTimersByTimeAsync(0)
  const asked = tab.fake.count('CheckShareRequest')
  await vi.advanceTimersByTimeAsync(30_000)
  expect(tab.fake.count('CheckShareRequest')).toBe(asked)
  expect(session.getState()).toMatchObject({ reconnecting: false })
})

test('a verification that is gone is shown as gone', async () => {
  const session = await withoutWebSocket()
  tab.fake.answers.CheckShareRequest = () => 'fault'
  tab.fake.answers.ReadShareRequest = () => ({ shareRequest: null })
  await vi.advanceTimersByTimeAsync(6_000)
  expect(statusOf(session)).toBe('gone')
  tab.fake.answers.CreateShareRequest = () => created(pending, 'share-2')
  await session.start()
  expect(session.getState()).toMatchObject({ handle: { id: 'share-2' } })
})
