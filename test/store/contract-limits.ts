import { describe, expect, test } from 'vitest'
import type { CreationLimit, Store } from '../../server/share-requests/store.ts'
import { minute, reservation, type StoreHarness } from './harness.ts'

const limit = (name: string, maxPerMinute: number): CreationLimit => ({ name, maxPerMinute })

/** Reserves something new under these limits. */
const reserve = (store: Store, ...limits: CreationLimit[]) => store.reserve(reservation({ limits }))

const kindsOf = (results: readonly { kind: string }[]) => results.map(({ kind }) => kind)

export function describeLimits(setUp: () => Promise<StoreHarness>): void {
  describe('the limit on creations', () => {
    test('is exact, however many come at once and to whichever gateway', async () => {
      const { store, rival } = await setUp()
      const other = await rival()
      const attempts = Array.from({ length: 20 }, (_, index) =>
        reserve(index % 2 ? store : other, limit('a', 7)),
      )
      const kinds = kindsOf(await Promise.all(attempts))
      expect(kinds.filter((kind) => kind === 'reserved')).toHaveLength(7)
      expect(kinds.filter((kind) => kind === 'limited')).toHaveLength(13)
      expect(await reserve(other, limit('b', 7))).toMatchObject({ kind: 'reserved' })
    })

    test('reserves nothing once it is reached, and says when to try again', async () => {
      const { store, clock } = await setUp()
      await reserve(store, limit('a', 1))
      const refused = reservation({ limits: [limit('a', 1)] })
      const limited = await store.reserve(refused)
      if (limited.kind !== 'limited') throw new Error(`It is ${limited.kind}.`)
      expect(limited.retryAfterMs).toBeGreaterThan(50_000)
      expect(limited.retryAfterMs).toBeLessThanOrEqual(minute)
      clock.advance(limited.retryAfterMs)
      expect(await store.reserve(refused)).toEqual({ kind: 'reserved', id: refused.id })
      expect(await store.reserve(refused)).toMatchObject({ kind: 'limited' })
    })

    test('counts a repeated creation as well', async () => {
      const { store } = await setUp()
      const again = reservation({ limits: [limit('a', 2)] })
      expect(kindsOf([await store.reserve(again), await store.reserve(again)])).toEqual(['reserved', 'busy'])
      expect(await store.reserve(again)).toMatchObject({ kind: 'limited' })
    })

    test('of a network is not used up by a customer over their own limit', async () => {
      const { store } = await setUp()
      const create = (name: string) => reserve(store, limit(name, 2), limit('network', 4))
      for (let tries = 0; tries < 7; tries++) await create('a')
      expect(kindsOf([await create('b'), await create('b')])).toEqual(['reserved', 'reserved'])
      expect(await create('c')).toMatchObject({ kind: 'limited' })
    })

    test('holds for a gateway whose clock is a little behind', async () => {
      const { store, clock } = await setUp()
      await reserve(store, limit('a', 1))
      clock.advance(-50)
      expect(await reserve(store, limit('a', 1))).toEqual({ kind: 'limited', retryAfterMs: minute })
    })

    test('lasts a minute at most, although the clock is set back', async () => {
      const { store, clock } = await setUp()
      await reserve(store, limit('a', 1))
      clock.advance(-60 * minute)
      expect(await reserve(store, limit('a', 1))).toMatchObject({ kind: 'reserved' })
    })
  })
}
