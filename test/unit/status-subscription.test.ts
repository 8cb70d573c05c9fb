import { describe, expect, test } from 'vitest'
import type { ShareRequest } from '../../server/share-requests/share-request.ts'
import { StatusSubscription } from '../../server/share-requests/status-subscription.ts'
import { Topics } from '../../server/share-requests/topics.ts'
import { samplePending } from './samples.ts'

const { approvedAt: _, ...common } = samplePending
const cancelled: ShareRequest = { ...common, state: 'CANCELLED', version: 2, changedAt: 1_200_000 }

async function versions(follower: StatusSubscription): Promise<number[]> {
  const seen: number[] = []
  for await (const { version } of follower) seen.push(version)
  return seen
}

describe('a follower', () => {
  test('gives the current version, then each change once and in order, and ends', async () => {
    const topics = new Topics()
    const follower = new StatusSubscription(topics, samplePending.id)
    follower.offer(samplePending)
    topics.publish(cancelled)
    topics.publish(cancelled)
    topics.publish(samplePending)
    expect(await versions(follower)).toEqual([1, 2])
    expect(topics.size).toBe(0)
  })

  test('drops a late read if the change came first', async () => {
    const topics = new Topics()
    const follower = new StatusSubscription(topics, samplePending.id)
    topics.publish(cancelled)
    follower.offer(samplePending)
    expect(await versions(follower)).toEqual([2])
  })

  test('delivers a version to a waiting subscriber', async () => {
    const topics = new Topics()
    const follower = new StatusSubscription(topics, samplePending.id)
    const first = follower.next()
    follower.offer(samplePending)
    expect(await first).toEqual({ done: false, value: samplePending })
    const second = follower.next()
    topics.publish(cancelled)
    expect(await second).toEqual({ done: false, value: cancelled })
    expect(await follower.next()).toEqual({ done: true, value: undefined })
  })

  test('gives each waiting call a different version, and ends for the others', async () => {
    const topics = new Topics()
    const follower = new StatusSubscription(topics, samplePending.id)
    const waiting = [follower.next(), follower.next(), follower.next()]
    follower.offer(samplePending)
    topics.publish(cancelled)
    expect(await Promise.all(waiting)).toEqual([
      { done: false, value: samplePending },
      { done: false, value: cancelled },
      { done: true, value: undefined },
    ])
  })

  test('ends at once for waiting calls, and releases the topic', async () => {
    const topics = new Topics()
    const follower = new StatusSubscription(topics, samplePending.id)
    const waiting = follower.next()
    await follower.return()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(topics.size).toBe(0)
    topics.publish(cancelled)
    expect(await follower.next()).toEqual({ done: true, value: undefined })
  })

  test('does not receive other share requests', async () => {
    const topics = new Topics()
    const follower = new StatusSubscription(topics, 'another')
    topics.publish(cancelled)
    await follower.return()
    expect(await versions(follower)).toEqual([])
  })
})

test('topics count their subscribers', () => {
  const topics = new Topics()
  const first = { changed() {}, gone() {} }
  const second = { changed() {}, gone() {} }
  topics.add('a', first)
  topics.add('a', second)
  expect([topics.size, topics.has('a'), topics.ids()]).toEqual([2, true, ['a']])
  topics.remove('a', first)
  topics.remove('a', first)
  expect([topics.size, topics.has('a')]).toEqual([1, true])
  topics.remove('a', second)
  expect([topics.size, topics.has('a'), topics.ids()]).toEqual([0, false, []])
})
