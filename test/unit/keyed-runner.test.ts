import { describe, expect, test, vi } from 'vitest'
import { KeyedRunner } from '../../server/watcher/keyed-runner.ts'
import { settle } from './domain.ts'

/** Work whose pieces the test ends itself, in the order in which they began. */
function startWork() {
  const pieces: PromiseWithResolvers<string>[] = []
  const onShared = vi.fn<() => void>()
  const onFailure = vi.fn<(error: unknown) => void>()
  const work = new KeyedRunner<string>({ onShared, onFailure })
  const begin = (isCall: boolean) =>
    work.runNow(
      'a',
      () => {
        const piece = Promise.withResolvers<string>()
        pieces.push(piece)
        return piece.promise
      },
      isCall,
    )
  const call = () => work.runNext('a', async () => begin(true), 'nothing')
  return { work, pieces, begin, call, onShared, onFailure }
}

describe('work that is called for', () => {
  test('begins at once, and who calls before it has begun shares it', async () => {
    const { pieces, call, onShared } = startWork()
    const calls = [call(), call()]
    await vi.waitUntil(() => pieces.length === 1)
    pieces[0]?.resolve('done')
    expect(await Promise.all(calls)).toEqual(['done', 'done'])
    expect(onShared).toHaveBeenCalledTimes(1)
  })

  test('while a piece is under way waits for the next, which all who wait share', async () => {
    const { pieces, begin, call } = startWork()
    begin(false)
    const calls = [call(), call()]
    pieces[0]?.resolve('too early')
    await vi.waitUntil(() => pieces.length === 2)
    pieces[1]?.resolve('done')
    expect(await Promise.all(calls)).toEqual(['done', 'done'])
  })

  test('follows a piece that failed', async () => {
    const { pieces, begin, call, onFailure } = startWork()
    begin(false)
    const result = call()
    const failure = new Error('broken')
    pieces[0]?.reject(failure)
    await vi.waitUntil(() => pieces.length === 2)
    pieces[1]?.resolve('done')
    expect(await result).toBe('done')
    expect(onFailure.mock.calls).toEqual([[failure]])
  })

  // A counterexample of the property tests: a cancel took the answer of a check that had asked before the cancel came.
  test('is not answered by what began before the call, although an earlier call waits still', async () => {
    const { work, pieces, begin, call } = startWork()
    const attempt = Promise.withResolvers<void>()
    const earlier = work.runNext('a', () => attempt.promise, 'nothing')
    begin(false)
    const later = call()
    pieces[0]?.resolve('too early for the later call')
    attempt.resolve()
    expect(await earlier).toBe('too early for the later call')
    await vi.waitUntil(() => pieces.length === 2)
    pieces[1]?.resolve('done')
    expect(await later).toBe('done')
  })

  // Another one: two calls tried to claim at once, and the one that did not get it found nothing under way.
  test('is attempted one call after the other', async () => {
    const { work, pieces, begin, call } = startWork()
    const attempt = Promise.withResolvers<void>()
    const earlier = work.runNext('a', () => attempt.promise, 'nothing')
    begin(false)
    pieces[0]?.resolve('first')
    expect(await earlier).toBe('first')
    const later = call()
    await settle()
    expect(pieces).toHaveLength(1)
    attempt.resolve()
    await vi.waitUntil(() => pieces.length === 2)
    pieces[1]?.resolve('second')
    expect(await later).toBe('second')
  })

  test('comes to nothing where the attempt begins none', async () => {
    const { work } = startWork()
    expect(await work.runNext('a', async () => {}, 'nothing')).toBe('nothing')
  })

  test('fails as its attempt does, and the next call is attempted anew', async () => {
    const { work, pieces, call } = startWork()
    const failing = work.runNext('a', () => Promise.reject(new Error('no store')), 'nothing')
    await expect(failing).rejects.toThrow('no store')
    const next = call()
    await vi.waitUntil(() => pieces.length === 1)
    pieces[0]?.resolve('done')
    expect(await next).toBe('done')
  })
})

test('there is one piece for an id at a time, and as many as there are ids', () => {
  const { work, pieces, begin } = startWork()
  begin(false)
  begin(false)
  expect(pieces).toHaveLength(1)
  work.runNow('b', async () => 'done', false)
  expect(work.size).toBe(2)
})

test('the end is when all that was called for and begun has ended', async () => {
  const { work, pieces, begin, call } = startWork()
  begin(false)
  const result = call()
  let hasEnded = false
  const ended = work.ended().then(() => {
    hasEnded = true
  })
  pieces[0]?.resolve('first')
  await vi.waitUntil(() => pieces.length === 2)
  expect(hasEnded).toBe(false)
  pieces[1]?.resolve('second')
  await ended
  expect(await result).toBe('second')
  expect(work.size).toBe(0)
})
