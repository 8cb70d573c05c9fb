import { describe, expect, test, vi } from 'vitest'
import { IdentityServiceError } from '../../server/share-requests/identity-service.ts'
import { StoreUnavailable } from '../../server/share-requests/store.ts'
import { callTimes, customer, settle, startDomain } from './domain.ts'
import { samplePolicy } from './samples.ts'
import { unreachable } from './simulated-portmone.ts'

const minute = 60_000
const lifetime = samplePolicy.lifetime * 1000

/** Differences between neighbours. */
const pausesOf = (times: number[]) => times.slice(1).map((time, index) => time - times[index]!)

describe('a share request', () => {
  test('counts as approved while its facts are slow, so that a cancel is refused at once', async () => {
    const domain = await startDomain()
    const handle = await domain.create()
    domain.portmone.answer(handle.id, 'APPROVED')
    const goOn = domain.hold('facts call arrives')
    const hint = domain.shareRequests.check(customer, handle)
    await domain.pass(240)
    expect(await domain.store.find(handle.id)).toMatchObject({ state: 'PENDING', approvedAt: null })
    await domain.pass(20)
    const approvedAt = expect.any(Number)
    expect(await domain.store.find(handle.id)).toMatchObject({ state: 'PENDING', approvedAt })
    await expect(domain.shareRequests.cancel(customer, handle)).rejects.toThrow('already approved')
    await goOn()
    expect(await hint).toMatchObject({ state: 'APPROVED' })
  })

  test('whose facts come soon is written once, with its outcome, and leaves no lease to give back', async () => {
    const domain = await startDomain()
    const handle = await domain.create()
    domain.portmone.answer(handle.id, 'APPROVED')
    const update = vi.spyOn(domain.store, 'update')
    const finish = vi.spyOn(domain.store, 'finish')
    expect(await domain.shareRequests.check(customer, handle)).toMatchObject({ state: 'APPROVED' })
    await domain.pass(1_000)
    expect(update).toHaveBeenCalledTimes(1)
    expect(finish).not.toHaveBeenCalled()
  })

  test('is checked often while it is watched, then less often, and rarely when nobody watches any more', async () => {
    const domain = await startDomain()
    const { shareRequests, clock, settings } = domain
    const begin = clock.now()
    const follower = await shareRequests.subscribe(customer, await domain.create())
    await domain.pass(5 * minute)
    const followed = callTimes(domain, 'status', begin)
    expect(followed[0]! - settings.minPollIntervalMs).toBeLessThan(100)
    const pauses = pausesOf(followed)
    expect(pauses[0]).toBe(settings.minPollIntervalMs)
    for (const [index, pause] of pauses.entries()) {
      if (index > 0) expect(pause).toBeGreaterThanOrEqual(pauses[index - 1]!)
      expect(pause).toBeLessThanOrEqual(settings.maxPollIntervalMs)
    }

    await follower.return()
    await domain.pass(settings.watchTtlMs)
    const left = domain.portmone.calls.length
    await domain.pass(3 * minute)
    expect(domain.portmone.calls.length - left).toBeLessThanOrEqual(3)
  })

  test('that nobody watches is checked rarely, and expires to the millisecond after one last check', async () => {
    const domain = await startDomain()
    const begin = domain.clock.now()
    const handle = await domain.create()
    await domain.pass(lifetime + minute)
    const sweeps = lifetime / domain.settings.unwatchedIntervalMs
    expect(callTimes(domain, 'status', begin)).toEqual(
      Array.from({ length: sweeps }, (_, index) => (index + 1) * minute),
    )
    expect(await domain.shareRequests.find(customer, handle)).toMatchObject({
      state: 'EXPIRED',
      changedAt: begin + lifetime,
    })
  })

  // A counterexample of the property tests: it expired because of an answer that was older than the approval.
  test('does not expire by what was asked before its deadline', async () => {
    const domain = await startDomain({ watcher: { unwatchedIntervalMs: 2 * lifetime } })
    const handle = await domain.create()
    await domain.pass(lifetime - 1_000)
    const goOn = domain.hold('status call is answered: PENDING')
    const hint = domain.shareRequests.check(customer, handle)
    await settle()
    domain.portmone.answer(handle.id, 'APPROVED')
    await domain.pass(2_000)
    await goOn()
    expect(await hint).toMatchObject({ state: 'PENDING', approvedAt: null })
    await domain.pass(100)
    expect(await domain.shareRequests.find(customer, handle)).toMatchObject({ state: 'APPROVED' })
  })

  test('is not checked twice at once though a call takes longer than its lease', async () => {
    const domain = await startDomain()
    const handle = await domain.create()
    const goOn = domain.hold('status call arrives')
    const hint = domain.shareRequests.check(customer, handle)
    await domain.pass(3 * domain.settings.leaseMs)
    expect(domain.portmone.calls).toHaveLength(1)
    await goOn()
    await hint
    await domain.pass(minute)
    expect(domain.portmone.calls.length).toBeGreaterThan(1)
    expect(domain.portmone.calls.some(({ overlaps }) => overlaps)).toBe(false)
  })

  test('is checked again as soon as a slow call has ended that took longer than the interval', async () => {
    const domain = await startDomain()
    const { clock, settings } = domain
    await domain.shareRequests.subscribe(customer, await domain.create())
    const goOn = domain.hold('status call arrives')
    await domain.pass(settings.minPollIntervalMs + 100)
    expect(domain.portmone.calls).toHaveLength(1)
    await domain.pass(5 * settings.minPollIntervalMs)
    const ended = clock.now()
    await goOn()
    await domain.pass(200)
    expect(callTimes(domain, 'status', ended).filter((time) => time > 0)).toHaveLength(1)
  })

  test('whose code is rejected fails for good; one whose code is gone may be started again', async () => {
    const domain = await startDomain()
    for (const [problem, retryable] of [
      ['REJECTED', false],
      ['UNKNOWN_CODE', true],
    ] as const) {
      const handle = await domain.create()
      domain.clock.advance(30_000)
      domain.portmone.failures.set('status', new IdentityServiceError(problem, 'no'))
      expect(await domain.shareRequests.check(customer, handle)).toMatchObject({
        ...{ state: 'FAILED', reason: 'REJECTED_BY_PORTMONE', retryable },
      })
    }
  })

  test('whose code is so new that the issuer does not know it everywhere stays pending', async () => {
    const domain = await startDomain()
    const handle = await domain.create()
    await domain.shareRequests.subscribe(customer, handle)
    domain.portmone.failures.set('status', new IdentityServiceError('UNKNOWN_CODE', 'not yet'))
    await domain.pass(5_000)
    expect(domain.told).toContainEqual(['delayed', handle.id])
    await expect(domain.shareRequests.check(customer, handle)).rejects.toMatchObject({ retryable: true })
    domain.portmone.failures.clear()
    domain.portmone.answer(handle.id, 'APPROVED')
    await domain.pass(5_000)
    expect(await domain.store.find(handle.id)).toMatchObject({ state: 'APPROVED' })
  })

  test('that became terminal before the approval was seen stays as it is', async () => {
    const domain = await startDomain()
    const handle = await domain.create()
    domain.portmone.answer(handle.id, 'APPROVED')
    const goOn = domain.hold('status call is answered: APPROVED')
    const hint = domain.shareRequests.check(customer, handle)
    await settle()
    // Another gateway, which had checked earlier, cancels it.
    const pending = await domain.store.find(handle.id)
    if (pending?.state !== 'PENDING') throw new Error('It is pending still.')
    const { approvedAt: _, ...common } = pending
    await domain.store.update(pending, { ...common, state: 'CANCELLED', version: 2 }, null)
    await goOn()
    expect(await hint).toMatchObject({ state: 'CANCELLED' })
    expect(await domain.store.find(handle.id)).toMatchObject({ state: 'CANCELLED', version: 2 })
    expect(domain.told).toContainEqual(['lateApproval', handle.id])
  })
})

