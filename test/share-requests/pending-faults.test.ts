import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { FaultInput } from '../../portmone/sandbox/faults.ts'
import { overHttp, overSse, type TestClient } from '../support/clients.ts'
import { ShiftableClock } from '../support/clock.ts'
import { create, operations, statusesOf } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { samplePolicy } from '../unit/samples.ts'

const clock = new ShiftableClock()
let stage: Stage
let customer: TestClient
let follower: TestClient

beforeAll(async () => {
  stage = await startStage({
    clock,
    watcher: { unwatchedIntervalMs: 60_000 },
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

const faults: FaultInput[] = [
  { kind: 'server-error', call: 'status' },
  { kind: 'dropped-before', call: 'status' },
  { kind: 'unauthorized', call: 'status' },
  { kind: 'malformed-json', call: 'status' },
  { kind: 'wrong-types', call: 'status' },
]

test.each(faults)(
  '$kind on every check loses nothing: the share request stays pending and catches up',
  async (fault) => {
    const { code, ...handle } = await create(customer)
    const stream = follower.subscribe(operations.follow, handle)
    const first = await stream.next()
    expect(first.value.data.shareRequestStatus).toMatchObject({ __typename: 'PendingStatus', version: 1 })

    stage.sandbox.misbehave({ ...fault, code })
    stage.sandbox.approve(code, 'adult')
    const check = async () => (await customer.run(operations.check, { input: handle })).data.checkShareRequest
    await expect.poll(check).toEqual({
      __typename: 'UpstreamUnavailable',
      message: 'Portmone is temporarily unavailable. Try again.',
      retryable: true,
    })
    await stage.sandbox.reachCalls('status', 3, code)
    const read = await customer.run(operations.read, handle)
    expect(read.data.shareRequest.status).toMatchObject({ __typename: 'PendingStatus', version: 1 })
    expect(stage.logs.join('')).toContain(`"shareRequestId":"${handle.id}"`)

    stage.sandbox.clearFaults()
    expect(await statusesOf(stream)).toEqual([['ApprovedStatus', 2]])
  },
)

test('an unknown status leaves the share request pending, and is logged and counted', async () => {
  const { code, ...handle } = await create(customer)
  stage.sandbox.misbehave({ kind: 'unknown-status', word: 'ON_HOLD', code })
  const checked = await customer.run(operations.check, { input: handle })
  expect(checked.data.checkShareRequest).toMatchObject({
    __typename: 'ShareRequest',
    status: { __typename: 'PendingStatus', version: 1 },
  })
  expect(stage.logs.filter((line) => line.includes('ON_HOLD'))).toHaveLength(1)
  expect(await (await fetch(`${stage.gateway.url}/metrics`)).text()).toMatch(
    /portmone_unknown_status_total\{status="ON_HOLD"\} [1-9]/,
  )
  stage.sandbox.clearFaults()
  stage.sandbox.approve(code, 'adult')
  expect(await statusesOf(follower.subscribe(operations.follow, handle))).toContainEqual([
    'ApprovedStatus',
    2,
  ])
})

test('a code that Portmone does not know fails the share request as restartable', async () => {
  const { store } = stage.gateway
  const id = randomUUID()
  await store.reserve({
    ...{ id, idempotencyHash: id, inputHash: id, policy: samplePolicy, reference: null },
    ...{ createdBy: 'PARTNER', createdByKeyId: null, leaseMs: 1_000, limits: [] },
  })
  const [expiresAt, nextWorkAt] = [clock.now() + 600_000, clock.now() + 600_000]
  await store.open(id, { code: `${stage.sandbox.url}/c/never-made`, expiresAt, nextWorkAt })
  clock.advance(30_000)
  const partner = overHttp(stage.gateway.url, await stage.partnerKey())
  const checked = await partner.run(operations.check, { input: { id } })
  expect(checked.data.checkShareRequest).toMatchObject({
    __typename: 'ShareRequest',
    status: { __typename: 'FailedStatus', version: 2, reason: 'REJECTED_BY_PORTMONE', retryable: true },
  })
})

test('a decline reaches the subscriber', async () => {
  const { code, ...handle } = await create(customer)
  const stream = follower.subscribe(operations.follow, handle)
  await stream.next()
  stage.sandbox.decline(code)
  expect(await statusesOf(stream)).toEqual([['DeclinedStatus', 2]])
})

test('no request is sent for as long as Portmone asks, also not for hints', async () => {
  const { code, ...handle } = await create(customer)
  const hint = async () => (await customer.run(operations.check, { input: handle })).data.checkShareRequest
  stage.sandbox.misbehave({ kind: 'rate-limited', retryAfter: 30, call: 'status', code, times: 1 })
  expect(await hint()).toMatchObject({ __typename: 'UpstreamUnavailable', retryable: true })
  const calls = stage.sandbox.calls('status').count
  stage.sandbox.approve(code, 'adult')
  clock.advance(10_000)
  expect(await hint()).toMatchObject({ status: { __typename: 'PendingStatus' } })
  expect(stage.sandbox.calls('status').count).toBe(calls)

  // A deferred hint is not forgotten.
  clock.advance(20_000)
  expect(await statusesOf(follower.subscribe(operations.follow, handle))).toContainEqual([
    'ApprovedStatus',
    2,
  ])
})
