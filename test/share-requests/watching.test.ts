import { expect, test } from 'vitest'
import { overHttp, overSse, overWebSocket, type TestClient } from '../support/clients.ts'
import { ShiftableClock } from '../support/clock.ts'
import { type Created, create, operations, statusesOf } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

/** Milliseconds. */
const hour = 3_600_000
/** The gateway calls Portmone only after a hint, at a deadline, or when a test lets hours pass. */
const patient = {
  minPollIntervalMs: hour,
  maxPollIntervalMs: hour,
  unwatchedIntervalMs: hour,
  watchTtlMs: hour,
}

const handleOf = ({ id, clientSecret }: Created) => ({ id, clientSecret })
const hint = (client: TestClient, created: Created) =>
  client.run(operations.check, { input: handleOf(created) })
const statusCalls = (stage: Stage, { code }: Created) => stage.sandbox.calls('status', code)

test('a hint pushes the approval to every subscriber, without waiting for the next poll', async () => {
  await using stage = await startStage({ watcher: patient })
  const clients = [overSse(stage.gateway.url), overWebSocket(stage.gateway.url)]
  const created = await create(overHttp(stage.gateway.url))
  const streams = clients.map((client) => client.subscribe(operations.follow, handleOf(created)))
  for (const stream of streams) expect((await stream.next()).value.data.shareRequestStatus.version).toBe(1)
  stage.sandbox.approve(created.code, 'adult')
  expect(statusCalls(stage, created).count).toBe(0)
  await hint(overHttp(stage.gateway.url), created)
  for (const stream of streams) expect(await statusesOf(stream)).toEqual([['ApprovedStatus', 2]])
  expect(statusCalls(stage, created).count).toBe(1)
  for (const client of clients) await client.dispose()
})

test('one check is in flight, whatever the number of subscribers and of hints', async () => {
  await using stage = await startStage({ watcher: patient })
  const follower = overWebSocket(stage.gateway.url)
  const customer = overHttp(stage.gateway.url)
  const created = await create(customer)
  stage.sandbox.misbehave({ kind: 'latency', ms: 150, call: 'status' })
  const streams = Array.from({ length: 30 }, () => follower.subscribe(operations.follow, handleOf(created)))
  await Promise.all(streams.map((stream) => stream.next()))

  const first = hint(customer, created)
  await stage.sandbox.reachCalls('status', 1, created.code)
  const later = await Promise.all(Array.from({ length: 20 }, () => hint(customer, created)))
  await first
  // The first check may have begun too early for the other hints, which share the second one.
  for (const { data } of later) expect(data.checkShareRequest.__typename).toBe('ShareRequest')
  expect(statusCalls(stage, created).maxInFlight).toBe(1)
  expect(statusCalls(stage, created).count).toBeLessThanOrEqual(4)

  stage.sandbox.approve(created.code, 'adult')
  await Promise.all([hint(customer, created), hint(customer, created)])
  for (const ended of await Promise.all(streams.map(statusesOf)))
    expect(ended).toEqual([['ApprovedStatus', 2]])
  expect(statusCalls(stage, created).maxInFlight).toBe(1)
  expect(stage.sandbox.calls('facts', created.code)).toMatchObject({ count: 1, maxInFlight: 1 })
  await follower.dispose()
})

test('a terminal share request is never checked again', async () => {
  const clock = new ShiftableClock()
  await using stage = await startStage({ clock })
  const customer = overHttp(stage.gateway.url)
  const follower = overSse(stage.gateway.url)
  const made = [await create(customer), await create(customer), await create(customer)] as const
  stage.sandbox.approve(made[0].code, 'adult')
  stage.sandbox.decline(made[1].code)
  await customer.run(operations.cancel, { input: handleOf(made[2]) })
  for (const created of made) await hint(customer, created)

  const calls = stage.sandbox.calls('status').count
  // The pending one shows that the gateway is working.
  const pending = await create(customer)
  for (let round = 0; round < 3; round++) {
    clock.advance(60_000)
    for (const created of made) {
      await hint(customer, created)
      await customer.run(operations.cancel, { input: handleOf(created) })
      await statusesOf(follower.subscribe(operations.follow, handleOf(created)))
    }
    await stage.sandbox.reachCalls('status', round + 1, pending.code)
  }
  expect(stage.sandbox.calls('status').count - calls).toBe(statusCalls(stage, pending).count)
  await follower.dispose()
})

test('a budget far too small for the watched share requests is still kept', async () => {
  const budget = 10
  await using stage = await startStage({ config: { upstreamBudget: budget } })
  const customer = overHttp(stage.gateway.url)
  const follower = overWebSocket(stage.gateway.url)
  const made = await Promise.all(Array.from({ length: 15 }, () => create(customer)))
  const streams = made.map((created) => follower.subscribe(operations.follow, handleOf(created)))
  await Promise.all(streams.map((stream) => stream.next()))

  // Each is due every 50 to 200 ms: 75 to 300 a second.
  const before = stage.sandbox.calls('status').count
  const earlier = made.map((created) => statusCalls(stage, created).count)
  const from = performance.now()
  const more = 5 * budget
  await stage.sandbox.reachCalls('status', before + more)
  const seconds = (performance.now() - from) / 1000
  expect(seconds).toBeGreaterThanOrEqual((more - budget) / budget - 0.05)
  const each = made.map((created, index) => statusCalls(stage, created).count - (earlier[index] ?? 0))
  expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(2)
  await follower.dispose()
})
