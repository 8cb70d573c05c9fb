import { describe, expect, test } from 'vitest'
import type { PendingShareRequest } from '../../server/share-requests/share-request.ts'
import type { Store } from '../../server/share-requests/store.ts'
import { cancelled, minute, pending, type StoreHarness } from './harness.ts'

const idsOf = (requests: readonly PendingShareRequest[]) => requests.map(({ id }) => id)

const claimDue = (store: Store, limit = 100) => store.claimDue({ limit, leaseMs: minute })
const claim = (store: Store, id: string, maxPerMinute = 100) =>
  store.claim(id, { leaseMs: minute, maxPerMinute })
const finish = (store: Store, id: string, nextWorkAt: number, nextWorkAtIfWatched = nextWorkAt) =>
  store.finish([{ id, nextWorkAt, nextWorkAtIfWatched }])

export function describeWork(setUp: () => Promise<StoreHarness>): void {
  describe('claims', () => {
    test('take due work once each, the longest due first, up to the given number', async () => {
      const { store } = await setUp()
      const now = store.now()
      const late = await pending(store, { nextWorkAt: now - 1_000 })
      const later = await pending(store, { nextWorkAt: now - 3_000 })
      const latest = await pending(store, { nextWorkAt: now - 5_000 })
      await pending(store, { nextWorkAt: now + minute })
      expect(await claimDue(store, 2)).toEqual([latest, later])
      expect(await claimDue(store, 2)).toEqual([late])
      expect(await claimDue(store, 2)).toEqual([])
    })

    test('claimed work is due when its check says so', async () => {
      const { store, clock } = await setUp()
      const request = await pending(store)
      await claimDue(store)
      await finish(store, request.id, store.now() + 5_000.25)
      clock.advance(4_000)
      expect(await claimDue(store)).toEqual([])
      clock.advance(2_000)
      expect(await claimDue(store)).toEqual([request])
    })

    test('the work of a dead gateway is taken over when its lease ends, and belongs to its successor', async () => {
      const { store, another, clock } = await setUp()
      const request = await pending(store)
      await claimDue(store)
      const heir = await another()
      clock.advance(minute - 1_000)
      expect(await claimDue(heir)).toEqual([])
      clock.advance(2_000)
      expect(await claimDue(heir)).toEqual([request])
      await finish(store, request.id, store.now())
      expect(await claimDue(store)).toEqual([])
      await finish(heir, request.id, store.now())
      expect(await claimDue(store)).toEqual([request])
    })

    test('concurrent claims get different work', async () => {
      const { store, rival } = await setUp()
      const other = await rival()
      const all: string[] = []
      for (let index = 0; index < 60; index++) all.push((await pending(store)).id)
      const claims = Array.from({ length: 12 }, (_, index) => claimDue(index % 2 ? store : other, 7))
      const claimed = (await Promise.all(claims)).flatMap(idsOf)
      // A claim that meets a lock may get fewer; the rest is left for the next one.
      claimed.push(...idsOf(await claimDue(store)))
      expect(claimed.sort()).toEqual(all.sort())
    })

    test('finished work is due by whether it is watched by then', async () => {
      const { store, clock } = await setUp()
      const watched = await pending(store)
      const unwatched = await pending(store)
      const finishBoth = async () => {
        for (const { id } of [watched, unwatched])
          await finish(store, id, store.now() + 2 * minute, store.now() + 1_000)
      }
      await claimDue(store)
      await store.watch([watched.id], store.now() + minute, store.now())
      await finishBoth()
      clock.advance(1_500)
      expect(await claimDue(store)).toEqual([watched])
      clock.advance(3 * minute)
      await claimDue(store)
      await finishBoth()
      clock.advance(1_500)
      expect(await claimDue(store)).toEqual([])
    })

    test('a terminal share request is not claimed, finished or watched again', async () => {
      const { store } = await setUp()
      const request = await pending(store)
      await claimDue(store)
      await store.update(request, cancelled(request, store.now()), null)
      await finish(store, request.id, store.now())
      await store.watch([request.id, 'unknown'], store.now() + minute, store.now())
      expect(await claimDue(store)).toEqual([])
      expect(await claim(store, request.id)).toEqual({ kind: 'none' })
      expect(await claim(store, 'unknown')).toEqual({ kind: 'none' })
      expect(await store.nextWorkAt()).toBeNull()
    })

    test('an update sets when the work is due, and keeps the lease', async () => {
      const { store } = await setUp()
      const request = await pending(store)
      await claimDue(store)
      const approved = { ...request, approvedAt: store.now() }
      await store.update(request, approved, store.now())
      expect(await claimDue(store)).toEqual([])
      await finish(store, request.id, store.now())
      expect(await claimDue(store)).toEqual([approved])
    })
  })

  describe('a claim of one', () => {
    test('takes it before it is due', async () => {
      const { store } = await setUp()
      const request = await pending(store, { nextWorkAt: store.now() + minute })
      expect(await claim(store, request.id)).toEqual({ kind: 'claimed', request })
      expect(await claimDue(store)).toEqual([])
    })

    test('makes leased work due when its lease ends, whatever its holder says', async () => {
      const { store, another } = await setUp()
      const request = await pending(store)
      await claimDue(store)
      const other = await another()
      expect(await claim(other, request.id)).toEqual({ kind: 'leased' })
      expect(await claim(other, request.id)).toEqual({ kind: 'leased' })
      await finish(store, request.id, store.now() + minute)
      expect(await claimDue(store)).toEqual([request])
      await finish(store, request.id, store.now() + minute)
      expect(await claimDue(store)).toEqual([])
    })

    test('is granted up to a number of times in a minute, by all gateways together', async () => {
      const { store, another, clock } = await setUp()
      const other = await another()
      const request = await pending(store)
      const claimed = { kind: 'claimed', request }
      expect(await claim(store, request.id, 3)).toEqual(claimed)
      // One that meets a lease brings about a check too.
      expect(await claim(other, request.id, 3)).toEqual({ kind: 'leased' })
      await finish(store, request.id, store.now())
      expect(await claim(other, request.id, 3)).toEqual(claimed)
      await finish(other, request.id, store.now())
      // The clock of another gateway may be a little behind.
      clock.advance(-50)
      const limited = await claim(store, request.id, 3)
      if (limited.kind !== 'limited') throw new Error(`It is ${limited.kind}.`)
      expect(limited.retryAfterMs).toBeGreaterThan(50_000)
      expect(limited.retryAfterMs).toBeLessThanOrEqual(minute)
      clock.advance(50)
      // What falls due is not limited.
      expect(await claimDue(store)).toEqual([request])
      await finish(store, request.id, store.now() + minute)
      clock.advance(limited.retryAfterMs)
      expect(await claim(store, request.id, 3)).toEqual(claimed)
    })

    test('concurrent claims have one winner', async () => {
      const { store, rival } = await setUp()
      const other = await rival()
      const request = await pending(store)
      const claims = await Promise.all(
        Array.from({ length: 10 }, async (_, index) => {
          if (index === 5) return claimDue(store)
          const claimed = await claim(index % 2 ? store : other, request.id)
          return claimed.kind === 'claimed' ? [claimed.request] : []
        }),
      )
      expect(claims.flat()).toEqual([request])
    })
  })

  describe('the next work', () => {
    test('is the earliest due, leased work from the end of its lease', async () => {
      const { store } = await setUp()
      expect(await store.nextWorkAt()).toBeNull()
      const now = store.now()
      await pending(store, { nextWorkAt: now + 90_000 })
      expect(await store.nextWorkAt()).toBe(now + 90_000)
      const request = await pending(store, { nextWorkAt: now + 500 })
      expect(await store.nextWorkAt()).toBe(now + 500)
      await claim(store, request.id)
      const leaseEnd = await store.nextWorkAt()
      expect(leaseEnd).toBeGreaterThanOrEqual(now + minute)
      expect(leaseEnd).toBeLessThanOrEqual(store.now() + minute)
      await finish(store, request.id, now + 2_000)
      expect(await store.nextWorkAt()).toBe(now + 2_000)
    })
  })

  describe('a watch', () => {
    test('brings the work forward and never puts it off', async () => {
      const { store } = await setUp()
      const now = store.now()
      const request = await pending(store, { nextWorkAt: now + minute })
      await store.watch([request.id], now + minute, now + 5_000)
      expect(await store.nextWorkAt()).toBe(now + 5_000)
      await store.watch([request.id], now + minute, now + 9_000)
      expect(await store.nextWorkAt()).toBe(now + 5_000)
    })

    test('lasts until the latest time that anyone set', async () => {
      const { store, another, clock } = await setUp()
      const request = await pending(store)
      await store.watch([request.id], store.now() + 10 * minute, store.now())
      await (await another()).watch([request.id], store.now() + 1_000, store.now())
      await claimDue(store)
      clock.advance(5_000)
      await finish(store, request.id, store.now() + minute, store.now())
      expect(await claimDue(store)).toEqual([request])
    })

    test('accepts thousands at once, while others finish and watch the same in another order', async () => {
      const { store, rival } = await setUp()
      const other = await rival()
      const ids: string[] = []
      for (let index = 0; index < 100; index++) ids.push((await pending(store)).id)
      await claimDue(store)
      const strangers = Array.from({ length: 5_000 }, (_, index) => `stranger ${index}`)
      const backwards = ids.toReversed()
      const now = { nextWorkAt: store.now(), nextWorkAtIfWatched: store.now() }
      await Promise.all([
        store.watch([...strangers, ...ids], store.now() + minute, store.now()),
        other.watch([...backwards, ...strangers], store.now() + minute, store.now()),
        store.finish(backwards.map((id) => ({ id, ...now }))),
        other.watch(backwards, store.now() + minute, store.now()),
        store.finish(ids.map((id) => ({ id, ...now }))),
      ])
      expect(idsOf(await claimDue(other)).sort()).toEqual(ids.sort())
    })
  })
}
