// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  approved,
  cancelled,
  created,
  declined,
  ends,
  event,
  expired,
  pending,
  shareRequest,
} from '../test/samples.ts'
import { SessionTab, statusOf } from '../test/session-tab.ts'
import type { ShareRequestSession } from './share-request-session.ts'

let tab: SessionTab
beforeEach(() => {
  tab = new SessionTab()
})
afterEach(() => tab.close())

/** The customer presses the button again: in a new page's session, or in the same one. */
describe('a press', () => {
  const press = () => tab.load({ autoStart: true })
  const createdIds = async (session: ShareRequestSession, id: string) =>
    vi.waitFor(() => expect(session.getState()).toMatchObject({ handle: { id }, status: { version: 1 } }))

  beforeEach(async () => {
    await tab.pending()
    tab.detach()
    tab.fake.answers.CreateShareRequest = () => created(pending, 'share-2')
  })

  test('takes up what is still pending', async () => {
    const session = press()
    expect(statusOf(session)).toBe('resuming')
    await createdIds(session, 'share-1')
    await session.start()
    expect(tab.fake.count('CreateShareRequest')).toBe(1)
  })

  test.each(ends)('begins anew after %s, asked for by HTTP', async (_, end) => {
    tab.fake.answers.CheckShareRequest = () => ({ checkShareRequest: shareRequest(end) })
    const session = press()
    const shown: string[] = []
    session.onChange(() => shown.push(statusOf(session)))
    await createdIds(session, 'share-2')
    expect(shown).not.toContain(end.__typename)
    const [first, second] = tab.fake.calls.filter(({ operation }) => operation === 'CreateShareRequest')
    expect(first?.variables).not.toEqual(second?.variables)
    expect(tab.saved).toContain('share-2')
  })

  test.each(ends)('begins anew after %s, heard of by the subscription', async (_, end) => {
    tab.fake.answers.CheckShareRequest = () => 'silence'
    const session = press()
    ;(await tab.subscription()).next(event(end))
    await createdIds(session, 'share-2')
  })

  test('begins anew if the gateway could not ask Portmone', async () => {
    tab.fake.answers.CheckShareRequest = () => ({ checkShareRequest: { __typename: 'UpstreamUnavailable' } })
    tab.fake.answers.ReadShareRequest = () => ({ shareRequest: shareRequest(pending) })
    await createdIds(press(), 'share-2')
  })

  test('begins anew after an approval that the gateway learns of only when it is asked', async () => {
    const answer = Promise.withResolvers<Record<string, unknown>>()
    tab.fake.answers.CheckShareRequest = () => answer.promise
    const session = press()
    ;(await tab.subscription()).next(event(pending))
    answer.resolve({ checkShareRequest: shareRequest(approved('PASSED', 'PASSED')) })
    await createdIds(session, 'share-2')
  })

  test.each(['HTTP', 'the subscription'])(
    'begins anew where the gateway knows it no longer: %s',
    async (by) => {
      tab.fake.answers.CheckShareRequest = () =>
        by === 'HTTP' ? { checkShareRequest: { __typename: 'ShareRequestNotFound' } } : 'silence'
      const session = press()
      if (by !== 'HTTP') (await tab.subscription()).error('SHARE_REQUEST_NOT_FOUND')
      await createdIds(session, 'share-2')
    },
  )

  test.each(['no network', 'fault'] as const)(
    'with %s, says so, and neither shows nor creates anything until the next one',
    async (trouble) => {
      tab.fake.answers.CheckShareRequest = () => trouble
      tab.fake.answers.ReadShareRequest = () => trouble
      const session = press()
      await vi.waitFor(() =>
        expect(session.getState()).toEqual({
          phase: 'unreachable',
          cause: trouble === 'fault' ? 'server' : 'network',
        }),
      )
      expect(tab.fake.count('CreateShareRequest')).toBe(1)
      tab.fake.answers.CheckShareRequest = () => ({
        checkShareRequest: shareRequest(approved('PASSED', 'PASSED')),
      })
      session.setLanguage('uk')
      document.dispatchEvent(new Event('visibilitychange'))
      expect(statusOf(session)).toBe('unreachable')
      await session.start()
      await createdIds(session, 'share-2')
    },
  )

  test('while the gateway is unreachable can be given up, and what was saved with it', async () => {
    tab.fake.answers.CheckShareRequest = () => 'no network'
    tab.fake.answers.CancelShareRequest = () => ({ cancelShareRequest: shareRequest(cancelled) })
    const session = press()
    await vi.waitFor(() => expect(statusOf(session)).toBe('unreachable'))
    await session.cancel()
    expect([statusOf(session), tab.saved, tab.fake.count('CancelShareRequest')]).toEqual(['idle', null, 1])
  })

  test('in a page that is just resuming counts', async () => {
    tab.fake.answers.CheckShareRequest = () => 'silence'
    const session = tab.load()
    void session.start()
    ;(await tab.subscription()).next(event(approved('PASSED', 'PASSED')))
    await createdIds(session, 'share-2')
  })

  test('of a page that is gone before the answer creates nothing', async () => {
    const answer = Promise.withResolvers<Record<string, unknown>>()
    tab.fake.answers.CheckShareRequest = () => answer.promise
    press()
    await tab.subscription()
    tab.detach()
    answer.resolve({ checkShareRequest: shareRequest(declined) })
    await vi.waitFor(() => expect(tab.saved).toBeNull())
    expect(tab.fake.count('CreateShareRequest')).toBe(1)
  })

  test('repeats a creation whose answer was lost, and begins anew if that has ended since', async () => {
    tab.save(JSON.stringify({ idempotencyKey: '0f4b4c5e-3c55-4d0a-9a39-6f1b3b1c2d7e' }))
    const answers = [created(expired), created(pending, 'share-2')]
    tab.fake.answers.CreateShareRequest = () => answers.shift() ?? 'silence'
    const session = press()
    await createdIds(session, 'share-2')
    const [, repeated, fresh] = tab.fake.calls
      .filter(({ operation }) => operation === 'CreateShareRequest')
      .map(({ variables }) => JSON.stringify(variables))
    expect(repeated).toContain('0f4b4c5e')
    expect(fresh).not.toContain('0f4b4c5e')
  })
})
