import { expect, test, vi } from 'vitest'
import type { ShareRequest } from '../../server/share-requests/share-request.ts'
import { ReadCache } from '../../server/store/read-cache.ts'

const version = (version: number) => ({ id: 'one', version }) as ShareRequest

test('a cached share request is not read again until it is written', async () => {
  const cache = new ReadCache()
  const read = vi.fn(async () => version(read.mock.calls.length))
  const find = () => cache.find('one', read)
  expect([await find(), await find()]).toEqual([version(1), version(1)])
  cache.written('another')
  expect(await find()).toEqual(version(1))
  cache.written('one')
  expect([await find(), await find()]).toEqual([version(2), version(2)])
  cache.written()
  expect(await find()).toEqual(version(3))
})

test('a read that overlaps a write is not cached', async () => {
  const cache = new ReadCache()
  const { promise, resolve } = Promise.withResolvers<ShareRequest>()
  const early = cache.find('one', () => promise)
  cache.written('one')
  resolve(version(1))
  expect(await early).toEqual(version(1))
  expect(await cache.find('one', async () => version(2))).toEqual(version(2))
})

test('concurrent reads share a query, but none that began before a write', async () => {
  const cache = new ReadCache()
  const queries: ((request: ShareRequest) => void)[] = []
  const find = () => cache.find('one', () => new Promise((resolve) => queries.push(resolve)))
  const early = [find(), find()]
  cache.written('another')
  early.push(find())
  cache.written('one')
  const late = [find(), find()]
  expect(queries).toHaveLength(2)
  for (const [index, answer] of queries.entries()) answer(version(index + 1))
  expect(await Promise.all(early)).toEqual(early.map(() => version(1)))
  expect(await Promise.all(late)).toEqual(late.map(() => version(2)))
  expect(await find()).toEqual(version(2))
})

test('a query that fails is repeated', async () => {
  const cache = new ReadCache()
  await expect(cache.find('one', () => Promise.reject(new Error('busy')))).rejects.toThrow('busy')
  expect(await cache.find('one', async () => version(1))).toEqual(version(1))
})

test('a missing share request is not cached, because it may be created', async () => {
  const cache = new ReadCache()
  expect(await cache.find('one', async () => null)).toBeNull()
  expect(await cache.find('one', async () => version(1))).toEqual(version(1))
})
