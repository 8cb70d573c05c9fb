// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FakeGateway } from '../test/fake-gateway.ts'
import {
  approved,
  cancelled,
  created,
  declined,
  event,
  pending,
  revoked,
  shareRequest,
} from '../test/samples.ts'
import { createShareRequestSession, type ShareRequestSession } from './share-request-session.ts'

const saved = 'portmone-verification:kyc-basic'
let fake: FakeGateway
const detaches: (() => void)[] = []

beforeEach(() => {
  fake = new FakeGateway()
  fake.answers.CreateShareRequest = () => created(pending)
  fake.answers.CheckShareRequest = () => ({ checkShareRequest: shareRequest(pending) })
})

afterEach(() => {
  for (const detach of detaches.splice(0)) detach()
  fake.restore()
  sessionStorage.clear()
  vi.useRealTimers()
})

/** A session as a page has it after each load. */
function load() {
  const session = createShareRequestSession(fake.gateway, 'kyc-basic')
  detaches.push(session.attach())
  return session
}

const phase = (session: ShareRequestSession) => session.getState().phase
const statusOf = (session: ShareRequestSession) => {
  const state = session.getState()
  return state.phase === 'following' ? state.status.__typename : state.phase
}
/** The one subscription that is open. */
const subscription = async () => {
  await vi.waitFor(() => expect(fake.subscriptions.size).toBe(1))
  return [...fake.subscriptions][0]!
}

async function pendingSession() {
  const session = load()
  await session.start()
  const open = await subscription()
  open.next(event(pending))
  return { session, open }
}

