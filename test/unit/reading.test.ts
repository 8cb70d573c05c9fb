import { describe, expect, test, vi } from 'vitest'
import { callTimes, customer, startDomain } from './domain.ts'

const minute = 60_000

describe('reading a pending share request', () => {
  test('counts as watching it: whoever polls learns of an approval within seconds', async () => {
    const domain = await startDomain()
    const credentials = await domain.create()
    const poll = async () => (await domain.shareRequests.find(customer, credentials))?.state
    for (let count = 0; count < 10; count++) {
      expect(await poll()).toBe('PENDING')
      await domain.pass(2_000)
    }
    domain.portmone.answer(credentials.id, 'APPROVED')
    await domain.pass(domain.settings.minPollIntervalMs + 100)
    expect(await poll()).toBe('APPROVED')
  })

  test('counts for a while only', async () => {
    const domain = await startDomain()
    const credentials = await domain.create()
    await domain.shareRequests.find(customer, credentials)
    await domain.pass(domain.settings.watchTtlMs + domain.settings.maxPollIntervalMs)
    const begin = domain.clock.now()
    await domain.pass(3 * minute)
    expect(callTimes(domain, 'status', begin).filter((time) => time > 0).length).toBeLessThanOrEqual(3)
  })

  test('costs no write of its own, and no upstream request, however many read', async () => {
    const domain = await startDomain()
    const credentials = await Promise.all(Array.from({ length: 20 }, () => domain.create()))
    const watch = vi.spyOn(domain.store, 'watch')
    const begin = domain.clock.now()
    for (let second = 0; second < 60; second++) {
      for (const each of credentials)
        for (let reader = 0; reader < 50; reader++) await domain.shareRequests.find(customer, each)
      await domain.pass(1_000)
    }
    expect(watch.mock.calls.length).toBeLessThanOrEqual(3)
    const checks = callTimes(domain, 'status', begin)
    expect(checks.length).toBeLessThanOrEqual((20 * minute) / domain.settings.minPollIntervalMs)
    expect(checks.length).toBeGreaterThanOrEqual(20 * 10)
  })

  test('stays within the upstream budget', async () => {
    const domain = await startDomain({ upstreamBudget: 5 })
    const credentials = await Promise.all(Array.from({ length: 100 }, () => domain.insert()))
    const begin = domain.clock.now()
    for (let second = 1; second <= 30; second++) {
      for (const each of credentials) await domain.shareRequests.find(customer, each)
      await domain.pass(1_000)
      expect(callTimes(domain, 'status', begin).length).toBeLessThanOrEqual(5 + 5 * second)
    }
    expect(callTimes(domain, 'status', begin).length).toBeGreaterThanOrEqual(5 * 28)
  })
})
