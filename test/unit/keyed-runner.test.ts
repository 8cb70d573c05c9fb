import { describe, expect, test, vi } from 'vitest'
import { KeyedRunner } from '../../server/watcher/keyed-runner.ts'
import { settle } from './domain.ts'

/** A runner whose runs the test ends, in the order in which they began. */
function createRunner() {
  const runs: PromiseWithResolvers<string>[] = []
  const onShared = vi.fn<() => void>()
  const onFailure = vi.fn<(error: unknown) => void>()
  const runner = new KeyedRunner<string>({ onShared, onFailure })
  const begin = ({ requested }: { requested: boolean }) =>
    runner.runNow(
      'a',
      () => {
        const run = Promise.withResolvers<string>()
        runs.push(run)
        return run.promise
      },
      { requested },
    )
  const request = () => runner.runNext('a', async () => begin({ requested: true }), 'nothing')
  return { runner, runs, begin, request, onShared, onFailure }
}

describe('a requested run', () => {
  test('begins at once and is shared by all who request it before it has begun', async () => {
    const { runs, request, onShared } = createRunner()
    const requests = [request(), request()]
    await vi.waitUntil(() => runs.length === 1)
    runs[0]?.resolve('done')
    expect(await Promise.all(requests)).toEqual(['done', 'done'])
    expect(onShared).toHaveBeenCalledTimes(1)
  })

  test('waits while another run is in progress, and is shared by all who wait', async () => {
    const { runs, begin, request } = createRunner()
    begin({ requested: false })
    const requests = [request(), request()]
    runs[0]?.resolve('too early')
    await vi.waitUntil(() => runs.length === 2)
    runs[1]?.resolve('done')
    expect(await Promise.all(requests)).toEqual(['done', 'done'])
  })

  test('follows a run that failed', async () => {
    const { runs, begin, request, onFailure } = createRunner()
    begin({ requested: false })
    const result = request()
    const failure = new Error('broken')
    runs[0]?.reject(failure)
    await vi.waitUntil(() => runs.length === 2)
    runs[1]?.resolve('done')
    expect(await result).toBe('done')
    expect(onFailure.mock.calls).toEqual([[failure]])
  })

  // A counterexample of the property tests: a cancel used the answer of a check that had begun before the cancel.
  test('is not answered by a run that began before the request, although an earlier request still waits', async () => {
    const { runner, runs, begin, request } = createRunner()
    const attempt = Promise.withResolvers<void>()
    const earlier = runner.runNext('a', () => attempt.promise, 'nothing')
    begin({ requested: false })
    const later = request()
    runs[0]?.resolve('too early for the later call')
    attempt.resolve()
    expect(await earlier).toBe('too early for the later call')
    await vi.waitUntil(() => runs.length === 2)
    runs[1]?.resolve('done')
    expect(await later).toBe('done')
  })

  // Another one: two callers tried to claim at once, and the loser found no run in progress.
  test('is attempted one request after the other', async () => {
    const { runner, runs, begin, request } = createRunner()
    const attempt = Promise.withResolvers<void>()
    const earlier = runner.runNext('a', () => attempt.promise, 'nothing')
    begin({ requested: false })
    runs[0]?.resolve('first')
    expect(await earlier).toBe('first')
    const later = request()
    await settle()
    expect(runs).toHaveLength(1)
    attempt.resolve()
    await vi.waitUntil(() => runs.length === 2)
    runs[1]?.resolve('second')
    expect(await later).toBe('second')
  })

  test('resolves with the fallback if the attempt begins no run', async () => {
    const { runner } = createRunner()
    expect(await runner.runNext('a', async () => {}, 'nothing')).toBe('nothing')
  })

  test('fails as its attempt does, and the next request makes a new attempt', async () => {
    const { runner, runs, request } = createRunner()
    const failing = runner.runNext('a', () => Promise.reject(new Error('no store')), 'nothing')
    await expect(failing).rejects.toThrow('no store')
    const next = request()
    await vi.waitUntil(() => runs.length === 1)
    runs[0]?.resolve('done')
    expect(await next).toBe('done')
  })
})

test('runs one at a time for each id, and several ids at once', () => {
  const { runner, runs, begin } = createRunner()
  begin({ requested: false })
  begin({ requested: false })
  expect(runs).toHaveLength(1)
  runner.runNow('b', async () => 'done', { requested: false })
  expect(runner.size).toBe(2)
})

test('is idle once everything requested and begun has ended', async () => {
  const { runner, runs, begin, request } = createRunner()
  begin({ requested: false })
  const result = request()
  let isIdle = false
  const idle = runner.idle().then(() => {
    isIdle = true
  })
  runs[0]?.resolve('first')
  await vi.waitUntil(() => runs.length === 2)
  expect(isIdle).toBe(false)
  runs[1]?.resolve('second')
  await idle
  expect(await result).toBe('second')
  expect(runner.size).toBe(0)
})
