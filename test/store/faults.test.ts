import { randomUUID } from 'node:crypto'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { describe, expect, test, vi } from 'vitest'
import { overHttp, overWebSocket, type Result } from '../support/clients.ts'
import { create, operations, statusesOf } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

/** The gateway calls Portmone only after a hint, so that tests know which call meets a fault. */
const idle = { minPollIntervalMs: 60_000, maxPollIntervalMs: 60_000, unwatchedIntervalMs: 60_000 }

/** A stage, and its store's connection, which a test can make fail. */
async function startStageWithConnection(): Promise<{ stage: Stage; connection: DatabaseSync }> {
  const exec = vi.spyOn(DatabaseSync.prototype, 'exec')
  const stage = await startStage({ watcher: idle })
  for (const connection of exec.mock.contexts)
    if (connection instanceof DatabaseSync && connection.location()?.endsWith('gateway.db'))
      return { stage, connection }
  throw new Error('the gateway opened no gateway.db')
}

/** The reference is long, so that the free space is soon used up. */
const inputOf = (idempotencyKey: string) => ({
  input: { policy: 'age-over-18', idempotencyKey, reference: 'r'.repeat(200) },
})

function expectStoreUnavailable(stage: Stage, { data, errors }: Result) {
  expect(Object.values(data ?? {}).filter((field) => field !== null)).toEqual([])
  expect(errors).toHaveLength(1)
  const { extensions, message } = errors![0]!
  expect(extensions).toEqual({ code: 'STORE_UNAVAILABLE', retryable: true, id: expect.any(String) })
  expect(message).toContain('Retry later.')
  expect(JSON.stringify(errors)).not.toContain(stage.dataDir)
  const line = stage.logs.map((line) => JSON.parse(line)).find(({ errorId }) => errorId === extensions.id)
  expect(line).toMatchObject({ level: 'error', reason: expect.stringContaining(stage.dataDir) })
}

describe.each([
  ['a store that may not be written', 'pragma query_only = on', 'pragma query_only = off'],
  ['a disk that is full', 'pragma max_page_count = 1', 'pragma max_page_count = 1000000'],
])('%s', (_, breaks, mends) => {
  test('fails creations with a clear error, keeps reads working, and ends when it is repaired', async () => {
    const { stage, connection } = await startStageWithConnection()
    await using _ = stage
    const client = overHttp(stage.gateway.url)
    const before = await create(client)

    connection.exec(breaks)
    const failed = new Map<string, Result>()
    // A full disk has some space left in its last pages.
    while (failed.size < 3) {
      const key = randomUUID()
      const result = await client.run(operations.create, inputOf(key))
      if (result.errors) failed.set(key, result)
      else expect(result.data.createShareRequest.__typename).toBe('CreateShareRequestSuccess')
    }
    for (const result of failed.values()) expectStoreUnavailable(stage, result)
    const { data } = await client.run(operations.read, { ...before })
    expect(data.shareRequest.status.__typename).toBe('PendingStatus')

    connection.exec(mends)
    for (const key of failed.keys()) {
      // If the reservation was written and the code was not, the next caller takes over the lease.
      const { data, errors } = await client.run(operations.create, inputOf(key))
      expect(errors).toBeUndefined()
      expect(data.createShareRequest.__typename).toBe('CreateShareRequestSuccess')
    }
    expect(connection.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  })
})

test('an approval that cannot be written fails the hint, and reaches the subscriber once it can', async () => {
  const { stage, connection } = await startStageWithConnection()
  await using _ = stage
  const client = overWebSocket(stage.gateway.url)
  const { id, clientSecret, code } = await create(client)
  const stream = client.subscribe(operations.follow, { id, clientSecret })
  const first = await stream.next()
  expect(first.value.data.shareRequestStatus.__typename).toBe('PendingStatus')
  stage.sandbox.approve(code)

  connection.exec('pragma query_only = on')
  for (const operation of [operations.check, operations.cancel])
    expectStoreUnavailable(stage, await client.run(operation, { input: { id, clientSecret } }))
  const { data } = await client.run(operations.read, { id, clientSecret })
  expect(data.shareRequest.status).toMatchObject({ __typename: 'PendingStatus', version: 1 })

  connection.exec('pragma query_only = off')
  const checked = await client.run(operations.check, { input: { id, clientSecret } })
  expect(checked.data.checkShareRequest.status.__typename).toBe('ApprovedStatus')
  expect(await statusesOf(stream)).toEqual([['ApprovedStatus', 2]])
  await client.dispose()
})

test('a store that cannot be read fails each operation and each new subscription', async () => {
  await using stage = await startStage({ watcher: idle })
  const client = overWebSocket(stage.gateway.url)
  const key = await stage.partnerKey()
  const partner = overHttp(stage.gateway.url, key)
  const { id, clientSecret } = await create(client)
  // What node:sqlite throws when the disk cannot be read.
  const unreadable = (['all', 'run'] as const).map((method) =>
    vi.spyOn(StatementSync.prototype, method).mockImplementation(() => {
      throw Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 10 })
    }),
  )
  const runs = [
    client.run(operations.read, { id, clientSecret }),
    client.run(operations.check, { input: { id, clientSecret } }),
    client.run(operations.cancel, { input: { id, clientSecret } }),
    client.run(operations.create, inputOf(randomUUID())),
    client.run(operations.follow, { id, clientSecret }),
    partner.run(operations.list),
  ]
  for (const result of await Promise.all(runs)) expectStoreUnavailable(stage, result)
  // A new socket, whose key cannot be looked up: its client may try again.
  const socket = overWebSocket(stage.gateway.url, key)
  await expect(socket.run(operations.list)).rejects.toMatchObject({ code: 1013 })
  for (const method of unreadable) method.mockRestore()
  expect((await client.run(operations.read, { id, clientSecret })).data.shareRequest.id).toBe(id)
  await client.dispose()
})

test('while the circuit to Portmone is open, reads and subscriptions work and creations fail fast', async () => {
  await using stage = await startStage({
    watcher: idle,
    portmone: { retries: { attempts: 0 }, circuit: { maxFailures: 5, openMs: 600_000 } },
  })
  const client = overWebSocket(stage.gateway.url)
  const { id, clientSecret } = await create(client)
  for (const call of ['status', 'create'] as const) stage.sandbox.misbehave({ kind: 'server-error', call })
  const isOpen = () => stage.logs.some((line) => line.includes('circuit open'))
  for (let failures = 0; !isOpen(); failures++) {
    expect(failures).toBeLessThan(10)
    const { data } = await client.run(operations.create, inputOf(randomUUID()))
    expect(data.createShareRequest).toMatchObject({ __typename: 'UpstreamUnavailable', retryable: true })
  }

  // A caller who did ask would wait this long.
  stage.sandbox.clearFaults()
  stage.sandbox.misbehave({ kind: 'latency', ms: 60_000 })
  const arrived = stage.sandbox.calls('create').count
  const { data } = await client.run(operations.create, inputOf(randomUUID()))
  expect(data.createShareRequest).toMatchObject({ __typename: 'UpstreamUnavailable', retryable: true })
  expect(stage.sandbox.calls('create').count).toBe(arrived)

  const read = await client.run(operations.read, { id, clientSecret })
  expect(read.data.shareRequest.status.__typename).toBe('PendingStatus')
  const stream = client.subscribe(operations.follow, { id, clientSecret })
  expect((await stream.next()).value.data.shareRequestStatus.__typename).toBe('PendingStatus')
  await stream.return?.()
  await client.dispose()
})
