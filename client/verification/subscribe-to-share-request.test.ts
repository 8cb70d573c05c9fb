// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { approved, created, declined, ends, event, pending, revoked, shareRequest } from '../test/samples.ts'
import { SessionTab, statusOf } from '../test/session-tab.ts'

let tab: SessionTab
beforeEach(() => {
  tab = new SessionTab()
})
afterEach(() => {
  tab.close()
  vi.useRealTimers()
})

describe('following', () => {
  test('shows each change, and ignores what is not newer', async () => {
    const { session, open } = await tab.pending()
    open.next(event(approved('PASSED', 'PASSED')))
    await vi.waitFor(() => expect(statusOf(session)).toBe('ApprovedStatus'))
    open.next(event(pending))
    open.complete()
    await vi.waitFor(() => expect(tab.fake.subscriptions.size).toBe(0))
    expect(statusOf(session)).toBe('ApprovedStatus')
  })

  test('shows a lost socket until the first event afterwards', async () => {
    vi.useFakeTimers()
    const { session } = await tab.pending()
    tab.fake.isReachable = false
    tab.fake.answers.CheckShareRequest = () => 'no network'
    tab.fake.breakSockets()
    await vi.waitFor(() => expect(session.getState()).toMatchObject({ reconnecting: true }))
    await vi.advanceTimersByTimeAsync(120_000)
    expect(session.getState()).toMatchObject({ reconnecting: true, status: { version: 1 } })
    tab.fake.isReachable = true
    await vi.advanceTimersByTimeAsync(30_000)
    await vi.waitFor(() => expect(session.getState()).toMatchObject({ reconnecting: false }))
    ;(await tab.subscription()).next(event(declined))
    await vi.waitFor(() => expect(statusOf(session)).toBe('DeclinedStatus'))
  })

  test.each(['complete', 'error'] as const)(
    'a subscription that ends too early with %s is repeated',
    async (end) => {
      vi.useFakeTimers()
      const { session, open } = await tab.pending()
      if (end === 'complete') open.complete()
      else open.error('RATE_LIMITED')
      await vi.waitFor(() => expect(session.getState()).toMatchObject({ reconnecting: true }))
      await vi.advanceTimersByTimeAsync(1_000)
      ;(await tab.subscription()).next(event(pending))
      await vi.waitFor(() => expect(session.getState()).toMatchObject({ reconnecting: false }))
    },
  )

  test('forgets a share request that the gateway does not have', async () => {
    const { session, open } = await tab.pending()
    open.error('SHARE_REQUEST_NOT_FOUND')
    await vi.waitFor(() => expect(statusOf(session)).toBe('gone'))
    expect(tab.saved).toBeNull()
  })

  test('passes on a status of a newer gateway', async () => {
    vi.spyOn(console, 'warn').mockReturnValue()
    const { session, open } = await tab.pending()
    open.next(event(revoked))
    await vi.waitFor(() => expect(statusOf(session)).toBe('RevokedStatus'))
  })

  test('starting again after a result creates another share request with another key', async () => {
    const { session, open } = await tab.pending()
    open.next(event(declined))
    await vi.waitFor(() => expect(statusOf(session)).toBe('DeclinedStatus'))
    tab.fake.answers.CreateShareRequest = () => created(pending, 'share-2')
    await session.start()
    expect(session.getState()).toMatchObject({ handle: { id: 'share-2' }, status: { version: 1 } })
    const [first, second] = tab.fake.calls.filter(({ operation }) => operation === 'CreateShareRequest')
    expect(first?.variables).not.toEqual(second?.variables)
  })

  test('a detached session unsubscribes, and subscribes again when it is attached', async () => {
    const { session } = await tab.pending()
    tab.detach()
    await vi.waitFor(() => expect(tab.fake.subscriptions.size).toBe(0))
    tab.attach(session)
    ;(await tab.subscription()).next(event(declined))
    await vi.waitFor(() => expect(statusOf(session)).toBe('DeclinedStatus'))
  })
})

