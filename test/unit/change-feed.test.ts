import { setImmediate as settled } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import type { ShareRequest } from '../../server/share-requests/share-request.ts'
import { type Change, StoreUnavailable } from '../../server/share-requests/store.ts'
import { Topics } from '../../server/share-requests/topics.ts'
import { ChangeFeed } from '../../server/watcher/change-feed.ts'
import { VirtualClock } from '../support/clock.ts'
import { samplePending } from './samples.ts'

const { approvedAt: _, ...common } = samplePending
const requestOf = (id: string): ShareRequest => ({
  ...{ ...common, id },
  ...{ state: 'CANCELLED', version: 2, changedAt: 1_200_000 },
})

/** A feed on a fake store: the test sends its changes and answers its calls. */
function startFeed(ids: readonly string[]) {
  const clock = new VirtualClock()
  const topics = new Topics()
  const published: string[] = []
  const gone: string[] = []
  for (const id of ids)
    topics.add(id, { changed: ({ id }) => void published.push(id), gone: () => void gone.push(id) })
  let heard = { changed: (_: Change) => {}, missed: () => {} }
  const findAll = vi.fn(async (wanted: readonly string[]) => wanted.map(requestOf))
  const failed = vi.fn()
  const feed = new ChangeFeed({
    ...{ topics, timers: clock, monitor: { failed } },
    store: {
      findAll,
      onChange(changed, missed) {
        heard = { changed, missed }
        return () => {}
      },
    },
  })
  feed.start()
  return { feed, clock, topics, published, gone, findAll, failed, heard: () => heard }
}

const down = new StoreUnavailable('UNREACHABLE', 'The database is being restarted.')

describe('the change feed', () => {
  test('publishes a change made here without reading it', () => {
    const { published, findAll, heard } = startFeed(['a'])
    heard().changed({ id: 'a', version: 2, request: requestOf('a') })
    expect(published).toEqual(['a'])
    expect(findAll).not.toHaveBeenCalled()
  })

  test('reads a change made elsewhere only for subscribers here', async () => {
    const { published, findAll, heard } = startFeed(['a'])
    for (const id of ['b', 'a']) heard().changed({ id, version: 2 })
    await settled()
    expect(findAll.mock.calls).toEqual([[['a']]])
    expect(published).toEqual(['a'])
  })

  test('batches what arrives during a read, and reads again what changes meanwhile', async () => {
    const { published, findAll, heard } = startFeed(['a', 'b', 'c'])
    for (const id of ['a', 'b', 'c', 'a']) heard().changed({ id, version: 2 })
    await settled()
    expect(findAll.mock.calls).toEqual([[['a']], [['b', 'c', 'a']]])
    expect(published).toEqual(['a', 'b', 'c', 'a'])
  })

  test('reads everything with a subscriber after missed changes, 500 at once', async () => {
    const ids = Array.from({ length: 1_200 }, (_, index) => `id-${index}`)
    const { published, findAll, heard } = startFeed(ids)
    heard().missed()
    await settled()
    expect(findAll.mock.calls.map(([wanted]) => wanted.length)).toEqual([500, 500, 200])
    expect(published).toEqual(ids)
  })

  test('reads again until that works, with what has changed since', async () => {
    const { clock, published, findAll, failed, heard } = startFeed(['a', 'b'])
    findAll.mockRejectedValueOnce(down).mockRejectedValueOnce(down)
    heard().changed({ id: 'a', version: 2 })
    await settled()
    heard().changed({ id: 'b', version: 2 })
    for (let second = 1; second <= 2; second++) {
      expect(published).toEqual([])
      clock.advance(1_000)
      await settled()
    }
    expect(published.toSorted()).toEqual(['a', 'b'])
    expect(failed.mock.calls).toEqual([
      ['reading changes', down],
      ['reading changes', down],
    ])
    expect(clock.nextTimerMs).toBeUndefined()
  })

  test('ends subscriptions of a share request that no longer exists', async () => {
    const { published, gone, findAll, heard } = startFeed(['a', 'b'])
    findAll.mockResolvedValueOnce([requestOf('b')])
    heard().missed()
    await settled()
    expect([published, gone]).toEqual([['b'], ['a']])
  })

  test('reads nothing once it has stopped or nobody subscribes any more', async () => {
    const ended = startFeed(['a'])
    ended.findAll.mockRejectedValueOnce(down)
    ended.heard().changed({ id: 'a', version: 2 })
    await settled()
    ended.feed.stop()
    ended.clock.advance(1_000)
    await settled()
    expect(ended.findAll).toHaveBeenCalledTimes(1)

    const left = startFeed([])
    const follower = { changed() {}, gone() {} }
    left.topics.add('a', follower)
    left.findAll.mockRejectedValueOnce(down)
    left.heard().changed({ id: 'a', version: 2 })
    left.topics.remove('a', follower)
    await settled()
    left.clock.advance(1_000)
    await settled()
    expect(left.findAll).toHaveBeenCalledTimes(1)
  })
})
