// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FakeGateway, FakeRefusal } from '../test/fake-gateway.ts'
import { change, counts, listed, page } from '../test/partner-visit.tsx'
import { declined, pending } from '../test/samples.ts'
import { noFilter } from './filter.ts'
import { LiveList } from './live-list.ts'
import { createPartnerClient, type PartnerClient } from './partner-client.ts'

let fake: FakeGateway
let partner: PartnerClient
let live: LiveList
let stop = () => {}

beforeEach(() => {
  fake = new FakeGateway()
  fake.answers.ShareRequestPage = () => page([listed('two', pending), listed('one', pending)])
  fake.answers.ShareRequestCounts = () => counts(2)
  partner = createPartnerClient('http://gateway.test/graphql', 'pk_test', () => {})
  live = new LiveList(partner, 'start')
})
afterEach(() => {
  stop()
  partner.dispose()
  fake.restore()
  vi.useRealTimers()
})

/** Retries until it passes; a busy machine may take long. */
const eventually = (assertion: () => void) => vi.waitFor(assertion, { timeout: 10_000 })

async function start() {
  stop = live.start()
  live.show(noFilter)
  await eventually(() => expect(live.getState().list).not.toBeNull())
}
const subscription = async () => {
  await eventually(() => expect(fake.subscriptions.size).toBe(1))
  return [...fake.subscriptions][0]!
}
const statuses = () =>
  Object.fromEntries(live.getState().list?.items.map(({ id, status }) => [id, status.__typename]) ?? [])
const newer = (id: string) => ({ ...listed(id, pending), createdAt: '2026-11-24T11:00:00.000Z' })

describe('the subscription', () => {
  test('resumes with the last cursor after a lost connection, and a duplicate changes nothing', async () => {
    await start()
    ;(await subscription()).next(change('first', listed('one', declined)))
    await eventually(() => expect(statuses().one).toBe('DeclinedStatus'))
    fake.breakSockets()
    await eventually(() => expect(fake.opened).toBe(2))
    const resumed = await subscription()
    expect(resumed.variables).toEqual({ after: 'first' })
    const { list } = live.getState()
    resumed.next(change('first', listed('one', declined)))
    resumed.next(change('second', listed('two', declined)))
    await eventually(() => expect(statuses().two).toBe('DeclinedStatus'))
    expect(live.getState().list?.items[1]).toBe(list?.items[1])
  })

  test.each(['CURSOR_EXPIRED', 'BAD_USER_INPUT'])('begins anew with a new list after %s', async (code) => {
    const changed: unknown[] = []
    live.onChange((request) => changed.push(request))
    fake.answers.ChangesCursor = () => ({ shareRequests: { changesCursor: 'renewed' } })
    await start()
    fake.answers.ShareRequestPage = () => page([listed('one', declined)])
    ;(await subscription()).error(code)
    await eventually(() => expect(statuses()).toEqual({ one: 'DeclinedStatus' }))
    expect((await subscription()).variables).toEqual({ after: 'renewed' })
    expect(changed).toEqual([null])
  })

  test('is retried after another error, with the same cursor', async () => {
    await start()
    ;(await subscription()).error('STORE_UNAVAILABLE')
    await eventually(() => expect(fake.subscriptions.size).toBe(0))
    expect((await subscription()).variables).toEqual({ after: 'start' })
  })

  test('comes as an event stream where no WebSocket can be opened', async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const stream = writable.getWriter()
    const write = (text: string) => stream.write(new TextEncoder().encode(text))
    fake.isReachable = false
    fake.answers.FollowChanges = () =>
      new Response(readable, { headers: { 'content-type': 'text/event-stream' } })
    await start()
    await eventually(() => expect(live.getState().isLive).toBe(true))
    write(':\n\n')
    write(`event: next\ndata: ${JSON.stringify({ data: change('first', listed('one', declined)) })}\n\n`)
    await eventually(() => expect(statuses().one).toBe('DeclinedStatus'))
    expect(live.getState().isLive).toBe(true)

    // A stream that is cut off is resumed.
    fake.isReachable = true
    await stream.close()
    await eventually(() =>
      expect([...fake.subscriptions, ...fake.calls].at(-1)?.variables).toEqual({ after: 'first' }),
    )
  })

  test('is not live once every transport has failed', async () => {
    fake.isReachable = false
    fake.answers.FollowChanges = () => 'no network'
    await start()
    expect(live.getState().isLive).toBeNull()
    await eventually(() => expect(live.getState().isLive).toBe(false))
    expect(fake.count('FollowChanges')).toBe(1)
    fake.isReachable = true
    await eventually(() => expect(live.getState().isLive).toBe(true))
  })
})