describe('unavailable facts', () => {
  test('are retried less and less often until the window ends, and then it has failed', async () => {
    const domain = await startDomain()
    const handle = await domain.create()
    domain.portmone.answer(handle.id, 'APPROVED')
    domain.portmone.failures.set('facts', unreachable)
    const approvedAt = domain.clock.now()
    await domain.shareRequests.check(customer, handle)
    await domain.pass(domain.settings.factsRetryWindowMs - 1)
    expect(await domain.shareRequests.find(customer, handle)).toMatchObject({ state: 'PENDING', approvedAt })
    await domain.pass(100)
    expect(await domain.shareRequests.find(customer, handle)).toMatchObject({
      ...{ state: 'FAILED', reason: 'FACTS_UNAVAILABLE', retryable: true },
    })
    const pulls = callTimes(domain, 'facts', approvedAt)
    expect(pulls.at(-1)).toBe(domain.settings.factsRetryWindowMs)
    expect(pulls.length).toBeLessThan(40)
    const pauses = pausesOf(pulls).slice(0, -1)
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
    expect(domain.portmone.calls.filter(({ kind }) => kind === 'status')).toHaveLength(1)
  })

  test('that come back give the outcome, with the time at which the approval was seen', async () => {
    const domain = await startDomain()
    const handle = await domain.create()
    domain.portmone.answer(handle.id, 'APPROVED')
    domain.portmone.failures.set('facts', unreachable)
    const approvedAt = domain.clock.now()
    await domain.shareRequests.check(customer, handle)
    await domain.pass(lifetime + minute)
    domain.portmone.failures.clear()
    await domain.pass(minute)
    expect(await domain.shareRequests.find(customer, handle)).toMatchObject({
      state: 'APPROVED',
      approvedAt,
      version: 2,
    })
  })
})

