import { describe, expect, test, vi } from 'vitest'
import { callTimes, customer, startDomain } from './domain.ts'

const hour = 3_600_000
const minute = 60_000

describe.each([-hour, -40_000, 40_000, hour])('after the clock was set by %i ms', (stepMs) => {
  test('what was pending is checked as often as before', async () => {
    const domain = await startDomain({ lifetime: 7_200 })
    const watched = await domain.create()
    await domain.shareRequests.subscribe(customer, watched)
    const unwatched = await domain.create()
    await domain.pass(30_000)
    domain.clock.step(stepMs)
    const before = domain.portmone.calls.length
    await domain.pass(2 * minute)
    const codes = domain.portmone.calls.slice(before).map(({ code }) => code)
    expect(codes.filter((code) => code === watched.id).length).toBeGreaterThanOrEqual(4)
    expect(codes.filter((code) => code === unwatched.id).length).toBeGreaterThanOrEqual(1)
  })

  test('an approval is learnt, and its facts are fetched, within seconds', async () => {
    const domain = await startDomain({ lifetime: 7_200 })
    const credentials = await domain.create()
    await domain.shareRequests.subscribe(customer, credentials)
    await domain.pass(10_000)
    domain.portmone.answer(credentials.id, 'APPROVED')
    domain.clock.step(stepMs)
    await domain.pass(5_000)
    expect(await domain.shareRequests.find(customer, credentials)).toMatchObject({ state: 'APPROVED' })
  })

  test('heartbeats and the renewal of watches keep their intervals', async () => {
    const domain = await startDomain({ lifetime: 7_200 })
    await domain.shareRequests.subscribe(customer, await domain.create())
    await domain.pass(minute)
    const heartbeat = vi.spyOn(domain.store, 'heartbeat')
    const watch = vi.spyOn(domain.store, 'watch')
    domain.clock.step(stepMs)
    await domain.pass(minute)
    expect(heartbeat.mock.calls.length).toBeGreaterThanOrEqual(10)
    expect(watch.mock.calls.length).toBeGreaterThanOrEqual(3)
    expect(heartbeat.mock.calls.length).toBeLessThanOrEqual(13)
  })
})

test('a clock that was set back while no gateway ran delays nothing', async () => {
  const domain = await startDomain({ lifetime: 7_200 })
  const { store, settings } = domain
  const credentials = await domain.create()
  await store.claim(credentials.id, { leaseMs: settings.leaseMs, maxPerMinute: 1 })
  await domain.stop()
  domain.clock.step(-hour)
  domain.restart()
  await domain.pass(100)
  expect(callTimes(domain, 'status', 0)).toHaveLength(1)
})
