import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { DuplicateCode } from '../../server/share-requests/store.ts'
import {
  cancelled,
  everything,
  Heard,
  minute,
  opening,
  pending,
  policy,
  reservation,
  type StoreHarness,
} from './harness.ts'

export function describeCreation(setUp: () => Promise<StoreHarness>): void {
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

    test('that fails does not fail others at the same time', async () => {
      const { store } = await setUp()
      const reservations = Array.from({ length: 8 }, () => reservation())
      await Promise.all(reservations.map((made) => store.reserve(made)))
      const { code } = await pending(store)
      const fails = (index: number) => index === 1 || index === 5
      const opened = await Promise.allSettled(
        reservations.map(({ id }, index) =>
          store.open(id, { ...opening(store), ...(fails(index) && { code }) }),
        ),
      )
      for (const [index, result] of opened.entries())
        if (fails(index)) expect(result).toMatchObject({ reason: expect.any(DuplicateCode) })
        else expect(result).toMatchObject({ status: 'fulfilled' })
      const found = await Promise.all(reservations.map(({ id }) => store.find(id)))
      expect(found.map((request) => request === null)).toEqual(reservations.map((_, index) => fails(index)))
      const changes = await store.changesAfter({ position: 0, changedAt: null }, 100)
      expect(changes).toHaveLength(7)
    })

    test('needs a reservation', async () => {
      const { store } = await setUp()
      await expect(store.open('unknown', opening(store))).rejects.toThrow(
        'Reservation unknown does not exist',
      )
      expect(await store.find('unknown')).toBeNull()
    })
  })
}