describe('a reload', () => {
  test('while pending resumes the same share request', async () => {
    await tab.pending()
    tab.detach()
    const session = tab.load()
    expect(session.getState()).toEqual({ phase: 'resuming', reconnecting: false })
    const open = await tab.subscription()
    expect(open.variables).toEqual({ id: 'share-1', clientSecret: 'secret of share-1' })
    open.next(event(pending))
    await vi.waitFor(() => expect(statusOf(session)).toBe('PendingStatus'))
    expect(tab.fake.count('CreateShareRequest')).toBe(1)
    expect(session.getState()).toMatchObject({ endedBefore: false })
  })

  test('while creating repeats the creation with its key', async () => {
    tab.fake.answers.CreateShareRequest = () => 'silence'
    void tab.load().start()
    tab.fake.answers.CreateShareRequest = () => created(pending)
    const session = tab.load()
    await vi.waitFor(() => expect(statusOf(session)).toBe('PendingStatus'))
    expect(tab.fake.calls[1]?.variables).toEqual(tab.fake.calls[0]?.variables)
  })

  test('shows a result that arrived meanwhile, and forgets it', async () => {
    await tab.pending()
    tab.detach()
    tab.fake.answers.CheckShareRequest = () => ({ checkShareRequest: shareRequest(declined) })
    const session = tab.load()
    await vi.waitFor(() => expect(session.getState()).toMatchObject({ endedBefore: true }))
    expect(statusOf(session)).toBe('DeclinedStatus')
    expect(tab.saved).toBeNull()
    expect(statusOf(tab.load())).toBe('idle')
    expect(tab.fake.count('CreateShareRequest')).toBe(1)
  })

  test('while the gateway cannot ask Portmone resumes, but an end may be an old one', async () => {
    await tab.pending()
    tab.detach()
    tab.fake.answers.CheckShareRequest = () => ({ checkShareRequest: { __typename: 'UpstreamUnavailable' } })
    const session = tab.load()
    await vi.waitFor(() => expect(statusOf(session)).toBe('PendingStatus'))
    ;(await tab.subscription()).next(event(approved('PASSED', 'PASSED')))
    await vi.waitFor(() => expect(statusOf(session)).toBe('ApprovedStatus'))
    expect(session.getState()).toMatchObject({ endedBefore: true })
  })

  test('while the gateway cannot ask Portmone checks again, and an end after that is new', async () => {
    vi.useFakeTimers()
    tab.fake.date = new Date('2026-11-24T10:00:00Z')
    await tab.pending()
    tab.detach()
    const checks = [{ __typename: 'UpstreamUnavailable' }, shareRequest(pending)]
    tab.fake.answers.CheckShareRequest = () => ({ checkShareRequest: checks.shift() })
    const session = tab.load()
    const open = await tab.subscription()
    open.next(event(pending))
    await vi.waitFor(() => expect(statusOf(session)).toBe('PendingStatus'))
    await vi.advanceTimersByTimeAsync(20_000)
    expect(tab.fake.count('CheckShareRequest')).toBe(2)
    open.next(event(approved('PASSED', 'PASSED')))
    await vi.waitFor(() => expect(statusOf(session)).toBe('ApprovedStatus'))
    expect(session.getState()).toMatchObject({ endedBefore: false })
  })

  test.each(ends)('after %s was shown, nothing is left of it', async (_, end) => {
    const { session, open } = await tab.pending()
    open.next(event(end))
    await vi.waitFor(() => expect(statusOf(session)).toBe(end.__typename))
    expect(tab.saved).toBeNull()
    expect(statusOf(tab.load())).toBe('idle')
  })

  test('a page that the browser had kept shows the start, once what it showed has ended', async () => {
    const { session, open } = await tab.pending()
    const shownAgain = () => window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    shownAgain()
    await vi.waitFor(() => expect(tab.fake.count('CheckShareRequest')).toBe(1))
    expect(statusOf(session)).toBe('PendingStatus')
    open.next(event(approved('PASSED', 'PASSED')))
    await vi.waitFor(() => expect(statusOf(session)).toBe('ApprovedStatus'))
    expect(session.getState()).toMatchObject({ endedBefore: false })
    shownAgain()
    expect(statusOf(session)).toBe('idle')
  })

  test.each(['HTTP', 'the subscription'])(
    'a page that the browser had kept while pending may show an old end, by %s',
    async (by) => {
      const { session, open } = await tab.pending()
      const end = approved('PASSED', 'PASSED')
      tab.fake.answers.CheckShareRequest = () =>
        by === 'HTTP' ? { checkShareRequest: shareRequest(end) } : 'silence'
      window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
      if (by !== 'HTTP') open.next(event(end))
      await vi.waitFor(() => expect(statusOf(session)).toBe('ApprovedStatus'))
      expect(session.getState()).toMatchObject({ endedBefore: true })
    },
  )

  test.each(['', 'null', '{', '[]', '7', '{"id":1,"clientSecret":2}', '{"idempotencyKey":null}'])(
    'ignores saved content that it cannot read: %j',
    (item) => {
      tab.save(item)
      expect(statusOf(tab.load())).toBe('idle')
    },
  )

  test('keeps nothing beyond the tab, and no secret in a URL', async () => {
    await tab.pending()
    expect(tab.saved).toBe('{"id":"share-1","clientSecret":"secret of share-1"}')
    expect(localStorage.length).toBe(0)
    expect(location.href).not.toContain('secret')
  })
})

test("takes the time from the gateway's answers, so that a wrong clock of the device does not matter", async () => {
  vi.useFakeTimers({ now: new Date('2001-01-01T00:00:00Z') })
  tab.fake.date = new Date('2026-11-24T10:02:00.000Z')
  await tab.load().start()
  expect(new Date(tab.fake.gateway.clock.now()).toISOString()).toBe('2026-11-24T10:02:00.000Z')
})