describe('when the store cannot work', () => {
  const full = new StoreUnavailable('FULL', 'No space is left.')

  test('the watcher reports it and continues by itself', async () => {
    const domain = await startDomain()
    await domain.create()
    vi.spyOn(domain.store, 'claimDue').mockRejectedValueOnce(full)
    await domain.pass(2_000)
    expect(domain.told).toContainEqual(['failed', 'watching share requests: No space is left.'])
    await domain.pass(domain.settings.unwatchedIntervalMs)
    expect(domain.portmone.calls).toHaveLength(1)
  })

  test('what could not be written is written the next time, without waiting for a lease', async () => {
    const domain = await startDomain()
    await domain.shareRequests.subscribe(customer, await domain.create())
    vi.spyOn(domain.store, 'watch').mockRejectedValueOnce(full)
    await domain.pass(100)
    vi.spyOn(domain.store, 'finish').mockRejectedValueOnce(full)
    await domain.pass(10_000)
    expect(domain.told.filter(([method]) => method === 'failed')).toHaveLength(2)
    expect(domain.portmone.calls.length).toBeGreaterThanOrEqual(3)
  })

  test('the caller of a hint gets the error, and the next hint works', async () => {
    const domain = await startDomain()
    const handle = await domain.create()
    domain.portmone.answer(handle.id, 'APPROVED')
    vi.spyOn(domain.store, 'update').mockRejectedValueOnce(full)
    await expect(domain.shareRequests.check(customer, handle)).rejects.toThrow(full)
    expect(await domain.shareRequests.check(customer, handle)).toMatchObject({ state: 'APPROVED' })
  })
})

describe('a stop', () => {
  test('lets a check that the timer began end, and begins nothing after it', async () => {
    const domain = await startDomain()
    const handle = await domain.create()
    const claimDue = vi.spyOn(domain.store, 'claimDue')
    const goOn = domain.hold('status call arrives')
    await domain.pass(domain.settings.unwatchedIntervalMs)
    expect(domain.portmone.calls).toHaveLength(1)
    domain.portmone.answer(handle.id, 'DECLINED')
    let hasStopped = false
    const stopped = domain.stop().then(() => {
      hasStopped = true
    })
    await settle()
    expect(hasStopped).toBe(false)
    await goOn()
    await stopped
    expect(await domain.store.find(handle.id)).toMatchObject({ state: 'DECLINED' })
    expect(domain.clock.nextTimerMs, 'a timer is set').toBeUndefined()

    const watch = vi.spyOn(domain.store, 'watch')
    claimDue.mockClear()
    const another = await domain.create()
    await domain.shareRequests.subscribe(customer, another)
    expect(await domain.shareRequests.check(customer, another)).toMatchObject({ state: 'PENDING' })
    await domain.pass(5 * minute)
    expect([domain.portmone.calls.length, claimDue.mock.calls, watch.mock.calls]).toEqual([1, [], []])
  })

  test('waits for a creation in progress', async () => {
    const domain = await startDomain()
    const goOn = Promise.withResolvers<void>()
    const { open } = domain.store
    vi.spyOn(domain.store, 'open').mockImplementationOnce(async (...args) => {
      await goOn.promise
      return open.apply(domain.store, args)
    })
    const creation = domain.create()
    await settle()
    const stopped = domain.stop()
    goOn.resolve()
    await stopped
    expect(await domain.store.find((await creation).id)).toMatchObject({ state: 'PENDING' })
  })
})
