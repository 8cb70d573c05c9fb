import type { ListQuery, Store } from '../../server/share-requests/store.ts'
import { cancelled, minute, pending } from './harness.ts'

/** Does everything that a running gateway does with the store. */
export async function useAll(store: Store): Promise<void> {
  const next = () => store.now() + minute
  const all: ListQuery = { first: 20, after: null, policy: null, reference: null, states: null }
  const after = { createdAt: store.now(), id: 'x' }
  for (const filter of [
    {},
    { states: ['PENDING', 'FAILED'] as const },
    { policy: 'age-over-18' },
    { policy: 'age-over-18', states: ['FAILED'] as const },
    { reference: 'order 7' },
    { passed: false },
    { passed: true, policy: 'age-over-18' },
    { referencePrefix: 'order 7', states: ['PENDING'] as const },
    { id: 'id-7', createdFrom: 5, createdBefore: 500 },
    { reference: 'order 7', policy: 'age-over-18', states: ['PENDING', 'APPROVED'] as const },
  ]) {
    await store.list({ ...all, ...filter })
    await store.list({ ...all, ...filter, after })
    await store.countOutcomes({ ...all, ...filter }, 100)
  }
  await store.countReferences('order 7', 100)
  const limits = ['one', 'two', 'three'].map((name) => ({ name, maxPerMinute: 10 }))
  const request = await pending(store, { reference: 'order 7', limits })
  await store.find(request.id)
  await store.countPending(['age-over-18', 'kyc-basic'])
  await store.watch([request.id, 'other'], next(), next())
  await store.claimDue({ limit: 25, leaseMs: minute })
  await store.claim(request.id, { leaseMs: minute, maxPerMinute: 2 })
  const times = { nextWorkAt: next(), nextWorkAtIfWatched: next() }
  await store.finish([request.id, 'other'].map((id) => ({ id, ...times })))
  await store.claim(request.id, { leaseMs: minute, maxPerMinute: 2 })
  await store.nextWorkAt()
  const approved = { ...request, approvedAt: store.now() }
  await store.update(request, approved, next())
  await store.update(approved, cancelled(approved, store.now()), null)
  await store.release(request.id)
  await store.changesAfter(await store.lastChange(), 100)
  await store.deleteBefore(store.now() + minute, 10)
  await store.fillInPassed(10)
}
