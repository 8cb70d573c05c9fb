// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { approved, cancelled, created, declined, event, pending, shareRequest } from '../test/samples.ts'
import { SessionTab, statusOf } from '../test/session-tab.ts'

let tab: SessionTab
beforeEach(() => {
  tab = new SessionTab()
})
afterEach(() => {
  tab.close()
  vi.useRealTimers()
})

describe('creating', () => {
  test('names the policy, sends a random key, and subscribes to what was created', async () => {
    const session = tab.load()
    expect(statusOf(session)).toBe('idle')
    const starting = session.start()
    expect(statusOf(session)).toBe('creating')
    await starting
    expect(tab.fake.calls[0]?.variables).toEqual({
      input: { policy: 'kyc-basic', idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    })
    expect(session.getState()).toMatchObject({
      phase: 'following',
      handle: { id: 'share-1', clientSecret: 'secret of share-1' },
      status: { __typename: 'PendingStatus', code: 'portmone:code' },
    })
    expect((await tab.subscription()).variables).toEqual({ id: 'share-1', clientSecret: 'secret of share-1' })
  })

  test.each(['no network', 'fault'] as const)(
    'after %s, starting again sends the same key',
    async (trouble) => {
      const session = tab.load()
      tab.fake.answers.CreateShareRequest = () => trouble
      await session.start()
      expect(session.getState()).toEqual({
        phase: 'unreachable',
        cause: trouble === 'no network' ? 'network' : 'server',
      })
      tab.fake.answers.CreateShareRequest = () => created(pending)
      await session.start()
      expect(statusOf(session)).toBe('PendingStatus')
      expect(tab.fake.calls[1]?.variables).toEqual(tab.fake.calls[0]?.variables)
    },
  )

  test.each([
    ['RateLimited', { retryAfter: 7 }, true],
    ['UpstreamUnavailable', { retryable: true }, true],
    ['UnknownPolicy', {}, false],
    ['IdempotencyConflict', {}, false],
    ['InvalidInput', { issues: [] }, false],
    ['SomethingNewer', {}, false],
  ])('shows %s; keeps the key: %3$s', async (__typename, fields, keepsKey) => {
    const session = tab.load()
    tab.fake.answers.CreateShareRequest = () => ({ createShareRequest: { __typename, ...fields } })
    await session.start()
    expect(session.getState()).toEqual({ phase: 'refused', error: { __typename, ...fields } })
    await session.start()
    const [first, second] = tab.fake.calls.map(({ variables }) => JSON.stringify(variables))
    expect(first === second).toBe(keepsKey)
  })

  test('a second press while the first is in progress creates nothing', async () => {
    const session = tab.load()
    await Promise.all([session.start(), session.start()])
    expect(tab.fake.count('CreateShareRequest')).toBe(1)
  })

  test('a creation that was cancelled meanwhile is cancelled at the gateway when its answer arrives', async () => {
    tab.fake.answers.CancelShareRequest = () => ({ cancelShareRequest: shareRequest(cancelled) })
    const session = tab.load()
    const starting = session.start()
    await session.cancel()
    expect(statusOf(session)).toBe('idle')
    await starting
    expect(tab.fake.count('CancelShareRequest')).toBe(1)
    expect(tab.fake.calls.at(-1)?.variables).toEqual({
      input: { id: 'share-1', clientSecret: 'secret of share-1' },
    })
    expect(statusOf(session)).toBe('idle')
    expect(tab.saved).toBeNull()
  })

  test('retries at once when the network is back', async () => {
    const session = tab.load()
    tab.fake.answers.CreateShareRequest = () => 'no network'
    await session.start()
    tab.fake.answers.CreateShareRequest = () => created(pending)
    window.dispatchEvent(new Event('online'))
    await vi.waitFor(() => expect(statusOf(session)).toBe('PendingStatus'))
  })
})

describe('checking', () => {
  test('a report of the SDK only starts the confirmation', async () => {
    const { session } = await tab.pending()
    await session.check()
    expect(session.getState()).toMatchObject({ confirming: true, status: { __typename: 'PendingStatus' } })
    expect(tab.fake.calls.at(-1)).toEqual({
      operation: 'CheckShareRequest',
      variables: { input: { id: 'share-1', clientSecret: 'secret of share-1' } },
    })
  })

  test("the gateway's answer counts as an event", async () => {
    const { session } = await tab.pending()
    tab.fake.answers.CheckShareRequest = () => ({
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
    const { session, open } = await tab.pending()
    tab.fake.answers.CheckShareRequest = () => answer
    await session.check()
    expect(statusOf(session)).toBe('PendingStatus')
    open.next(event(approved('PASSED', 'PASSED')))
    await vi.waitFor(() => expect(statusOf(session)).toBe('ApprovedStatus'))
  })

  test('checks when the page becomes visible again, unless it has ended', async () => {
    const { session, open } = await tab.pending()
    document.dispatchEvent(new Event('visibilitychange'))
    await vi.waitFor(() => expect(tab.fake.count('CheckShareRequest')).toBe(1))
    open.next(event(declined))
    await vi.waitFor(() => expect(statusOf(session)).toBe('DeclinedStatus'))
    document.dispatchEvent(new Event('visibilitychange'))
    // A new one asks again. A request of the ended one would come before it.
    await session.start()
    document.dispatchEvent(new Event('visibilitychange'))
    await vi.waitFor(() => expect(tab.fake.calls.at(-1)?.operation).toBe('CheckShareRequest'))
    expect(tab.fake.calls.map(({ operation }) => operation)).toEqual([
      ...['CreateShareRequest', 'CheckShareRequest', 'CreateShareRequest', 'CheckShareRequest'],
    ])
  })
})

describe('cancelling', () => {
  test('shows the status that the gateway returns', async () => {
    const { session } = await tab.pending()
    tab.fake.answers.CancelShareRequest = () => ({ cancelShareRequest: shareRequest(cancelled) })
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
  ] as const)('shows %s, and can be repeated', async (__typename, answer) => {
    const { session } = await tab.pending()
    tab.fake.answers.CancelShareRequest = () => answer
    await session.cancel()
    expect(session.getState()).toMatchObject({ cancelling: false, cancelError: { __typename } })
    await session.cancel()
    expect(tab.fake.count('CancelShareRequest')).toBe(2)
  })

  test('an approval that arrives first wins', async () => {
    const { session, open } = await tab.pending()
    tab.fake.answers.CancelShareRequest = () => ({ cancelShareRequest: { __typename: 'InvalidTransition' } })
    const cancelling = session.cancel()
    open.next(event(approved('PASSED', 'PASSED')))
    await cancelling
    await vi.waitFor(() =>
      expect(session.getState()).toMatchObject({
        status: { __typename: 'ApprovedStatus' },
        cancelling: false,
        cancelError: null,
      }),
    )
  })
})