describe('a change that arrives while a page is loading', () => {
  test('is not undone by the page, which is older', async () => {
    let answer = (_: ReturnType<typeof page>) => {}
    await start()
    fake.answers.ShareRequestPage = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    live.show({ ...noFilter, policy: 'kyc-basic' })
    const { next } = await subscription()
    next(change('1', listed('one', declined)))
    next(change('2', newer('new')))
    const arrived = vi.fn()
    live.onChange(arrived)
    await eventually(() => expect(arrived).toHaveBeenCalledTimes(2))
    answer(page([listed('two', pending), listed('one', pending)]))
    await eventually(() => expect(live.getState().isLoading).toBe(false))
    expect(statuses()).toEqual({ new: 'PendingStatus', two: 'PendingStatus', one: 'DeclinedStatus' })
  })

  test('is not undone by a next page either', async () => {
    let answer = (_: ReturnType<typeof page>) => {}
    fake.answers.ShareRequestPage = ({ after }) =>
      after === null
        ? page([listed('two', pending)], 'after two')
        : new Promise((resolve) => {
            answer = resolve
          })
    await start()
    live.loadMore()
    const arrived = vi.fn()
    live.onChange(arrived)
    ;(await subscription()).next(change('1', listed('one', declined)))
    await eventually(() => expect(arrived).toHaveBeenCalledTimes(1))
    expect(statuses()).toEqual({ two: 'PendingStatus' })
    answer(page([listed('one', pending)]))
    await eventually(() => expect(statuses()).toEqual({ two: 'PendingStatus', one: 'DeclinedStatus' }))
  })
})

describe('the numbers', () => {
  test('are counted again after changes that match the filter, once for many, and never without one', async () => {
    await start()
    await eventually(() => expect(live.getState().counts?.ALL.value).toBe(2))
    fake.answers.ShareRequestCounts = () => counts(0, 0, 0, 2)
    const { next } = await subscription()
    for (const id of ['one', 'two']) next(change(id, listed(id, declined)))
    await eventually(() => expect(live.getState().counts?.DECLINED.value).toBe(2))
    expect(fake.count('ShareRequestCounts')).toBe(2)
    expect(fake.count('ShareRequestPage')).toBe(1)
  })

  test('are not counted again for a change that the filter leaves out', async () => {
    stop = live.start()
    live.show({ ...noFilter, policy: 'another' })
    await eventually(() => expect(live.getState().counts).not.toBeNull())
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
    const arrived = vi.fn()
    live.onChange(arrived)
    ;(await subscription()).next(change('1', listed('one', declined)))
    await eventually(() => expect(arrived).toHaveBeenCalled())
    await vi.advanceTimersByTimeAsync(5_000)
    expect(fake.count('ShareRequestCounts')).toBe(1)
  })

  test('are counted once more when a change arrives during a count', async () => {
    let answer = (_: ReturnType<typeof counts>) => {}
    fake.answers.ShareRequestCounts = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    await start()
    const arrived = vi.fn()
    live.onChange(arrived)
    ;(await subscription()).next(change('1', listed('one', declined)))
    await eventually(() => expect(arrived).toHaveBeenCalled())
    answer(counts(2))
    await eventually(() => expect(fake.count('ShareRequestCounts')).toBe(2))
  })
})

test('when all of the loaded pages has left the list, the next page is loaded', async () => {
  fake.answers.ShareRequestPage = ({ after }) =>
    after === null ? page([listed('two', pending)], 'after two') : page([listed('one', pending)])
  stop = live.start()
  live.show({ ...noFilter, result: 'PENDING' })
  await eventually(() => expect(statuses()).toEqual({ two: 'PendingStatus' }))
  ;(await subscription()).next(change('1', listed('two', declined)))
  await eventually(() => expect(statuses()).toEqual({ one: 'PendingStatus' }))
})

test('a list that has grown by many hundred begins anew', async () => {
  await start()
  const { next } = await subscription()
  for (let n = 0; n <= 500; n++) next(change(String(n), newer(`new-${n}`)))
  await eventually(() => expect(fake.count('ShareRequestPage')).toBe(2))
  await eventually(() => expect(Object.keys(statuses())).toHaveLength(2))
})

test('a page that cannot be loaded is a problem, until one can', async () => {
  fake.answers.ShareRequestPage = () => new FakeRefusal('BAD_USER_INPUT')
  stop = live.start()
  live.show(noFilter)
  await eventually(() => expect(live.getState().problem).toBe('BAD_USER_INPUT'))
  fake.answers.ShareRequestPage = () => page([listed('one', pending)])
  live.refresh()
  await eventually(() => expect(statuses()).toEqual({ one: 'PendingStatus' }))
  expect(live.getState().problem).toBeNull()
})
