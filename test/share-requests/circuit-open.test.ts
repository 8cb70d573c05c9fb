import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { overHttp, overWebSocket, streamingTransports } from '../support/clients.ts'
import { ShiftableClock } from '../support/clock.ts'
import { type Created, create, operations, statusesOf } from '../support/operations.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { type Stage, type StageOptions, startStage, testPartner } from '../support/stage.ts'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.close())

/** Milliseconds. The gateway calls Portmone only after a hint and at the deadline. */
const hour = 3_600_000
const lifetime = 300_000
const expiryGraceMs = 60_000
const options: StageOptions = {
  watcher: { minPollIntervalMs: hour, maxPollIntervalMs: hour, unwatchedIntervalMs: hour, watchTtlMs: hour },
  portmone: { retries: { attempts: 0 }, circuit: { maxFailures: 2, openMs: hour } },
}
const handleOf = ({ id, clientSecret }: Created) => ({ id, clientSecret })

/**
 * Opens the circuit of `stage` with hints for `created` that Portmone does not answer. Not with exactly two: a gateway that
 * joins others begins without a budget, and a hint without one is deferred.
 */
async function openCircuit(stage: Stage, portmone: Stage, created: Created): Promise<void> {
  portmone.sandbox.misbehave({ kind: 'server-error', call: 'status', times: 2 })
  const client = overHttp(stage.gateway.url)
  await vi.waitFor(async () => {
    await client.run(operations.check, { input: handleOf(created) })
    const metrics = await (await fetch(`${stage.gateway.url}/metrics`)).text()
    expect(metrics).toMatch(/^portmone_circuit_state\{state="open"\} 1$/m)
  }, 10_000)
}

test.each(Object.entries(streamingTransports))(
  'while the circuit is open, reads work, a cancel is refused and the deadline takes effect over %s',
  async (_, connect) => {
    const clock = new ShiftableClock()
    await using stage = await startStage({ ...options, clock, config: { expiryGraceMs } })
    const client = overHttp(stage.gateway.url)
    const follower = connect(stage.gateway.url)
    const created = await create(client, { policy: 'age-over-18' })
    await openCircuit(stage, stage, created)

    const { data } = await client.run(operations.read, handleOf(created))
    expect(data.shareRequest.status).toMatchObject({ __typename: 'PendingStatus', code: created.code })
    // A cancel must ask Portmone first, because the customer may have approved.
    const cancel = await client.run(operations.cancel, { input: handleOf(created) })
    expect(cancel.data.cancelShareRequest).toMatchObject({
      __typename: 'UpstreamUnavailable',
      retryable: true,
    })

    const stream = follower.subscribe(operations.follow, handleOf(created))
    expect((await stream.next()).value.data.shareRequestStatus.__typename).toBe('PendingStatus')
    clock.advance(lifetime + expiryGraceMs + 1_000)
    expect(await statusesOf(stream)).toEqual([['ExpiredStatus', 2]])
    expect(stage.sandbox.calls('status', created.code).count).toBe(2)
    await follower.dispose()
  },
)

test('a change that another gateway makes reaches subscribers of one whose circuit is open', async () => {
  const databaseUrl = await postgres.createDatabase()
  await using one = await startStage({ ...options, config: { databaseUrl } })
  const { url } = one.sandbox
  const { clientId, clientSecret } = testPartner
  const portmone = { url, browserOrigin: url, clientId, clientSecret }
  await using two = await startStage({ ...options, config: { databaseUrl, portmone } })
  const created = await create(overHttp(one.gateway.url))
  await openCircuit(two, one, await create(overHttp(one.gateway.url)))
  const follower = overWebSocket(two.gateway.url)
  const stream = follower.subscribe(operations.follow, handleOf(created))
  expect((await stream.next()).value.data.shareRequestStatus.__typename).toBe('PendingStatus')
  one.sandbox.approve(created.code, 'adult')
  await overHttp(one.gateway.url).run(operations.check, { input: handleOf(created) })
  expect(await statusesOf(stream)).toEqual([['ApprovedStatus', 2]])
  await follower.dispose()
})
