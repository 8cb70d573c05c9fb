import { expect, onTestFinished, test, vi } from 'vitest'
import { makePartnerKey } from '../../server/share-requests/partner-keys.ts'
import type { Store } from '../../server/share-requests/store.ts'
import { cancelled, minute, opening, pending, reservation } from './harness.ts'
import { openOnHeldDisk } from './held-disk.ts'

const lease = { leaseMs: minute, maxPerMinute: 10 }
const finished = (store: Store, id: string) => [
  { id, nextWorkAt: store.now(), nextWorkAtIfWatched: store.now() },
]

test('an opening is acknowledged and published only after the sync that covers it', async () => {
  const { store, disk } = await openOnHeldDisk()
  onTestFinished(
    store.onChange(
      () => disk.events.push('published'),
      () => {},
    ),
  )
  const reserved = reservation()
  disk.hold()
  await store.reserve(reserved)
  const begun = disk.begun()
  const opened = disk.note('acknowledged', store.open(reserved.id, opening(store)))
  await begun
  // A later write that does not wait: if the opening had been acknowledged, it would come first.
  await disk.note('claimed', store.claimDue({ limit: 1, leaseMs: minute }))
  disk.complete()
  await opened
  expect(disk.events).toEqual(['sync', 'claimed', 'synced', 'published', 'acknowledged'])
})

test('commits during a sync wait for the next one and share it', async () => {
  const { store, disk } = await openOnHeldDisk()
  const requests = [await pending(store), await pending(store), await pending(store)]
  const [first, ...others] = requests.map(
    (request) => () => store.update(request, cancelled(request, 1), null),
  )
  disk.hold()
  let begun = disk.begun()
  const early = disk.note('early', first!())
  await begun
  const late = others.map((update) => disk.note('late', update()))
  // This is queued behind them on the only connection.
  await store.nextWorkAt()
  begun = disk.begun()
  disk.complete()
  await early
  await begun
  disk.complete()
  await Promise.all(late)
  expect(disk.events).toEqual(['sync', 'synced', 'early', 'sync', 'synced', 'late', 'late'])
})

test('leases, watches, reservations and heartbeats do not wait for a sync', async () => {
  const { store, disk } = await openOnHeldDisk()
  const request = await pending(store)
  const reserved = reservation()
  disk.hold()
  await store.reserve(reserved)
  await store.release(reserved.id)
  await store.claimDue({ limit: 1, leaseMs: minute })
  await store.watch([request.id], store.now() + minute, store.now())
  await store.finish(finished(store, request.id))
  await store.claim(request.id, lease)
  await store.heartbeat('one', minute)
  await store.deleteBefore(0, 1)
  expect(disk.events).toEqual([])
})

test('a state that a power cut could undo is not readable; others are read meanwhile', async () => {
  const { store, disk } = await openOnHeldDisk()
  const [request, other] = [await pending(store, { idempotencyHash: 'key' }), await pending(store)]
  const all = { first: 9, after: null, policy: null, reference: null, states: null }
  disk.hold()
  const begun = disk.begun()
  const updated = store.update(request, cancelled(request, store.now()), null)
  await begun
  const reads = [
    disk.note('find', store.find(request.id)),
    disk.note('findAll', store.findAll([request.id, other.id])),
    disk.note('list', store.list(all)),
    disk.note('reserve', store.reserve(reservation({ idempotencyHash: 'key' }))),
  ]
  expect(await disk.note('other', store.find(other.id))).toEqual(other)
  expect(await store.findAll([other.id])).toEqual([other])
  disk.complete()
  await Promise.all([updated, ...reads])
  expect(disk.events.slice(0, 3)).toEqual(['sync', 'other', 'synced'])
  expect(disk.events.slice(3).sort()).toEqual(['find', 'findAll', 'list', 'reserve'])
  expect(await reads[0]).toMatchObject({ state: 'CANCELLED' })
})

test('a partner key is created and revoked only once it is synced', async () => {
  const { store, disk } = await openOnHeldDisk()
  const { stored } = makePartnerKey('shop', [], store.now())
  disk.hold()
  for (const write of [() => store.insertPartnerKey(stored), () => store.revokePartnerKey(stored.id, 1)]) {
    const begun = disk.begun()
    const written = disk.note('written', Promise.resolve(write()))
    await begun
    disk.complete()
    await written
  }
  expect(disk.events).toEqual(['sync', 'synced', 'written', 'sync', 'synced', 'written'])
})

test('a failed sync ends all writing, is not repeated, and reads continue', async () => {
  const { store, disk, dataDir } = await openOnHeldDisk()
  const [request, other] = [await pending(store), await pending(store)]
  const events: unknown[] = []
  onTestFinished(
    store.onChange(
      (change) => events.push(change),
      () => {},
    ),
  )
  disk.hold()
  const begun = disk.begun()
  const updated = store.update(request, cancelled(request, store.now()), null)
  await begun
  disk.fail(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }))
  const failed = {
    name: 'StoreUnavailable',
    reason: 'DISK_FAILED',
    message: expect.stringMatching(new RegExp(`${dataDir}.*EIO.*restart`)),
  }
  await expect(updated).rejects.toMatchObject(failed)
  disk.release()
  await expect(store.reserve(reservation())).rejects.toMatchObject(failed)
  await expect(store.update(other, cancelled(other, 1), null)).rejects.toMatchObject(failed)
  await expect(store.claim(other.id, lease)).rejects.toMatchObject(failed)
  await expect(store.insertPartnerKey(makePartnerKey('shop', [], 1).stored)).rejects.toMatchObject(failed)
  await expect(store.check()).rejects.toMatchObject(failed)
  expect(disk.events.filter((event) => event === 'sync')).toHaveLength(1)
  expect(await store.find(other.id)).toEqual(other)
  await expect(store.find(request.id)).rejects.toMatchObject(failed)
  expect(events).toEqual([])
})

test('while one sync takes seconds, creations are refused and everything else continues', async () => {
  const { store, disk } = await openOnHeldDisk()
  const request = await pending(store)
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  disk.hold()
  const begun = disk.begun()
  const opened = pending(store)
  await begun
  vi.advanceTimersByTime(1_999)
  await store.reserve(reservation())
  vi.advanceTimersByTime(1)
  await expect(store.reserve(reservation())).rejects.toMatchObject({ reason: 'BUSY' })
  expect(await store.find(request.id)).toEqual(request)
  expect(await store.claim(request.id, lease)).toEqual({ kind: 'claimed', request })
  disk.release()
  await opened
  await store.reserve(reservation())
})
