import { describe, expect, test } from 'vitest'
import type { ShareRequestFilter } from '../../server/share-requests/filter.ts'
import { matches } from '../../server/share-requests/filter.ts'
import type { ShareRequest } from '../../server/share-requests/share-request.ts'
import type { OutcomeCounts } from '../../server/share-requests/store.ts'
import { cancelled, endsOf, everything, minute, pending, policy, type StoreHarness } from './harness.ts'

/** One of each terminal state, one that passed, and two pending ones; created a minute apart. */
async function fill({ store, clock }: StoreHarness) {
  clock.freeze()
  const references = ['order-1', 'order-2', 'order-10', 'Order-1', 'order', 'ordeß', null, 'order-\u{10ffff}']
  const requests = []
  for (const [index, reference] of references.entries()) {
    const request = await pending(store, {
      reference,
      policy: index % 2 ? policy : { ...policy, name: 'kyc-basic' },
    })
    const ends = endsOf(request, store.now())
    const passed = { passed: true, checks: [] }
    const end =
      index === ends.length && ends[0]?.state === 'APPROVED' ? { ...ends[0], outcome: passed } : ends[index]
    if (end !== undefined) await store.update(request, end, null)
    requests.push(end ?? request)
    clock.advance(minute)
    await store.heartbeat('gateway', minute)
  }
  return requests.reverse()
}

export function describeListing(setUp: () => Promise<StoreHarness>): void {
  describe('a filter', () => {
    test('is understood by the list, the counts and the log of changes alike', async () => {
      const harness = await setUp()
      const { store } = harness
      const requests = await fill(harness)
      const { id, createdAt } = requests[3]!
      const filters: Partial<ShareRequestFilter>[] = [
        {},
        { id },
        { id: 'unknown' },
        { referencePrefix: 'order-1' },
        { referencePrefix: 'order' },
        { referencePrefix: 'order-1', policy: 'kyc-basic' },
        { referencePrefix: '' },
        { referencePrefix: '%' },
        { passed: true },
        { passed: false },
        { passed: false, policy: 'kyc-basic' },
        { passed: true, states: ['PENDING', 'EXPIRED'] },
        { passed: false, states: ['APPROVED', 'EXPIRED'] },
        { createdFrom: createdAt },
        { createdBefore: createdAt },
        { createdFrom: createdAt, createdBefore: createdAt + 1, states: [requests[3]!.state] },
        { states: [] },
      ]
      for (const given of filters) {
        const filter = { ...everything, ...given }
        const expected = requests.filter((request) => matches(filter, request))
        const listed = await store.list({ ...filter, first: 100, after: null })
        expect(listed, JSON.stringify(given)).toEqual(expected)
        const counts = await store.countOutcomes(filter, 100)
        const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
        expect(total, JSON.stringify(given)).toBe(expected.length)
      }
    })

    test('matches the references that begin with a prefix, by their letters as they are', async () => {
      const harness = await setUp()
      await fill(harness)
      const filter = { ...everything, referencePrefix: 'order-1' }
      const listed = await harness.store.list({ ...filter, first: 10, after: null })
      expect(listed.map(({ reference }) => reference)).toEqual(['order-10', 'order-1'])
    })
  })

  describe('counts', () => {
    test('tell the outcomes apart', async () => {
      const harness = await setUp()
      await fill(harness)
      const counts: OutcomeCounts = {
        ...{ PENDING: 1, PASSED: 1, NOT_PASSED: 1, DECLINED: 1, EXPIRED: 1, CANCELLED: 1, FAILED: 2 },
      }
      expect(await harness.store.countOutcomes(everything, 100)).toEqual(counts)
    })

    test('contain approvals of an earlier version once these are completed', async () => {
      const { store, execute } = await setUp()
      for (const passed of [true, false, true]) {
        const request = await pending(store)
        const approved = endsOf(request, store.now()).find(({ state }) => state === 'APPROVED')!
        await store.update(request, { ...approved, outcome: { passed, checks: [] } } as ShareRequest, null)
      }
      await execute('update share_requests set passed = null')
      expect(await store.fillInPassed(2)).toBe(2)
      expect(await store.fillInPassed(2)).toBe(1)
      expect(await store.fillInPassed(2)).toBe(0)
      expect(await store.countOutcomes(everything, 100)).toMatchObject({ PASSED: 2, NOT_PASSED: 1 })
    })

    test('stop at their limit', async () => {
      const { store } = await setUp()
      for (let index = 0; index < 4; index++) await pending(store, { reference: `order-${index}` })
      const ended = await pending(store)
      await store.update(ended, cancelled(ended, store.now()), null)
      expect(await store.countOutcomes(everything, 3)).toMatchObject({ PENDING: 3, CANCELLED: 1 })
      expect(await store.countReferences('order-', 3)).toBe(3)
      expect(await store.countReferences('order-', 10)).toBe(4)
      expect(await store.countReferences('order-3', 10)).toBe(1)
    })
  })
}
