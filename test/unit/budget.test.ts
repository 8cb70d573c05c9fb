import { describe, expect, test } from 'vitest'
import { RateLimited } from '../../server/share-requests/errors.ts'
import { upstreamRequestKinds } from '../../server/share-requests/upstream-budget.ts'
import { Budget } from '../../server/watcher/budget.ts'
import { VirtualClock } from '../support/clock.ts'

function createBudget(rate: number) {
  const clock = new VirtualClock()
  const budget = new Budget(rate, clock)
  return { clock, budget, available: () => upstreamRequestKinds.map((kind) => budget.available(kind)) }
}

describe('the upstream budget', () => {
  test('holds a second of requests, each kind its share, and refills with time', () => {
    const { clock, budget, available } = createBudget(10)
    expect(available()).toEqual([3, 5, 2])
    for (const kind of upstreamRequestKinds) budget.take(kind, budget.available(kind))
    expect(budget.waitMs('check')).toBe(200)
    clock.advance(400)
    expect(available()).toEqual([1, 2, 0])
    clock.advance(60_000)
    expect(available()).toEqual([3, 5, 2])
  })

  test('gives what one kind does not use to the others', () => {
    const { clock, budget } = createBudget(10)
    let checks = 0
    for (let ms = 0; ms < 10_000; ms += 100) {
      const count = budget.available('check')
      budget.take('check', count)
      checks += count
      clock.advance(100)
    }
    expect(checks).toBeGreaterThanOrEqual(100)
    expect(checks).toBeLessThanOrEqual(105)
  })

  test('keeps the share of a kind while the others take all they can', () => {
    const { clock, budget } = createBudget(10)
    let creations = 0
    for (let ms = 0; ms < 10_000; ms += 100) {
      for (const kind of ['check', 'facts'] as const) budget.take(kind, budget.available(kind))
      const count = budget.available('creation')
      budget.take('creation', count)
      creations += count
      clock.advance(100)
    }
    expect(creations).toBeGreaterThanOrEqual(30)
  })

  test('lets less than one request a second through in time', () => {
    const { clock, budget } = createBudget(0.5)
    budget.take('check', 1)
    expect([budget.available('check'), budget.waitMs('check')]).toEqual([0, 4_000])
    clock.advance(4_000)
    expect(budget.available('check')).toBe(1)
  })

  test('lets nothing through during a pause, which a shorter one does not cut short', () => {
    const { clock, budget, available } = createBudget(10)
    budget.pause(5_000)
    budget.pause(2_000)
    expect(available()).toEqual([0, 0, 0])
    expect(budget.waitMs('creation')).toBe(5_000)
    clock.advance(5_000)
    expect(available()).toEqual([3, 5, 2])
  })

  test('follows a lower rate at once', () => {
    const { budget, available } = createBudget(10)
    budget.rate = 4
    expect(available()).toEqual([1, 2, 1])
  })

  test('gives turns in order, and refuses those that are more than five seconds away', async () => {
    const { clock, budget } = createBudget(10)
    const turns: number[] = []
    const refused: number[] = []
    for (let index = 0; index < 25; index++)
      budget.turn('creation').then(
        () => turns.push(index),
        (error) => refused.push(error instanceof RateLimited ? error.retryAfter : Number.NaN),
      )
    await Promise.resolve()
    expect(turns).toEqual([0, 1, 2])
    await settled()
    expect(refused).toEqual([6, 6, 6, 6, 6, 6, 6])
    clock.advance(5_000)
    await settled()
    expect(turns).toEqual(Array.from({ length: 18 }, (_, index) => index))
  })
})

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
