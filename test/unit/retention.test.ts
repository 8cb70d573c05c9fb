import { expect, test, vi } from 'vitest'
import { StoreUnavailable } from '../../server/share-requests/store.ts'
import { customer, type Domain, settle, startDomain } from './domain.ts'

const hour = 3_600_000
const minute = 60_000

async function createDeclined(domain: Domain) {
  const handle = await domain.create()
  domain.portmone.answer(handle.id, 'DECLINED')
  await domain.shareRequests.check(customer, handle)
  return handle
}

test('a share request that was terminal for the retention time is deleted, and its clientSecret is invalid', async () => {
  const domain = await startDomain({ retention: hour })
  const old = await createDeclined(domain)
  await domain.pass(hour / 2)
  const newer = await createDeclined(domain)
  const open = await domain.create()
  await domain.pass(hour / 2 - 2 * minute)
  expect(await domain.shareRequests.find(customer, old)).toMatchObject({ state: 'DECLINED' })
  await domain.pass(4 * minute)
  expect(await domain.shareRequests.find(customer, old)).toBeNull()
  expect(await domain.shareRequests.find(customer, newer)).toMatchObject({ state: 'DECLINED' })
  expect(await domain.shareRequests.find(customer, open)).not.toBeNull()
})

test('a run deletes batch after batch until nothing old is left', async () => {
  const domain = await startDomain()
  const deleteBefore = vi.spyOn(domain.store, 'deleteBefore')
  deleteBefore.mockResolvedValueOnce(1_000).mockResolvedValueOnce(1_000).mockResolvedValueOnce(999)
  await domain.pass(minute)
  expect(deleteBefore).toHaveBeenCalledTimes(3)
})

test('a run first completes the approvals of an earlier version', async () => {
  const domain = await startDomain()
  const fillInPassed = vi.spyOn(domain.store, 'fillInPassed')
  const deleteBefore = vi.spyOn(domain.store, 'deleteBefore')
  fillInPassed.mockResolvedValueOnce(1_000).mockRejectedValueOnce(new Error('busy'))
  await domain.pass(minute)
  expect(fillInPassed).toHaveBeenCalledTimes(2)
  expect(domain.told).toContainEqual(['failed', 'completing approvals of an earlier version: busy'])
  expect(deleteBefore).toHaveBeenCalledTimes(1)
})

test('a run that fails is reported, and the next one follows', async () => {
  const domain = await startDomain()
  const deleteBefore = vi.spyOn(domain.store, 'deleteBefore')
  deleteBefore.mockRejectedValueOnce(new StoreUnavailable('BUSY', 'Another process keeps it locked.'))
  await domain.pass(2 * minute)
  expect(domain.told).toContainEqual([
    'failed',
    'deleting old share requests: Another process keeps it locked.',
  ])
  expect(deleteBefore).toHaveBeenCalledTimes(2)
})

test('a stop waits for the deletion in progress, and no other follows', async () => {
  const domain = await startDomain()
  const deletion = Promise.withResolvers<number>()
  const deleteBefore = vi.spyOn(domain.store, 'deleteBefore').mockReturnValueOnce(deletion.promise)
  await domain.pass(minute)
  let hasStopped = false
  const stopped = domain.stop().then(() => {
    hasStopped = true
  })
  await settle()
  expect(hasStopped).toBe(false)
  deletion.resolve(1_000)
  await stopped
  expect(deleteBefore).toHaveBeenCalledTimes(1)
  expect(domain.clock.nextTimerMs, 'a timer is set').toBeUndefined()
})
