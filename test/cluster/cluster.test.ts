import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Config } from '../../server/config.ts'
import { overHttp, overWebSocket } from '../support/clients.ts'
import { cancel, create, operations, statusesOf } from '../support/operations.ts'
import { type PostgresServer, query, startPostgres } from '../support/postgres.ts'
import { type Stage, startStage, testPartner } from '../support/stage.ts'

let postgres: PostgresServer
let databaseUrl: string

beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.close())
beforeEach(async () => {
  databaseUrl = await postgres.createDatabase()
})

/** Two gateways on one database. Both use the first stage's sandbox. */
async function startTwo(config: Partial<Config> = {}): Promise<AsyncDisposable & { one: Stage; two: Stage }> {
  const one = await startStage({ config: { databaseUrl, ...config } })
  const { url } = one.sandbox
  const { clientId, clientSecret } = testPartner
  const portmone = { url, browserOrigin: url, clientId, clientSecret }
  const two = await startStage({ config: { databaseUrl, portmone, ...config } })
  return {
    one,
    two,
    async [Symbol.asyncDispose]() {
      await two[Symbol.asyncDispose]()
      await one[Symbol.asyncDispose]()
    },
  }
}

test('a change made by one gateway reaches a subscriber of the other', async () => {
  await using stages = await startTwo()
  const { one, two } = stages
  const { id, clientSecret } = await create(overHttp(one.gateway.url))
  const customer = overWebSocket(two.gateway.url)
  const stream = customer.subscribe(operations.follow, { id, clientSecret })
  expect((await stream.next()).value?.data.shareRequestStatus.__typename).toBe('PendingStatus')
  await cancel(overHttp(one.gateway.url), { id, clientSecret })
  expect((await statusesOf(stream)).at(-1)?.[0]).toBe('CancelledStatus')
  await customer.dispose()
})

test('two gateways racing for one idempotency key create one share request', async () => {
  await using stages = await startTwo()
  const { one, two } = stages
  const key = await one.partnerKey()
  const input = { policy: 'kyc-basic', idempotencyKey: randomUUID() }
  const clients = [one, two, one, two].map(({ gateway }) => overHttp(gateway.url, key))
  await Promise.all(clients.map((client) => client.run(operations.create, { input })))
  // A caller who comes while another gateway is creating it must retry, and then gets the same share request.
  const again = await Promise.all(clients.map((client) => create(client, input)))
  expect(new Set(again.map(({ id }) => id)).size).toBe(1)
  expect(one.sandbox.calls('create').count).toBe(1)
})

test('a revoked key closes its sockets on every gateway', async () => {
  await using stages = await startTwo()
  const { one, two } = stages
  const key = await one.partnerKey()
  const streams = []
  for (const { gateway } of [one, two]) {
    const { id } = await create(overHttp(gateway.url))
    const stream = overWebSocket(gateway.url, key).subscribe(operations.follow, { id })
    await stream.next()
    streams.push(stream)
  }
  await query(databaseUrl, 'update partner_keys set revoked_at = 1')
  for (const stream of streams) await expect(statusesOf(stream)).rejects.toBeDefined()
})

test('a rolling restart loses nothing', async () => {
  await using stages = await startTwo()
  const { one, two } = stages
  const created = await Promise.all(Array.from({ length: 20 }, () => create(overHttp(one.gateway.url))))
  const halves = [created.slice(0, 10), created.slice(10)]
  for (const [i, stage] of [one, two].entries())
    await stage.restartGateway(() => {
      for (const { code } of halves[i]!) one.sandbox.approve(code)
    })
  const client = overWebSocket(two.gateway.url)
  const ends = await Promise.all(
    created.map(({ id, clientSecret }) =>
      statusesOf(client.subscribe(operations.follow, { id, clientSecret })),
    ),
  )
  expect(ends.map((statuses) => statuses.at(-1)?.[0])).toEqual(created.map(() => 'ApprovedStatus'))
  expect(one.sandbox.calls('create').count).toBe(20)
  await client.dispose()
})

test('both gateways count creations together', async () => {
  await using stages = await startTwo({ createsPerMinute: 3 })
  const { one, two } = stages
  const key = await one.partnerKey()
  const kinds = []
  for (const { gateway } of [one, two, one, two, one]) {
    const input = { policy: 'kyc-basic', idempotencyKey: randomUUID() }
    const { data } = await overHttp(gateway.url, key).run(operations.create, { input })
    kinds.push(data.createShareRequest.__typename)
  }
  const success = 'CreateShareRequestSuccess'
  expect(kinds).toEqual([success, success, success, 'RateLimited', 'RateLimited'])
})
