import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { expect, onTestFinished, test, vi } from 'vitest'
import { overHttp, overWebSocket, type Result } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

/** Makes every sync that begins while it `fails` end with EIO. Call it before the gateway starts. */
function unreliableDisk() {
  const disk = { fails: false }
  const { fdatasync } = fs
  const sync = (fd: number, done: (error: Error | null) => void) =>
    disk.fails
      ? done(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }))
      : fdatasync(fd, done)
  vi.spyOn(fs, 'fdatasync').mockImplementation(sync as typeof fdatasync)
  syncBuiltinESMExports()
  onTestFinished(() => {
    vi.restoreAllMocks()
    syncBuiltinESMExports()
  })
  return disk
}

const readiness = async (stage: Stage) => (await fetch(`${stage.gateway.url}/readyz`)).status

function expectRefused({ errors }: Result) {
  expect(errors).toHaveLength(1)
  expect(errors![0]!.extensions).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true })
}

const inputOf = (idempotencyKey: string) => ({ input: { policy: 'age-over-18', idempotencyKey } })

test('after a failed sync reads go on, writes are refused, and the gateway is not ready until it is restarted', async () => {
  const disk = unreliableDisk()
  await using stage = await startStage({
    watcher: { minPollIntervalMs: 60_000, maxPollIntervalMs: 60_000, unwatchedIntervalMs: 60_000 },
  })
  const client = overHttp(stage.gateway.url)
  const { id, clientSecret, code } = await create(client)
  expect(await readiness(stage)).toBe(200)

  disk.fails = true
  const refused = randomUUID()
  expectRefused(await client.run(operations.create, inputOf(refused)))
  // A later sync would succeed, but what the failed one covered may be lost.
  disk.fails = false
  stage.sandbox.approve(code)
  expectRefused(await client.run(operations.create, inputOf(randomUUID())))
  expectRefused(await client.run(operations.check, { input: { id, clientSecret } }))
  expectRefused(await client.run(operations.cancel, { input: { id, clientSecret } }))
  expect(await readiness(stage)).toBe(503)
  const { data } = await client.run(operations.read, { id, clientSecret })
  expect(data.shareRequest.status).toMatchObject({ __typename: 'PendingStatus', version: 1 })
  const sockets = overWebSocket(stage.gateway.url)
  const first = await sockets.subscribe(operations.follow, { id, clientSecret }).next()
  expect(first.value.data.shareRequestStatus.__typename).toBe('PendingStatus')
  await sockets.dispose()
  const line = stage.logs.map((text) => JSON.parse(text)).find(({ reason }) => reason?.includes('EIO'))
  expect(line).toMatchObject({ level: 'error', reason: expect.stringContaining('restart the gateway') })

  await stage.restartGateway()
  expect(await readiness(stage)).toBe(200)
  const { data: created } = await client.run(operations.create, inputOf(refused))
  expect(created.createShareRequest.__typename).toBe('CreateShareRequestSuccess')
  const { data: checked } = await client.run(operations.check, { input: { id, clientSecret } })
  expect(checked.checkShareRequest.status.__typename).toBe('ApprovedStatus')
  await client.dispose()
})