describe('creating', () => {
  test('names the policy, brings an unguessable key, and follows what was created', async () => {
    const session = load()
    expect(phase(session)).toBe('idle')
    const starting = session.start()
    expect(phase(session)).toBe('creating')
    await starting
    expect(fake.calls[0]?.variables).toEqual({
      input: { policy: 'kyc-basic', idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    })
    expect(session.getState()).toMatchObject({
      phase: 'following',
      handle: { id: 'share-1', clientSecret: 'secret of share-1' },
      status: { __typename: 'PendingStatus', code: 'portmone:code' },
    })
    expect((await subscription()).variables).toEqual({ id: 'share-1', clientSecret: 'secret of share-1' })
  })

  test.each(['no network', 'fault'] as const)(
    'after %s, starting again brings the same key',
    async (trouble) => {
      const session = load()
      fake.answers.CreateShareRequest = () => trouble
      await session.start()
      expect(session.getState()).toEqual({
        phase: 'unreachable',
        cause: trouble === 'no network' ? 'network' : 'server',
      })
      fake.answers.CreateShareRequest = () => created(pending)
      await session.start()
      expect(statusOf(session)).toBe('PendingStatus')
      expect(fake.calls[1]?.variables).toEqual(fake.calls[0]?.variables)
    },
  )

  test.each([
    ['RateLimited', { retryAfter: 7 }, true],
    ['UpstreamUnavailable', { retryable: true }, true],
    ['UnknownPolicy', {}, false],
    ['IdempotencyConflict', {}, false],
    ['InvalidInput', { issues: [] }, false],
    ['SomethingNewer', {}, false],
  ])('%s is told; whether the key is kept: %3$s', async (__typename, fields, keepsKey) => {
    const session = load()
    fake.answers.CreateShareRequest = () => ({ createShareRequest: { __typename, ...fields } })
    await session.start()
    expect(session.getState()).toEqual({ phase: 'refused', refusal: { __typename, ...fields } })
    await session.start()
    const [first, second] = fake.calls.map(({ variables }) => JSON.stringify(variables))
    expect(first === second).toBe(keepsKey)
  })

  test('a second press while the first is under way creates nothing', async () => {
    const session = load()
    await Promise.all([session.start(), session.start()])
    expect(fake.count('CreateShareRequest')).toBe(1)
  })

  test('one that was given up meanwhile is cancelled when its answer comes', async () => {
    fake.answers.CancelShareRequest = () => ({ cancelShareRequest: shareRequest(cancelled) })
    const session = load()
    const starting = session.start()
    await session.cancel()
    expect(phase(session)).toBe('idle')
    await starting
    expect(fake.count('CancelShareRequest')).toBe(1)
    expect(fake.calls.at(-1)?.variables).toEqual({
      input: { id: 'share-1', clientSecret: 'secret of share-1' },
    })
    expect(phase(session)).toBe('idle')
    expect(sessionStorage.getItem(saved)).toBeNull()
  })

  test('a network that is back is used at once', async () => {
    const session = load()
    fake.answers.CreateShareRequest = () => 'no network'
    await session.start()
    fake.answers.CreateShareRequest = () => created(pending)
    window.dispatchEvent(new Event('online'))
    await vi.waitFor(() => expect(statusOf(session)).toBe('PendingStatus'))
  })
})

describe('following', () => {
  test('each change shows, and what is not newer does not', async () => {
    const { session, open } = await pendingSession()
    open.next(event(approved('PASSED', 'PASSED')))
    await vi.waitFor(() => expect(statusOf(session)).toBe('ApprovedStatus'))
    open.next(event(pending))
    open.complete()
    await vi.waitFor(() => expect(fake.subscriptions.size).toBe(0))
    expect(statusOf(session)).toBe('ApprovedStatus')
  })

  test('a lost socket is told, and the first event after it heals', async () => {
    vi.useFakeTimers()
    const { session } = await pendingSession()
    fake.isReachable = false
    fake.breakSockets()
    await vi.waitFor(() => expect(session.getState()).toMatchObject({ reconnecting: true }))
    await vi.advanceTimersByTimeAsync(120_000)
    expect(session.getState()).toMatchObject({ reconnecting: true, status: { version: 1 } })
    fake.isReachable = true
    await vi.advanceTimersByTimeAsync(30_000)
    await vi.waitFor(() => expect(session.getState()).toMatchObject({ reconnecting: false }))
    ;(await subscription()).next(event(declined))
    await vi.waitFor(() => expect(statusOf(session)).toBe('DeclinedStatus'))
  })

  test.each(['complete', 'error'] as const)(
    'a subscription that ended with %s too early is made again',
    async (end) => {
      vi.useFakeTimers()
      const { session, open } = await pendingSession()
      if (end === 'complete') open.complete()
      else open.error('RATE_LIMITED')
      await vi.waitFor(() => expect(session.getState()).toMatchObject({ reconnecting: true }))
      await vi.advanceTimersByTimeAsync(1_000)
      ;(await subscription()).next(event(pending))
      await vi.waitFor(() => expect(session.getState()).toMatchObject({ reconnecting: false }))
    },
  )

  test('one that the gateway does not know is gone, and forgotten', async () => {
    const { session, open } = await pendingSession()
    open.error('SHARE_REQUEST_NOT_FOUND')
    await vi.waitFor(() => expect(phase(session)).toBe('gone'))
    expect(sessionStorage.getItem(saved)).toBeNull()
  })

  test('a status of a newer gateway is passed on as it is', async () => {
    vi.spyOn(console, 'warn').mockReturnValue()
    const { session, open } = await pendingSession()
    open.next(event(revoked))
    await vi.waitFor(() => expect(statusOf(session)).toBe('RevokedStatus'))
  })

  test('after an end, starting again makes another with another key', async () => {
    const { session, open } = await pendingSession()
    open.next(event(declined))
    await vi.waitFor(() => expect(statusOf(session)).toBe('DeclinedStatus'))
    fake.answers.CreateShareRequest = () => created(pending, 'share-2')
    await session.start()
    expect(session.getState()).toMatchObject({ handle: { id: 'share-2' }, status: { version: 1 } })
    const [first, second] = fake.calls.filter(({ operation }) => operation === 'CreateShareRequest')
    expect(first?.variables).not.toEqual(second?.variables)
  })

  test('a detached session follows nothing, and goes on when it is attached again', async () => {
    const { session } = await pendingSession()
    for (const detach of detaches.splice(0)) detach()
    await vi.waitFor(() => expect(fake.subscriptions.size).toBe(0))
    detaches.push(session.attach())
    ;(await subscription()).next(event(declined))
    await vi.waitFor(() => expect(statusOf(session)).toBe('DeclinedStatus'))
  })
})

describe('checking', () => {
  test("the SDK's word alone changes nothing but that it is being confirmed", async () => {
    const { session } = await pendingSession()
    await session.check()
    expect(session.getState()).toMatchObject({ confirming: true, status: { __typename: 'PendingStatus' } })
    expect(fake.calls.at(-1)).toEqual({
      operation: 'CheckShareRequest',
      variables: { input: { id: 'share-1', clientSecret: 'secret of share-1' } },
    })
  })

  test("the gateway's answer counts like an event", async () => {
    const { session } = await pendingSession()
    fake.answers.CheckShareRequest = () => ({
      checkShareRequest: shareRequest(approved('PASSED', 'PASSED')),
    })
    await session.check()
    expect(session.getState()).toMatchObject({ confirming: false, status: { __typename: 'ApprovedStatus' } })
  })

  test.each([
    ['RateLimited', { checkShareRequest: { __typename: 'RateLimited' } }],
    ['no network', 'no network'],
    ['a fault', 'fault'],
  ] as const)('%s loses nothing', async (_, answer) => {
    const { session, open } = await pendingSession()
    fake.answers.CheckShareRequest = () => answer
    await session.check()
    expect(statusOf(session)).toBe('PendingStatus')
    open.next(event(approved('PASSED', 'PASSED')))
    await vi.waitFor(() => expect(statusOf(session)).toBe('ApprovedStatus'))
  })

  test('a page that is visible again asks, one that has ended does not', async () => {
    const { session, open } = await pendingSession()
    document.dispatchEvent(new Event('visibilitychange'))
    await vi.waitFor(() => expect(fake.count('CheckShareRequest')).toBe(1))
    open.next(event(declined))
    await vi.waitFor(() => expect(statusOf(session)).toBe('DeclinedStatus'))
    document.dispatchEvent(new Event('visibilitychange'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(fake.count('CheckShareRequest')).toBe(1)
  })
})

describe('cancelling', () => {
  test('shows what the gateway says', async () => {
    const { session } = await pendingSession()
    fake.answers.CancelShareRequest = () => ({ cancelShareRequest: shareRequest(cancelled) })
    const cancelling = session.cancel()
    expect(session.getState()).toMatchObject({ cancelling: true })
    await cancelling
    expect(session.getState()).toMatchObject({ cancelling: false, status: { __typename: 'CancelledStatus' } })
  })

  test.each([
    ['UpstreamUnavailable', { cancelShareRequest: { __typename: 'UpstreamUnavailable', retryable: true } }],
    ['RateLimited', { cancelShareRequest: { __typename: 'RateLimited', retryAfter: 3 } }],
    ['InvalidTransition', { cancelShareRequest: { __typename: 'InvalidTransition' } }],
    ['NoAnswer', 'no network'],
  ] as const)('%s is told, and it can be tried again', async (__typename, answer) => {
    const { session } = await pendingSession()
    fake.answers.CancelShareRequest = () => answer
    await session.cancel()
    expect(session.getState()).toMatchObject({ cancelling: false, cancelRefusal: { __typename } })
    await session.cancel()
    expect(fake.count('CancelShareRequest')).toBe(2)
  })

  test('an approval that comes first wins', async () => {
    const { session, open } = await pendingSession()
    fake.answers.CancelShareRequest = () => ({ cancelShareRequest: { __typename: 'InvalidTransition' } })
    const cancelling = session.cancel()
    open.next(event(approved('PASSED', 'PASSED')))
    await cancelling
    await vi.waitFor(() =>
      expect(session.getState()).toMatchObject({
        status: { __typename: 'ApprovedStatus' },
        cancelling: false,
        cancelRefusal: null,
      }),
    )
  })
})

describe('a reload', () => {
  test('while pending resumes the same share request, by itself', async () => {
    await pendingSession()
    for (const detach of detaches.splice(0)) detach()
    const session = load()
    expect(session.getState()).toEqual({ phase: 'resuming', reconnecting: false })
    const open = await subscription()
    expect(open.variables).toEqual({ id: 'share-1', clientSecret: 'secret of share-1' })
    open.next(event(pending))
    await vi.waitFor(() => expect(statusOf(session)).toBe('PendingStatus'))
    expect(fake.count('CreateShareRequest')).toBe(1)
    expect(session.getState()).toMatchObject({ endedBefore: false })
  })

  test('while creating repeats the creation with its key', async () => {
    fake.answers.CreateShareRequest = () => 'silence'
    void load().start()
    fake.answers.CreateShareRequest = () => created(pending)
    const session = load()
    await vi.waitFor(() => expect(statusOf(session)).toBe('PendingStatus'))
    expect(fake.calls[1]?.variables).toEqual(fake.calls[0]?.variables)
  })

  test('after the end shows the end', async () => {
    sessionStorage.setItem(saved, JSON.stringify({ id: 'share-1', clientSecret: 's' }))
    fake.answers.CheckShareRequest = () => ({ checkShareRequest: shareRequest(declined) })
    const session = load()
    ;(await subscription()).next(event(declined))
    await vi.waitFor(() => expect(session.getState()).toMatchObject({ endedBefore: true }))
  })

  test('what has ended is forgotten when the page turns to something else', async () => {
    const { session, open } = await pendingSession()
    open.next(event(declined))
    await vi.waitFor(() => expect(statusOf(session)).toBe('DeclinedStatus'))
    for (const detach of detaches.splice(0)) detach()
    expect(sessionStorage.getItem(saved)).toBeNull()
  })

  test.each(['', 'null', '{', '[]', '7', '{"id":1,"clientSecret":2}', '{"idempotencyKey":null}'])(
    'what it finds and cannot read counts as nothing: %j',
    (item) => {
      sessionStorage.setItem(saved, item)
      expect(phase(load())).toBe('idle')
    },
  )

  test('nothing is ever kept beyond the tab, and no secret stands in a URL', async () => {
    await pendingSession()
    expect(sessionStorage.getItem(saved)).toBe('{"id":"share-1","clientSecret":"secret of share-1"}')
    expect(localStorage.length).toBe(0)
    expect(location.href).not.toContain('secret')
  })
})

test("the gateway's clock is heard in every answer, so a wrong clock here does not matter", async () => {
  vi.useFakeTimers({ now: new Date('2001-01-01T00:00:00Z') })
  fake.date = new Date('2026-11-24T10:02:00.000Z')
  await load().start()
  expect(new Date(fake.gateway.clock.now()).toISOString()).toBe('2026-11-24T10:02:00.000Z')
})
