import { expect, test } from 'vitest'
import { erase } from '../../server/share-requests/erasure.ts'
import { ShareRequestNotFound } from '../../server/share-requests/errors.ts'
import { customer, settle, startDomain } from './domain.ts'

test('an erased share request ends its subscriptions, is not checked any more, and leaves its id in the log alone', async () => {
  const domain = await startDomain()
  const { shareRequests, store, told } = domain
  const handle = await domain.create()
  const other = await domain.create()
  const subscription = await shareRequests.subscribe(customer, handle)
  const monitor = { erased: (id: string) => void told.push(['erased', id]) }
  await subscription.next()
  const end = subscription.next()

  expect(await erase({ store, monitor }, handle.id)).toBe(true)
  expect(await end).toEqual({ done: true, value: undefined })
  expect(told).toContainEqual(['erased', handle.id])
  expect(await shareRequests.find(customer, handle)).toBeNull()
  await expect(shareRequests.subscribe(customer, handle)).rejects.toThrow(ShareRequestNotFound)
  await domain.pass(domain.settings.unwatchedIntervalMs)
  expect(domain.portmone.calls.map(({ code }) => code)).toEqual([other.id])

  expect(await erase({ store, monitor }, handle.id)).toBe(false)
  expect(told.filter(([method]) => method === 'erased')).toHaveLength(1)
})

test('a check in progress while its share request is erased changes nothing and breaks nothing', async () => {
  const domain = await startDomain()
  const handle = await domain.create()
  domain.portmone.answer(handle.id, 'APPROVED')
  const goOn = domain.hold('status call is answered: APPROVED')
  const hint = expect(domain.shareRequests.check(customer, handle)).rejects.toThrow(ShareRequestNotFound)
  await settle()
  await domain.store.erase(handle.id)
  await goOn()
  await hint
  await domain.pass(60_000)
  expect(await domain.store.find(handle.id)).toBeNull()
  expect(domain.told.filter(([method]) => method === 'failed')).toEqual([])
})
