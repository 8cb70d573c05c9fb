import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ShareRequest, shareRequestStates } from '../../server/share-requests/share-request.ts'
import { DuplicateCode, type ListQuery } from '../../server/share-requests/store.ts'
import {
  cancelled,
  endsOf,
  Heard,
  minute,
  opening,
  pending,
  policy,
  reservation,
  type StoreHarness,
} from './harness.ts'

const everything: ListQuery = { first: 100, after: null, policy: null, reference: null, states: null }

export function describeShareRequests(setUp: () => Promise<StoreHarness>): void {
  describe('reservations', () => {
    test('the first caller gets the key, others wait, and other input is a conflict', async () => {
      const { store } = await setUp()
      const first = reservation()
      expect(await store.reserve(first)).toEqual({ kind: 'reserved', id: first.id })
      expect(await store.reserve({ ...first, id: randomUUID() })).toEqual({ kind: 'busy' })
      expect(await store.reserve({ ...first, inputHash: 'other' })).toEqual({ kind: 'conflict' })
      expect(await store.find(first.id)).toBeNull()
      expect(await store.list(everything)).toEqual([])
    })

    test('one whose lease has ended is taken over, with its id and the current policy', async () => {
      const { store, another, clock } = await setUp()
      const heir = await another()
      const first = reservation()
      await store.reserve(first)
      clock.advance(minute + 1_000)
      const edited = { ...policy, purpose: 'edited since' }
      expect(await heir.reserve({ ...first, id: randomUUID(), policy: edited })).toEqual({
        kind: 'reserved',
        id: first.id,
      })
      expect(await store.reserve(first)).toEqual({ kind: 'busy' })
      expect(await heir.open(first.id, opening(heir))).toMatchObject({ id: first.id, policy: edited })
    })

    test('only its holder can release one, which is then taken over at once', async () => {
      const { store, another } = await setUp()
      const first = reservation()
      await store.reserve(first)
      await (await another()).release(first.id)
      expect(await store.reserve(first)).toEqual({ kind: 'busy' })
      await store.release(first.id)
      expect(await store.reserve({ ...first, id: randomUUID() })).toEqual({ kind: 'reserved', id: first.id })
    })

    test('one of many concurrent callers gets the key', async () => {
      const { store, rival } = await setUp()
      const stores = [store, await rival()]
      const shared = reservation()
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) => stores[index % 2]!.reserve({ ...shared, id: randomUUID() })),
      )
      expect(results.map(({ kind }) => kind).sort()).toEqual([...Array(19).fill('busy'), 'reserved'])
    })

    test('the key of an opened one returns its current share request', async () => {
      const { store } = await setUp()
      const made = reservation()
      await store.reserve(made)
      const request = await store.open(made.id, opening(store))
      expect(await store.reserve({ ...made, id: randomUUID() })).toEqual({ kind: 'exists', request })
      expect(await store.reserve({ ...made, inputHash: 'other' })).toEqual({ kind: 'conflict' })
    })
  })

  describe('opening', () => {
    test('gives a pending share request of version 1 with everything that was reserved', async () => {
      const { store } = await setUp()
      const heard = new Heard(store)
      const made = reservation({ reference: 'order 7', createdBy: 'PARTNER', createdByKeyId: 'a1' })
      await store.reserve(made)
      const before = store.now()
      const given = opening(store)
      const request = await store.open(made.id, given)
      expect(request).toEqual({
        ...{ id: made.id, policy, reference: 'order 7', createdBy: 'PARTNER', createdByKeyId: 'a1' },
        ...{ code: given.code, issuerRequestId: given.issuerRequestId },
        ...{ state: 'PENDING', version: 1, approvedAt: null, expiresAt: given.expiresAt },
        ...{ createdAt: request.createdAt, changedAt: request.createdAt },
      })
      expect(request.createdAt).toBeGreaterThanOrEqual(before)
      expect(request.createdAt).toBeLessThanOrEqual(store.now())
      expect(await store.find(made.id)).toEqual(request)
      expect(heard.all).toEqual([{ id: made.id, version: 1, request }])
    })

    test('a second attempt gets the share request that the first has opened', async () => {
      const { store, another } = await setUp()
      const heard = new Heard(store)
      const made = reservation()
      await store.reserve(made)
      const request = await store.open(made.id, opening(store))
      const late = await another()
      expect(await late.open(made.id, { ...opening(late), code: 'another' })).toEqual(request)
      expect(heard.all).toHaveLength(1)
    })

    test('refuses a code that another share request has, and can be tried again with another code', async () => {
      const { store, rival } = await setUp()
      const other = await rival()
      const [first, second] = [reservation(), reservation()]
      await Promise.all([store.reserve(first), other.reserve(second)])
      const code = `https://portmone.example/c/${'long '.repeat(300)}`
      const results = await Promise.allSettled([
        store.open(first.id, { ...opening(store), code }),
        other.open(second.id, { ...opening(store), code }),
      ])
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const [lost, reason] = results.flatMap((result, index) =>
        result.status === 'rejected' ? [[first, second][index], result.reason] : [],
      )
      expect(reason).toBeInstanceOf(DuplicateCode)
      expect(await store.find(lost.id)).toBeNull()
      const cancelling = await pending(store)
      await store.update(cancelling, cancelled(cancelling, store.now()), null)
      const { code: ended } = cancelling
      await expect(store.open(lost.id, { ...opening(store), code: ended })).rejects.toThrow(DuplicateCode)
      expect(await store.open(lost.id, opening(store))).toMatchObject({ id: lost.id, version: 1 })
    })

    test('needs a reservation', async () => {
      const { store } = await setUp()
      await expect(store.open('unknown', opening(store))).rejects.toThrow(
        'Reservation unknown does not exist',
      )
      expect(await store.find('unknown')).toBeNull()
    })
  })

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
