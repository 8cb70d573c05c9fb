import { connect } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { type Stage, startStage } from '../support/stage.ts'

async function readiness(stage: Stage): Promise<[number, string]> {
  const response = await fetch(`${stage.gateway.url}/readyz`)
  return [response.status, await response.text()]
}

/** Whether the log has the reason, which the answer does not have. */
const reason = (stage: Stage) => stage.logs.filter((line) => line.includes('"not ready"')).at(-1)

/** Changes the tables over a separate connection. */
function inDatabase(stage: Stage, sql: string): void {
  const database = new DatabaseSync(join(stage.dataDir, 'gateway.db'), { timeout: 5_000 })
  database.exec(sql)
  database.close()
}

test('the gateway is not ready while a migration is missing', async () => {
  await using stage = await startStage()
  expect(await readiness(stage)).toEqual([200, 'ready'])
  inDatabase(stage, "delete from kysely_migration where name = '004-gateways'")
  expect(await readiness(stage)).toEqual([503, 'not ready'])
  expect(reason(stage)).toContain('004-gateways')
  inDatabase(stage, "insert into kysely_migration values ('004-gateways', '2026-01-01T00:00:00.000Z')")
  expect(await readiness(stage)).toEqual([200, 'ready'])
})

test('the gateway is alive but not ready while the store is closed', async () => {
  await using stage = await startStage()
  await stage.gateway.store.close()
  expect(await readiness(stage)).toEqual([503, 'not ready'])
  expect((await fetch(`${stage.gateway.url}/healthz`)).status).toBe(200)
})

test('the gateway is not ready while it drains', async () => {
  await using stage = await startStage()
  const { hostname, port } = new URL(stage.gateway.url)
  const socket = connect(Number(port), hostname)
  // A request that is half sent when the drain begins is in progress, and is answered.
  await new Promise((resolve) =>
    socket.write('GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n', resolve),
  )
  await fetch(`${stage.gateway.url}/healthz`)
  const restarted = stage.restartGateway()
  socket.write('\r\n')
  const answer = await text(socket)
  expect(answer).toMatch(/^HTTP\/1\.1 503 /)
  expect(answer).toMatch(/\r\n\r\n.*not ready/s)
  expect(answer).not.toContain('shutting down')
  await restarted
  expect(await readiness(stage)).toEqual([200, 'ready'])
})
