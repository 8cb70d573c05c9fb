import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { overHttp, overSse, type TestClient } from '../support/clients.ts'
import { ShiftableClock } from '../support/clock.ts'
import { type Created, create, operations, statusesOf } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

/** Milliseconds. */
const factsRetryWindowMs = 900_000
const clock = new ShiftableClock()
let stage: Stage
let customer: TestClient
let follower: TestClient

beforeAll(async () => {
  stage = await startStage({
    clock,
    config: { factsRetryWindowMs },
    portmone: { retries: { attempts: 0 }, circuit: { maxFailures: 1_000 } },
  })
  customer = overHttp(stage.gateway.url)
  follower = overSse(stage.gateway.url)
})
afterEach(() => stage.sandbox.clearFaults())
afterAll(async () => {
  await follower.dispose()
  await stage[Symbol.asyncDispose]()
})

const handleOf = ({ id, clientSecret }: Created) => ({ id, clientSecret })
const statusOf = async (created: Created) =>
  (await customer.run(operations.read, handleOf(created))).data.shareRequest.status
const hint = (created: Created) => customer.run(operations.check, { input: handleOf(created) })
const cancel = async (created: Created) =>
  (await customer.run(operations.cancel, { input: handleOf(created) })).data.cancelShareRequest

describe('cancelling', () => {
  test('is too late while the facts are being fetched', async () => {
    const created = await create(customer)
    stage.sandbox.misbehave({ kind: 'latency', ms: 300, call: 'facts', code: created.code })
    stage.sandbox.approve(created.code, 'adult')
    const hinted = hint(created)
    await stage.sandbox.reachCalls('facts', 1, created.code)
    expect(await cancel(created)).toMatchObject({
      __typename: 'InvalidTransition',
      status: { __typename: 'ApprovedStatus', version: 2 },
    })
    expect((await hinted).data.checkShareRequest.status).toMatchObject({
      __typename: 'ApprovedStatus',
      version: 2,
    })
  })

  test('and approving at the same time have one result, which the canceller gets', async () => {
    const ends = new Set<string>()
    for (let round = 0; round < 40; round++) {
      const created = await create(customer)
      const stream = follower.subscribe(operations.follow, handleOf(created))
      await stream.next()
      const cancelled = cancel(created)
      // From before the status call until after its answer.
      if (round % 3 === 0) await stage.sandbox.reachCalls('status', 1, created.code)
      if (round % 3 === 1) await new Promise(setImmediate)
      stage.sandbox.approve(created.code, 'adult')
      await hint(created)
      const told = await cancelled
      const [end] = await statusesOf(stream)
      ends.add(end![0])
      if (told.__typename === 'ShareRequest') {
        expect([told.status.__typename, end]).toEqual(['CancelledStatus', ['CancelledStatus', 2]])
        expect(stage.sandbox.calls('facts', created.code).count).toBe(0)
      } else {
        expect([told.__typename, end]).toEqual(['InvalidTransition', ['ApprovedStatus', 2]])
        expect(stage.sandbox.calls('facts', created.code).count).toBe(1)
      }
    }
    expect(ends).toEqual(new Set(['CancelledStatus', 'ApprovedStatus']))
  })
})

describe('unavailable facts', () => {
  test('are fetched again after a restart, and the approval keeps its time', async () => {
    const created = await create(customer)
    const fault = stage.sandbox.misbehave({ kind: 'facts-missing', code: created.code })
    stage.sandbox.approve(created.code, 'adult')
    const seenFrom = clock.now()
    await hint(created)
    const seenUntil = clock.now()
    expect(await statusOf(created)).toMatchObject({ __typename: 'PendingStatus', version: 1 })

    await stage.restartGateway(() => stage.sandbox.clearFaults(fault))
    clock.advance(60_000)
    const stream = follower.subscribe(operations.follow, handleOf(created))
    expect(await statusesOf(stream)).toContainEqual(['ApprovedStatus', 2])
    const status = await statusOf(created)
    expect(Date.parse(status.approvedAt)).toBeGreaterThanOrEqual(seenFrom)
    expect(Date.parse(status.approvedAt)).toBeLessThanOrEqual(seenUntil)
    expect(Date.parse(status.changedAt)).toBeGreaterThanOrEqual(seenFrom + 60_000)
    expect(status.outcome.passed).toBe(true)
  })

  test('are retried until the window ends, across a restart and past the deadline, and then it has failed', async () => {
    const created = await create(customer)
    stage.sandbox.misbehave({ kind: 'server-error', call: 'facts', code: created.code })
    stage.sandbox.approve(created.code, 'adult')
    await hint(created)
    clock.advance(factsRetryWindowMs / 2)
    await stage.restartGateway()
    clock.advance(factsRetryWindowMs / 2 - 60_000)
    await hint(created)
    expect(await statusOf(created)).toMatchObject({ __typename: 'PendingStatus', version: 1 })
    expect((await cancel(created)).__typename).toBe('InvalidTransition')

    const stream = follower.subscribe(operations.follow, handleOf(created))
    await stream.next()
    clock.advance(60_000)
    expect(await statusesOf(stream)).toEqual([['FailedStatus', 2]])
    expect(await statusOf(created)).toMatchObject({ reason: 'FACTS_UNAVAILABLE', retryable: true })
    const calls = stage.sandbox.calls('facts', created.code).count
    await hint(created)
    expect(stage.sandbox.calls('facts', created.code).count).toBe(calls)
  })
})

