import { setImmediate as settled } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { ChangeLog } from '../../server/share-requests/change-log.ts'
import { ChangeSubscription } from '../../server/share-requests/change-subscription.ts'
import type { ShareRequestFilter } from '../../server/share-requests/filter.ts'
import { type ChangeCursor, type LoggedChange, StoreUnavailable } from '../../server/share-requests/store.ts'
import { VirtualClock } from '../support/clock.ts'
import { samplePending } from './samples.ts'

const everything: ShareRequestFilter = { policy: null, reference: null, states: null }

/** A log on a fake store. */
function startLog() {
  const clock = new VirtualClock()
  const stored: LoggedChange[] = []
  let onChange = () => {}
  const changesAfter = vi.fn(
    async ({ position }: ChangeCursor, limit: number): Promise<LoggedChange[] | null> =>
      stored.filter((change) => change.position > position).slice(0, limit),
  )
  const failed = vi.fn()
  const log = new ChangeLog({
    ...{ timers: clock, monitor: { failed } },
    store: {
      changesAfter,
      onChange(changed) {
        onChange = () => changed({ id: 'any', version: 1 })
        return () => {}
      },
    },
  })
  log.start()
  return {
    ...{ clock, log, changesAfter, failed },
    subscribe: (filter: Partial<ShareRequestFilter> = {}, position = 0) =>
      new ChangeSubscription({
        ...{ log, cursor: { position, changedAt: null } },
        ...{ filter: { ...everything, ...filter }, now: () => clock.now() },
      }),
    add(...references: string[]) {
      for (const reference of references)
        stored.push({ position: stored.length + 1, request: { ...samplePending, reference } })
      onChange()
    },
  }
}

const referenceOf = ({ value }: IteratorResult<LoggedChange>) => value?.request.reference

describe('a subscription to changes', () => {
  test('replays what came after its position, then goes on with what is new', async () => {
    const { subscribe, add, clock } = startLog()
    add('a', 'b')
    const changes = subscribe({}, 1)
    expect(referenceOf(await changes.next())).toBe('b')
    const next = changes.next()
    await settled()
    add('c')
    await clock.advance(10)
    expect(referenceOf(await next)).toBe('c')
  })

  test('passes over what its filter rejects, also across pages', async () => {
    const { subscribe, add } = startLog()
    add(...Array.from({ length: 250 }, () => 'other'), 'wanted')
    expect(referenceOf(await subscribe({ reference: 'wanted' }).next())).toBe('wanted')
  })

  test('reads again if a change arrived while it read', async () => {
    const { subscribe, add, clock, changesAfter } = startLog()
    const reading = Promise.withResolvers<LoggedChange[]>()
    changesAfter.mockReturnValueOnce(reading.promise)
    const next = subscribe().next()
    await settled()
    add('a')
    await clock.advance(10)
    reading.resolve([])
    expect(referenceOf(await next)).toBe('a')
  })

  test('shares its queries with others at the same position', async () => {
    const { subscribe, add, clock, changesAfter } = startLog()
    const subscriptions = Array.from({ length: 10 }, () => subscribe())
    const next = subscriptions.map((subscription) => subscription.next())
    await settled()
    await settled()
    add('a')
    await clock.advance(10)
    expect((await Promise.all(next)).map(referenceOf)).toEqual(Array(10).fill('a'))
    expect(changesAfter).toHaveBeenCalledTimes(2)
  })

  test('ends while it waits, and is forgotten', async () => {
    const { subscribe, log } = startLog()
    const changes = subscribe()
    expect(log.size).toBe(1)
    const next = changes.next()
    await settled()
    await changes.return()
    expect(await next).toEqual({ value: undefined, done: true })
    expect(log.size).toBe(0)
  })

  test('survives an outage of the store', async () => {
    const { subscribe, add, clock, changesAfter, failed } = startLog()
    const error = new StoreUnavailable('UNREACHABLE', 'The database is being restarted.')
    changesAfter.mockRejectedValueOnce(error)
    const next = subscribe().next()
    await settled()
    await settled()
    expect(failed).toHaveBeenCalledWith('reading the log of changes', error)
    add('a')
    await clock.advance(1_000)
    expect(referenceOf(await next)).toBe('a')
  })

  test('ends with an error if the log cannot go on from its cursor', async () => {
    const { subscribe, changesAfter, log } = startLog()
    changesAfter.mockResolvedValueOnce(null)
    const changes = subscribe()
    await expect(changes.next()).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' })
    expect(await changes.next()).toEqual({ value: undefined, done: true })
    expect(log.size).toBe(0)
  })

  test('is ended if its subscriber takes nothing for a minute while changes come, and tells it so', async () => {
    const { subscribe, add, clock, log } = startLog()
    const slow = subscribe()
    add('a', 'b')
    expect(referenceOf(await slow.next())).toBe('a')
    await clock.advance(60_000)
    add('c')
    await clock.advance(10)
    expect(log.size).toBe(0)
    await expect(slow.next()).rejects.toMatchObject({ code: 'SLOW_CONSUMER' })
    expect(await slow.next()).toEqual({ value: undefined, done: true })
  })

  test('is not ended for being idle', async () => {
    const { subscribe, add, clock } = startLog()
    const idle = subscribe()
    const next = idle.next()
    await settled()
    await clock.advance(600_000)
    add('a')
    await clock.advance(10)
    expect(referenceOf(await next)).toBe('a')
  })
})
