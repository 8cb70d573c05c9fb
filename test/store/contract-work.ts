import { describe, expect, test } from 'vitest'
import type { PendingShareRequest } from '../../server/share-requests/share-request.ts'
import type { Store } from '../../server/share-requests/store.ts'
import { cancelled, minute, pending, type StoreHarness } from './harness.ts'

const idsOf = (requests: readonly PendingShareRequest[]) => requests.map(({ id }) => id)

/** Claims what is due for a minute. By default it is due again an hour later. */
const claimDue = (store: Store, limit = 100, again = 60 * minute) =>
  store.claimDue({ limit, lease: minute, next: () => store.now() + again })
const claim = (store: Store, id: string, again = 60 * minute) =>
  store.claim(id, { lease: minute, next: () => store.now() + again })

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

    test('claimed work is due at the time that the claim set, after its lease has ended', async () => {
      const { store, clock } = await setUp()
      const request = await pending(store)
      await claimDue(store, 1, 10_000)
      await store.finish([{ id: request.id }])
      expect(await claimDue(store)).toEqual([])
      clock.advance(11_000)
      expect(await claimDue(store)).toEqual([request])
      await store.finish([{ id: request.id, nextWorkAt: store.now() + 5_000.25 }])
      clock.advance(4_000)
      expect(await claimDue(store)).toEqual([])
      clock.advance(2_000)
      expect(await claimDue(store)).toEqual([request])
    })

    test('the work of a dead gateway is taken over when its lease ends, and belongs to its successor', async () => {
      const { store, another, clock } = await setUp()
      const request = await pending(store)
      await claimDue(store, 1, 1_000)
      const heir = await another()
      clock.advance(2_000)
      expect(await claimDue(heir)).toEqual([])
      clock.advance(minute)
      expect(await claimDue(heir, 1, 1_000)).toEqual([request])
      clock.advance(2_000)
      await store.finish([{ id: request.id, nextWorkAt: store.now() }])
      expect(await claimDue(store)).toEqual([])
      await heir.finish([{ id: request.id }])
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

    test('the schedule knows who is watched, and nothing is claimed if it throws', async () => {
      const { store, clock } = await setUp()
      const watched = await pending(store)
      const unwatched = await pending(store)
      await store.watch([watched.id], store.now() + minute, store.now())
      const failing = () => {
        throw new Error('no schedule')
      }
      await expect(store.claimDue({ limit: 9, lease: minute, next: failing })).rejects.toThrow('no schedule')
      const seen = new Map<string, boolean>()
      const next = (request: PendingShareRequest, isWatched: boolean) => {
        seen.set(request.id, isWatched)
        return store.now()
      }
      await store.claimDue({ limit: 9, lease: 1_000, next })
      expect(seen).toEqual(
        new Map([
          [watched.id, true],
          [unwatched.id, false],
        ]),
      )
      clock.advance(minute + 1_000)
      await store.claimDue({ limit: 9, lease: 1_000, next })
      expect(seen.get(watched.id)).toBe(false)
    })

    test('a terminal share request is not claimed, finished or watched again', async () => {
      const { store } = await setUp()
      const request = await pending(store)
      await claimDue(store)
      await store.update(request, cancelled(request, store.now()), null)
      await store.finish([{ id: request.id, nextWorkAt: store.now() }])
      await store.watch([request.id, 'unknown'], store.now() + minute, store.now())
      expect(await claimDue(store)).toEqual([])
      expect(await claim(store, request.id)).toBeNull()
      expect(await claim(store, 'unknown')).toBeNull()
      expect(await store.nextWorkAt()).toBeNull()
    })

    test('an update sets when the work is due, and keeps the lease', async () => {
      const { store } = await setUp()
      const request = await pending(store)
      await claimDue(store)
      const approved = { ...request, approvedAt: store.now() }
      await store.update(request, approved, store.now())
      expect(await claimDue(store)).toEqual([])
      await store.finish([{ id: request.id }])
      expect(await claimDue(store)).toEqual([approved])
    })
  })

  describe('a claim of one', () => {
    test('takes it before it is due', async () => {
      const { store } = await setUp()
      const request = await pending(store, { nextWorkAt: store.now() + minute })
      expect(await claim(store, request.id)).toEqual(request)
      expect(await claimDue(store)).toEqual([])
      await store.finish([{ id: request.id }])
      expect(await store.nextWorkAt()).toBeGreaterThan(store.now() + 59 * minute)
    })

    test('makes leased work due when its lease ends, whatever its holder says', async () => {
      const { store, another } = await setUp()
      const request = await pending(store)
      await claimDue(store)
      const other = await another()
      expect(await claim(other, request.id)).toBeNull()
      expect(await claim(other, request.id)).toBeNull()
      await store.finish([{ id: request.id, nextWorkAt: store.now() + minute }])
      expect(await claimDue(store)).toEqual([request])
      await store.finish([{ id: request.id, nextWorkAt: store.now() + minute }])
      expect(await claimDue(store)).toEqual([])
    })

    test('concurrent claims have one winner', async () => {
      const { store, rival } = await setUp()
      const other = await rival()
      const request = await pending(store)
      const claims = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          index === 5 ? claimDue(store) : claim(index % 2 ? store : other, request.id),
        ),
      )
      expect(claims.flat().filter((claimed) => claimed !== null)).toEqual([request])
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
      await claim(store, request.id, 1_000)
      const leaseEnd = await store.nextWorkAt()
      expect(leaseEnd).toBeGreaterThanOrEqual(now + minute)
      expect(leaseEnd).toBeLessThanOrEqual(store.now() + minute)
      await store.finish([{ id: request.id, nextWorkAt: now + 2_000 }])
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
      const { store, another } = await setUp()
      const request = await pending(store)
      await store.watch([request.id], store.now() + 10 * minute, store.now())
      await (await another()).watch([request.id], store.now() + 1_000, store.now())
      const seen: boolean[] = []
      const next = (_: PendingShareRequest, watched: boolean) => {
        seen.push(watched)
        return store.now()
      }
      expect(await store.claim(request.id, { lease: 1_000, next })).toEqual(request)
      expect(seen).toEqual([true])
    })

    test('accepts thousands at once, while others finish and watch the same in another order', async () => {
      const { store, rival } = await setUp()
      const other = await rival()
      const ids: string[] = []
      for (let index = 0; index < 100; index++) ids.push((await pending(store)).id)
      await claimDue(store)
      const strangers = Array.from({ length: 5_000 }, (_, index) => `stranger ${index}`)
      const backwards = ids.toReversed()
      await Promise.all([
        store.watch([...strangers, ...ids], store.now() + minute, store.now()),
        other.watch([...backwards, ...strangers], store.now() + minute, store.now()),
        store.finish(backwards.map((id) => ({ id, nextWorkAt: store.now() }))),
        other.watch(backwards, store.now() + minute, store.now()),
        store.finish(ids.map((id) => ({ id }))),
      ])
      expect(idsOf(await claimDue(other)).sort()).toEqual(ids.sort())
    })
  })
}
