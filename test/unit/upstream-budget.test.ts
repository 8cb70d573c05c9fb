import { describe, expect, test, vi } from 'vitest'
import { RateLimited } from '../../server/share-requests/errors.ts'
import { IdentityServiceError } from '../../server/share-requests/identity-service.ts'
import { callTimes, customer, partner, startDomain } from './domain.ts'

const minute = 60_000

describe('the budget', () => {
  test('is kept whatever is watched and however many hints come, and every share request has its turn', async () => {
    const domain = await startDomain({ upstreamBudget: 5 })
    const handles = await Promise.all(Array.from({ length: 40 }, () => domain.insert()))
    for (const handle of handles) await domain.shareRequests.subscribe(customer, handle)
    const begin = domain.clock.now()
    for (let round = 0; round < 4; round++) {
      for (const handle of handles.slice(0, 10)) void domain.shareRequests.check(customer, handle)
      await domain.pass(20_000)
    }
    const asked = callTimes(domain, 'status', begin)
    for (const from of asked) {
      const within = asked.filter((time) => time >= from && time < from + 10_000).length
      expect(within).toBeLessThanOrEqual(5 + 5 * 10)
    }
    expect(asked.length).toBeGreaterThanOrEqual(5 * 80 - 5)
    for (const { id } of handles)
      expect(domain.portmone.calls.filter(({ code }) => code === id).length).toBeGreaterThanOrEqual(5)
  })

  test('defers a hint when it is spent, and checks it first afterwards', async () => {
    const domain = await startDomain({ upstreamBudget: 2 })
    const [first, second, third] = [await domain.insert(), await domain.insert(), await domain.insert()]
    await domain.pass(domain.settings.unwatchedIntervalMs - 10)
    await domain.shareRequests.check(customer, first)
    domain.portmone.answer(third.id, 'APPROVED')
    expect(await domain.shareRequests.check(customer, third)).toMatchObject({ state: 'PENDING' })
    await domain.pass(1_000)
    // The check of the unwatched ones is due by now, too.
    expect(domain.portmone.calls.map(({ code }) => code).slice(0, 2)).toEqual([first.id, third.id])
    expect(domain.portmone.calls.map(({ code }) => code)).not.toContain(second.id)
  })

  test('is shared by the gateways that are alive', async () => {
    const domain = await startDomain({ upstreamBudget: 8 })
    const others = async () => {
      for (const id of ['b', 'c', 'd']) await domain.store.heartbeat(id, minute)
    }
    await others()
    for (let count = 0; count < 20; count++)
      await domain.shareRequests.subscribe(customer, await domain.insert())
    await domain.pass(6_000)
    const before = domain.portmone.calls.length
    await domain.pass(20_000)
    expect(domain.portmone.calls.length - before).toBeLessThanOrEqual(2 * 20 + 2)
  })

  test('is not exceeded by hints that come all at once', async () => {
    const domain = await startDomain({ upstreamBudget: 5 })
    const handles = await Promise.all(Array.from({ length: 20 }, () => domain.insert()))
    await Promise.all(handles.map((handle) => domain.shareRequests.check(customer, handle)))
    expect(domain.portmone.calls).toHaveLength(2)
  })

  test('starts empty for a gateway that joins others', async () => {
    const domain = await startDomain({ upstreamBudget: 8 })
    await domain.store.heartbeat('b', minute)
    const handle = await domain.insert()
    await domain.pass(0)
    await domain.shareRequests.check(customer, handle)
    expect(domain.portmone.calls).toHaveLength(0)
    await domain.pass(500)
    expect(domain.portmone.calls).toHaveLength(1)
  })

  test('is not all taken by the first gateway that comes back after an outage of the database', async () => {
    const domain = await startDomain({ upstreamBudget: 8 })
    for (const id of ['b', 'c', 'd']) await domain.store.heartbeat(id, minute)
    for (let count = 0; count < 20; count++)
      await domain.shareRequests.subscribe(customer, await domain.insert())
    await domain.pass(6_000)
    // The others have not sent a heartbeat yet.
    vi.spyOn(domain.store, 'heartbeat').mockResolvedValueOnce(1)
    const before = domain.portmone.calls.length
    await domain.pass(10_000)
    expect(domain.portmone.calls.length - before).toBeLessThanOrEqual(2 * 10 + 2)
  })

  test('pauses for as long as Portmone asks, up to the unwatched interval, while heartbeats go on', async () => {
    const domain = await startDomain()
    const handle = await domain.insert()
    await domain.shareRequests.subscribe(customer, handle)
    const heartbeat = vi.spyOn(domain.store, 'heartbeat')
    domain.portmone.failures.set(
      'status',
      new IdentityServiceError('UNAVAILABLE', 'busy', { retryAfter: 86_400 }),
    )
    await expect(domain.shareRequests.check(customer, handle)).rejects.toThrow('temporarily unavailable')
    domain.portmone.failures.clear()
    const begin = domain.clock.now()
    expect(await domain.shareRequests.check(customer, handle)).toMatchObject({ state: 'PENDING' })
    await domain.pass(domain.settings.unwatchedIntervalMs + 5_000)
    const asked = callTimes(domain, 'status', begin).filter((time) => time > 0)
    expect(asked[0]! - domain.settings.unwatchedIntervalMs).toBeLessThan(100)
    expect(heartbeat.mock.calls.length).toBeGreaterThanOrEqual(10)
  })

  test('bounds creations, checks and reads of facts together, and none keeps the others from their turn', async () => {
    const domain = await startDomain({ upstreamBudget: 5 })
    const { shareRequests, portmone, store } = domain
    const approved = await domain.insert()
    portmone.answer(approved.id, 'APPROVED')
    await shareRequests.check(customer, approved)
    const request = (await store.find(approved.id))!
    const pending = await Promise.all(Array.from({ length: 20 }, () => domain.insert()))
    await domain.pass(10_000)
    const before = portmone.calls.length
    const [codes, refusals] = [portmone.codes, [] as unknown[]]
    const refused = (error: unknown) => void refusals.push(error)
    for (let second = 0; second < 10; second++) {
      for (let count = 0; count < 100; count++) shareRequests.facts(partner, request).catch(refused)
      for (let count = 0; count < 10; count++) domain.create().catch(refused)
      for (const credentials of pending) void shareRequests.check(customer, credentials)
      await domain.pass(1_000)
      const created = portmone.codes - codes
      const made = portmone.calls.length - before + created
      expect(made, `after ${second + 1} s`).toBeLessThanOrEqual(5 + 5 * (second + 1))
    }
    const kinds = portmone.calls.slice(before).map(({ kind }) => kind)
    expect(portmone.codes - codes).toBeGreaterThanOrEqual(15)
    expect(kinds.filter((kind) => kind === 'status').length).toBeGreaterThanOrEqual(25)
    expect(kinds.filter((kind) => kind === 'facts').length).toBeGreaterThanOrEqual(10)
    expect(refusals.length).toBeGreaterThan(900)
    for (const refusal of refusals) expect(refusal).toBeInstanceOf(RateLimited)
    await domain.pass(10_000)
  })
})