describe('a definite answer to the request for facts fails the share request within a minute', () => {
  test.each([
    ['that breaks the contract', { kind: 'wrong-types', call: 'facts' }, false],
    ['that the code is unknown', { kind: 'facts-missing' }, true],
  ] as const)('%s', async (_, fault, retryable) => {
    const created = await create(customer)
    const id = stage.sandbox.misbehave({ ...fault, code: created.code })
    stage.sandbox.approve(created.code, 'adult')
    await hint(created)
    expect(await statusOf(created)).toMatchObject({ __typename: 'PendingStatus', version: 1 })
    const stream = follower.subscribe(operations.follow, handleOf(created))
    await stream.next()
    clock.advance(31_000)
    expect(await statusesOf(stream)).toEqual([['FailedStatus', 2]])
    expect(await statusOf(created)).toMatchObject({ reason: 'FACTS_UNAVAILABLE', retryable })
    stage.sandbox.clearFaults(id)
  })
})

test('an odd record decides what it can: one name, a year of birth, a passport from Kosovo', async () => {
  const created = await create(customer)
  stage.sandbox.approve(created.code, 'partial-record')
  await hint(created)
  const { outcome } = await statusOf(created)
  expect(outcome.checks).toEqual([
    { name: 'name-proven', verdict: 'PASSED' },
    { name: 'adult', verdict: 'PASSED' },
    { name: 'nationality-served', verdict: 'FAILED' },
  ])
  const partner = overHttp(stage.gateway.url, await stage.partnerKey())
  const { data, errors } = await partner.run(operations.facts, { id: created.id })
  expect(errors).toBeUndefined()
  expect(data.shareRequest.facts).toMatchObject({
    fullName: 'Canarytourmaline',
    dateOfBirth: null,
    nationality: 'XK',
    ageOver: true,
  })
  await partner.dispose()
})

test('an approval that is seen too late changes nothing, is logged and counted', async () => {
  const created = await create(customer)
  stage.sandbox.misbehave({ kind: 'latency', ms: 300, call: 'status', code: created.code, times: 1 })
  stage.sandbox.approve(created.code, 'adult')
  const hinted = hint(created)
  await stage.sandbox.reachCalls('status', 1, created.code)
  // Another gateway, which had checked before the approval, cancels meanwhile.
  const { store } = stage.gateway
  const pending = await store.find(created.id)
  if (pending?.state !== 'PENDING') throw new Error('It is pending still.')
  const { approvedAt: _, ...common } = pending
  const cancelled = { ...common, state: 'CANCELLED', version: 2, changedAt: clock.now() } as const
  expect(await store.update(pending, cancelled, null)).toBe(true)

  expect((await hinted).data.checkShareRequest.status).toMatchObject({
    __typename: 'CancelledStatus',
    version: 2,
  })
  expect(await store.find(created.id)).toEqual(cancelled)
  const line = stage.logs
    .map((text) => JSON.parse(text))
    .find(({ msg }) => msg.startsWith('approval reported too late'))
  expect(line).toMatchObject({ level: 'warn', shareRequestId: created.id })
  expect(await (await fetch(`${stage.gateway.url}/metrics`)).text()).toContain(
    'portmone_late_approvals_total 1',
  )
})
