import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { FaultInput } from '../../portmone/sandbox/faults.ts'
import { StoreUnavailable } from '../../server/share-requests/store.ts'
import { defaultWatcherSettings } from '../../server/watcher/schedule.ts'
import { overHttp, type TestClient } from '../support/clients.ts'
import { ShiftableClock } from '../support/clock.ts'
import { create, operations } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

/** The sandbox's log line for each creation ends with the code. */
const told: string[] = []
const clock = new ShiftableClock()
let stage: Stage
let customer: TestClient

beforeAll(async () => {
  stage = await startStage({
    clock,
    sandbox: { log: (line) => void told.push(line) },
    // The client's circuit and retries are tested separately.
    portmone: { retries: { attempts: 0 }, circuit: { maxFailures: 1_000 } },
  })
  customer = overHttp(stage.gateway.url)
})
afterAll(() => stage[Symbol.asyncDispose]())
afterEach(() => {
  stage.sandbox.clearFaults()
  told.length = 0
})

const attempt = async (idempotencyKey: string, input: Record<string, unknown> = {}) =>
  (await customer.run(operations.create, { input: { policy: 'kyc-basic', idempotencyKey, ...input } })).data
    .createShareRequest

/** The codes that Portmone has issued: a customer could have been shown any of them. */
const codesMade = () => new Set(told.flatMap((line) => /requests .*: (\S+)$/.exec(line)?.[1] ?? [])).size

const faults: FaultInput[] = [
  { kind: 'server-error', call: 'create' },
  { kind: 'dropped-before', call: 'create' },
  { kind: 'dropped-after', call: 'create' },
  { kind: 'malformed-json', call: 'create' },
  { kind: 'wrong-types', call: 'create' },
  { kind: 'rate-limited', call: 'create', retryAfter: 60 },
]

test.each(faults)(
  'a creation that fails by $kind is retryable, and the same key then asks the customer once',
  async (fault) => {
    stage.sandbox.misbehave(fault)
    const idempotencyKey = randomUUID()
    const before = stage.sandbox.calls('create').count
    expect(await attempt(idempotencyKey)).toEqual({
      __typename: 'UpstreamUnavailable',
      message: 'Portmone is temporarily unavailable. Try again with the same idempotencyKey.',
      retryable: true,
    })
    stage.sandbox.clearFaults()
    const created = await create(customer, { idempotencyKey })
    expect(created.code).toContain(stage.sandbox.url)
    expect(await create(customer, { idempotencyKey })).toEqual(created)
    expect(codesMade()).toBe(1)
    expect(stage.sandbox.calls('create').count).toBe(before + 2)
  },
)

test('the operator learns why creations fail', async () => {
  await using refused = await startStage()
  refused.sandbox.misbehave({ kind: 'wrong-types', call: 'create' })
  await overHttp(refused.gateway.url).run(operations.create, {
    input: { policy: 'kyc-basic', idempotencyKey: randomUUID() },
  })
  const lines = refused.logs.map((line) => JSON.parse(line))
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      what: 'creating a share request',
      reason: expect.stringMatching(/^Portmone, create: invalid answer/),
      requestId: expect.any(String),
    }),
  )
})

test('credentials that Portmone rejects are not retryable for the caller', async () => {
  await using refused = await startStage({ sandbox: { partners: [] } })
  const result = await overHttp(refused.gateway.url).run(operations.create, {
    input: { policy: 'kyc-basic', idempotencyKey: randomUUID() },
  })
  expect(result.data.createShareRequest).toMatchObject({
    __typename: 'UpstreamUnavailable',
    retryable: false,
  })
})

test('concurrent creations with one key share the failure, and then the share request', async () => {
  stage.sandbox.misbehave({ kind: 'latency', ms: 100, call: 'create' })
  stage.sandbox.misbehave({ kind: 'server-error', call: 'create', times: 1 })
  const idempotencyKey = randomUUID()
  const failed = await Promise.all(Array.from({ length: 4 }, () => attempt(idempotencyKey)))
  expect(failed).toEqual(
    Array.from({ length: 4 }, () =>
      expect.objectContaining({ __typename: 'UpstreamUnavailable', retryable: true }),
    ),
  )
  const created = await Promise.all(Array.from({ length: 4 }, () => create(customer, { idempotencyKey })))
  expect(new Set(created.map(({ id }) => id)).size).toBe(1)
  expect(codesMade()).toBe(1)
})

test('a key whose creation failed cannot be used with other input', async () => {
  stage.sandbox.misbehave({ kind: 'server-error', call: 'create', times: 1 })
  const idempotencyKey = randomUUID()
  await attempt(idempotencyKey)
  expect(await attempt(idempotencyKey, { reference: 'another' })).toMatchObject({
    __typename: 'IdempotencyConflict',
  })
})

describe('when the gateway dies after Portmone answered and before it wrote that down', () => {
  /** Creates until Portmone answers; then neither the answer nor the failure can be written. */
  async function dieInTheMiddle(idempotencyKey: string): Promise<void> {
    const { store } = stage.gateway
    const gone = new StoreUnavailable('UNREACHABLE', 'The process is gone.')
    vi.spyOn(store, 'open').mockRejectedValueOnce(gone)
    vi.spyOn(store, 'release').mockRejectedValueOnce(gone)
    const result = await customer.run(operations.create, { input: { policy: 'kyc-basic', idempotencyKey } })
    expect(result.errors?.[0]?.extensions?.code).toBe('STORE_UNAVAILABLE')
    expect(codesMade()).toBe(1)
  }

  test('the reservation is taken over when its lease has ended', async () => {
    const idempotencyKey = randomUUID()
    await dieInTheMiddle(idempotencyKey)
    expect(await attempt(idempotencyKey)).toEqual({
      __typename: 'UpstreamUnavailable',
      message: 'This share request is already being created. Try again with the same idempotencyKey.',
      retryable: true,
    })
    clock.advance(defaultWatcherSettings.leaseMs)
    await create(customer, { idempotencyKey })
    expect(codesMade()).toBe(1)
  })

  test('the reservation is taken over at once after a restart', async () => {
    const idempotencyKey = randomUUID()
    await dieInTheMiddle(idempotencyKey)
    await stage.restartGateway()
    await create(customer, { idempotencyKey })
    expect(codesMade()).toBe(1)
  })
})
