import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { AnswerError } from '../../portmone/sandbox/share-requests.ts'
import { overHttp, overSse, type Result, type TestClient } from '../support/clients.ts'
import { ShiftableClock } from '../support/clock.ts'
import { type Created, create, operations, statusesOf } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

/** Milliseconds. Within the lifetime, only the deadline makes the gateway check. */
const hour = 3_600_000
const lifetime = 300_000
const expiryGraceMs = 60_000
const clock = new ShiftableClock()
let stage: Stage
let customer: TestClient
let follower: TestClient
let created: Created
let stream: AsyncIterableIterator<Result>

beforeAll(async () => {
  stage = await startStage({
    clock,
    watcher: {
      minPollIntervalMs: hour,
      maxPollIntervalMs: hour,
      unwatchedIntervalMs: hour,
      watchTtlMs: hour,
    },
    config: { expiryGraceMs },
    portmone: { retries: { attempts: 0 }, circuit: { maxFailures: 1_000 } },
  })
  customer = overHttp(stage.gateway.url)
  follower = overSse(stage.gateway.url)
})
afterAll(async () => {
  await follower.dispose()
  await stage[Symbol.asyncDispose]()
})

beforeEach(async () => {
  stage.sandbox.clearFaults()
  created = await create(customer, { policy: 'age-over-18' })
  stream = follower.subscribe(operations.follow, handle())
  const first = await stream.next()
  expect(first.value.data.shareRequestStatus.__typename).toBe('PendingStatus')
})

const handle = () => ({ id: created.id, clientSecret: created.clientSecret })
const checks = () => stage.sandbox.calls('status', created.code).count

test('an approval one second before the deadline wins: the last check decides', async () => {
  clock.advance(lifetime - 1_000)
  stage.sandbox.approve(created.code, 'adult')
  expect(checks()).toBe(0)
  clock.advance(1_000)
  expect(await statusesOf(stream)).toEqual([['ApprovedStatus', 2]])
  expect(checks()).toBe(1)
})

test('one second after the deadline it has expired, and the phone cannot approve any more', async () => {
  clock.advance(lifetime + 1_000)
  expect(() => stage.sandbox.approve(created.code, 'adult')).toThrow(AnswerError)
  expect(await statusesOf(stream)).toEqual([['ExpiredStatus', 2]])
  expect(checks()).toBe(1)

  const cancelled = await customer.run(operations.cancel, { input: handle() })
  expect(cancelled.data.cancelShareRequest).toMatchObject({
    __typename: 'InvalidTransition',
    message: 'Cannot be cancelled: already EXPIRED.',
    status: { __typename: 'ExpiredStatus' },
  })
  const hinted = await customer.run(operations.check, { input: handle() })
  expect(hinted.data.checkShareRequest).toMatchObject({ status: { __typename: 'ExpiredStatus', version: 2 } })
  expect(checks()).toBe(1)
})

test('while Portmone is unreachable, the deadline waits for EXPIRY_GRACE and no longer', async () => {
  stage.sandbox.misbehave({ kind: 'dropped-before', call: 'status', code: created.code })
  clock.advance(lifetime)
  await stage.sandbox.reachCalls('status', 1, created.code)
  const cancelled = await customer.run(operations.cancel, { input: handle() })
  expect(cancelled.data.cancelShareRequest).toMatchObject({
    __typename: 'UpstreamUnavailable',
    retryable: true,
  })
  clock.advance(expiryGraceMs - 1_000)
  const hinted = await customer.run(operations.check, { input: handle() })
  expect(hinted.data.checkShareRequest).toMatchObject({ __typename: 'UpstreamUnavailable' })
  clock.advance(1_000)
  await customer.run(operations.check, { input: handle() })
  expect(await statusesOf(stream)).toEqual([['ExpiredStatus', 2]])
})

test('an approval in time that is learnt within the grace wins', async () => {
  stage.sandbox.misbehave({ kind: 'server-error', call: 'status', code: created.code })
  clock.advance(lifetime - 1_000)
  stage.sandbox.approve(created.code, 'adult')
  clock.advance(2_000)
  await stage.sandbox.reachCalls('status', 1, created.code)
  clock.advance(expiryGraceMs / 2)
  stage.sandbox.clearFaults()
  await customer.run(operations.check, { input: handle() })
  expect(await statusesOf(stream)).toEqual([['ApprovedStatus', 2]])
})
