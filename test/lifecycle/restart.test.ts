import { createClient } from 'graphql-ws'
import { expect, test } from 'vitest'
import WebSocket from 'ws'
import { overHttp, overSse, overWebSocket } from '../support/clients.ts'
import { create, everythingOf, operations } from '../support/operations.ts'
import { startStage } from '../support/stage.ts'

test('a stop closes sockets with 1001, and a client that reconnects misses nothing', async () => {
  await using stage = await startStage()
  const { id, clientSecret, code } = await create(overHttp(stage.gateway.url))
  const closes: number[] = []
  const client = createClient({
    url: `${stage.gateway.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 20,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
    shouldRetry: () => true,
    on: { closed: (event) => closes.push((event as { code: number }).code) },
  })
  const events = client.iterate<{ shareRequestStatus: { __typename: string } }>({
    query: operations.follow,
    variables: { id, clientSecret },
  })
  const next = async () => (await events.next()).value?.data?.shareRequestStatus.__typename
  expect(await next()).toBe('PendingStatus')
  const restarted = stage.restartGateway()
  stage.sandbox.approve(code, 'adult')
  await restarted
  // After the new subscription the current status comes first. Whether it is still pending depends on timing.
  const seen = [await next()]
  if (seen[0] === 'PendingStatus') seen.push(await next())
  expect(seen.at(-1)).toBe('ApprovedStatus')
  expect(closes).toContain(1001)
  await client.dispose()
})

test('checks of pending share requests continue after a restart, without a subscriber', async () => {
  await using stage = await startStage()
  const { id, clientSecret, code } = await create(overHttp(stage.gateway.url))
  await stage.restartGateway()
  stage.sandbox.approve(code, 'minor')
  const partner = overHttp(stage.gateway.url, await stage.partnerKey())
  await expect
    .poll(async () => (await partner.run(operations.read, { id })).data.shareRequest.status.__typename)
    .toBe('ApprovedStatus')
  // The clientSecret is still valid.
  expect(
    (await overHttp(stage.gateway.url).run(operations.read, { id, clientSecret })).data.shareRequest.id,
  ).toBe(id)
})

test('a stop lets requests in progress finish', async () => {
  await using stage = await startStage()
  stage.sandbox.misbehave({ kind: 'latency', ms: 300, call: 'create' })
  const reached = stage.sandbox.reachCalls('create', 1)
  const creating = create(overHttp(stage.gateway.url))
  await reached
  await stage.restartGateway()
  const { id, clientSecret } = await creating
  expect(
    (await overHttp(stage.gateway.url).run(operations.read, { id, clientSecret })).data.shareRequest.id,
  ).toBe(id)
})

test('streams over SSE are cut off by a stop, not completed', async () => {
  await using stage = await startStage()
  const customer = overSse(stage.gateway.url)
  const { id, clientSecret } = await create(customer)
  const stream = customer.subscribe(operations.follow, { id, clientSecret })
  await stream.next()
  const rest = everythingOf(stream)
  rest.catch(() => {})
  await stage.restartGateway()
  await expect(rest).rejects.toThrow()
})

test('a second gateway on the same data folder is refused with advice', async () => {
  await using stage = await startStage()
  const { dataDir } = stage
  await expect(startStage({ config: { dataDir } })).rejects.toThrow(
    `Another gateway runs on the data folder ${dataDir}`,
  )
  // The first gateway is not affected.
  await create(overWebSocket(stage.gateway.url))
})
