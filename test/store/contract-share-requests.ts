import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ShareRequest, shareRequestStates } from '../../server/share-requests/share-request.ts'
import {
  cancelled,
  endsOf,
  everything,
  Heard,
  minute,
  opening,
  pending,
  policy,
  reservation,
  type StoreHarness,
} from './harness.ts'

export function describeShareRequests(setUp: () => Promise<StoreHarness>): void {
  describe('a lookup of many share requests', () => {
    test('finds those that exist, in every store on the data', async () => {
      const { store, another } = await setUp()
      const requests = [await pending(store), await pending(store), await pending(store)]
      const reserved = reservation()
      await store.reserve(reserved)
      const [first, , third] = requests.map(({ id }) => id)
      const ids = [third!, 'unknown', reserved.id, first!]
      const found = await (await another()).findAll(ids)
      expect(found.toSorted((a, b) => ids.indexOf(b.id) - ids.indexOf(a.id))).toEqual([
        requests[0],
        requests[2],
      ])
      expect(await store.findAll([])).toEqual([])
    })
  })

  describe('updates', () => {
    test('every terminal state is kept, published once, and final', async () => {
      const { store, another } = await setUp()
      const reader = await another()
      for (const index of endsOf(await pending(store), store.now()).keys()) {
        const request = await pending(store)
        const heard = new Heard(store)
        const end = endsOf(request, store.now())[index]!
        expect(await store.update(request, end, null)).toBe(true)
        expect(await reader.find(request.id)).toEqual(end)
        expect(heard.all).toEqual([{ id: request.id, version: 2, request: end }])
        expect(await store.update(request, cancelled(request, store.now()), null)).toBe(false)
        expect(await store.find(request.id)).toEqual(end)
        expect(heard.all).toHaveLength(1)
      }
    })

    test('an approval is kept without a new version, blocks updates that have not seen it, and is not published', async () => {
      const { store } = await setUp()
      const request = await pending(store)
      const heard = new Heard(store)
      const approved = { ...request, approvedAt: store.now() }
      expect(await store.update(request, approved, store.now())).toBe(true)
      expect(await store.find(request.id)).toEqual(approved)
      expect(await store.update(request, cancelled(request, store.now()), null)).toBe(false)
      expect(heard.all).toEqual([])
      expect(await store.update(approved, endsOf(approved, store.now())[0]!, null)).toBe(true)
    })

    test('one of two concurrent updates wins, and one change is published', async () => {
      const { store, rival } = await setUp()
      const other = await rival()
      for (let round = 0; round < 20; round++) {
        const request = await pending(store)
        const heard = new Heard(store)
        const [, declined, expired] = endsOf(request, store.now())
        const won = await Promise.all([
          store.update(request, declined!, null),
          other.update(request, expired!, null),
        ])
        expect(won.filter(Boolean)).toHaveLength(1)
        const winner = won[0] ? declined! : expired!
        expect(await store.find(request.id)).toEqual(winner)
        expect(await heard.next()).toMatchObject({ id: request.id, version: 2 })
        expect(heard.all).toHaveLength(1)
      }
    })

    test('a read after a change returns it, although others read while it was made', async () => {
      const { store } = await setUp()
      for (let round = 0; round < 100; round++) {
        const request = await pending(store)
        const end = cancelled(request, store.now())
        if (round % 2 === 0) expect(await store.find(request.id)).toEqual(request)
        const reads = [store.find(request.id)]
        const change = store.update(request, end, null)
        for (let turn = 0; turn < round % 50; turn++) {
          reads.push(store.find(request.id))
          await null
        }
        await change
        expect(await store.find(request.id)).toEqual(end)
        for (const found of await Promise.all(reads)) expect([request, end]).toContainEqual(found)
        expect(await store.find(request.id)).toEqual(end)
      }
    })

    test('only a share request that is not terminal has work', async () => {
      const { store } = await setUp()
      const request = await pending(store)
      await expect(store.update(request, request, null)).rejects.toThrow(RangeError)
      await expect(store.update(request, cancelled(request, 1), 5)).rejects.toThrow(RangeError)
      expect(await store.find(request.id)).toEqual(request)
    })
  })

  describe('the list', () => {
    test('is complete and newest first, for any filter and page size', async () => {
      const { store, clock } = await setUp()
      clock.freeze()
      const all: ShareRequest[] = []
      for (let index = 0; index < 60; index++) {
        // Several have the same creation time, so that the order within it matters.
        if (index % 4 === 0) clock.advance(1)
        const name = ['age-over-18', 'kyc-basic'][index % 2]!
        const reference = [null, 'order 1', 'order 2'][index % 3]!
        const request = await pending(store, { reference, policy: { ...policy, name } })
        const end = endsOf(request, store.now())[index % 9]
        if (end !== undefined) await store.update(request, end, null)
        all.push(end ?? request)
      }
      await store.reserve(reservation())
      const newestFirst = all.sort(
        (a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0),
      )
      const queries = fc.record({
        first: fc.integer({ min: 1, max: 25 }),
        policy: fc.constantFrom(null, 'age-over-18', 'kyc-basic', 'unknown'),
        reference: fc.constantFrom(null, 'order 1', 'order 2', 'unknown'),
        states: fc.option(fc.array(fc.constantFrom(...shareRequestStates))),
      })
      await fc.assert(
        fc.asyncProperty(queries, async (query) => {
          const expected = newestFirst.filter(
            (request) =>
              (query.policy === null || request.policy.name === query.policy) &&
              (query.reference === null || request.reference === query.reference) &&
              (query.states === null || query.states.includes(request.state)),
          )
          const found: ShareRequest[] = []
          for (let more = true; more; ) {
            const last = found.at(-1)
            const after = last === undefined ? null : { createdAt: last.createdAt, id: last.id }
            const page = await store.list({ ...query, after })
            expect(page).toEqual(expected.slice(found.length, found.length + query.first + 1))
            found.push(...page.slice(0, query.first))
            more = page.length > query.first
          }
          expect(found).toEqual(expected)
        }),
        { numRuns: 60 },
      )
    })
  })

  describe('the count of pending share requests', () => {
    test('is by policy, for the given policies, without reservations and terminal share requests', async () => {
      const { store } = await setUp()
      const kyc = { ...policy, name: 'kyc-basic' }
      await pending(store)
      await pending(store, { policy: kyc })
      await store.reserve(reservation({ policy: kyc }))
      const ended = await pending(store, { policy: kyc })
      const counts = async () => Object.fromEntries(await store.countPending(['kyc-basic', 'kyc-full']))
      expect(await counts()).toEqual({ 'kyc-basic': 2, 'kyc-full': 0 })
      await store.update(ended, cancelled(ended, store.now()), null)
      expect(await counts()).toEqual({ 'kyc-basic': 1, 'kyc-full': 0 })
    })
  })

  describe('deletion', () => {
    test('removes old terminal share requests and abandoned reservations, and frees their keys', async () => {
      const { store, clock } = await setUp()
      const made = reservation()
      await store.reserve(made)
      const request = await store.open(made.id, opening(store))
      if (request.state !== 'PENDING') throw new Error('not pending')
      await store.update(request, cancelled(request, store.now()), null)
      const abandoned = reservation()
      await store.reserve(abandoned)
      const open = await pending(store)
      clock.advance(2 * minute)
      const held = reservation()
      await store.reserve(held)
      const recent = await pending(store)
      await store.update(recent, cancelled(recent, store.now()), null)

      expect(await store.find(request.id)).not.toBeNull()
      const reads = [store.find(request.id), store.find(request.id)]
      expect(await store.deleteBefore(store.now() - minute, 100)).toBe(2)
      await Promise.all(reads)
      expect(await store.find(request.id)).toBeNull()
      expect(await store.find(open.id)).toEqual(open)
      expect(await store.find(recent.id)).not.toBeNull()
      expect(await store.reserve({ ...made, id: 'new' })).toEqual({ kind: 'reserved', id: 'new' })
      expect(await store.reserve({ ...abandoned, id: 'new too' })).toEqual({
        kind: 'reserved',
        id: 'new too',
      })
      expect(await store.deleteBefore(store.now() + minute, 100)).toBe(1)
      expect(await store.reserve(held)).toEqual({ kind: 'busy' })
    })

    test('starts with the oldest, and removes at most the given number', async () => {
      const { store, clock } = await setUp()
      const ids: string[] = []
      for (let index = 0; index < 5; index++) {
        const request = await pending(store)
        await store.update(request, cancelled(request, store.now()), null)
        ids.push(request.id)
        clock.advance(1_000)
      }
      expect(await store.deleteBefore(store.now(), 3)).toBe(3)
      const left = await store.list(everything)
      expect(left.map(({ id }) => id)).toEqual([ids[4], ids[3]])
      expect(await store.deleteBefore(store.now(), 3)).toBe(2)
      expect(await store.deleteBefore(store.now(), 3)).toBe(0)
    })
  })
}
