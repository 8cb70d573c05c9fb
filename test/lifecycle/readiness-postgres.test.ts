import { afterAll, beforeAll, expect, test } from 'vitest'
import { overHttp } from '../support/clients.ts'
import { create } from '../support/operations.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { type Stage, startStage } from '../support/stage.ts'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.close())

async function statusOf(stage: Stage, path: string): Promise<number> {
  const response = await fetch(stage.gateway.url + path)
  await response.text()
  return response.status
}

test.skipIf(process.env.TEST_DATABASE_URL !== undefined)(
  'while PostgreSQL is down the gateway is alive but not ready, and becomes ready again by itself',
  { timeout: 120_000 },
  async () => {
    const databaseUrl = await postgres.createDatabase()
    await using stage = await startStage({ config: { databaseUrl } })
    expect(await statusOf(stage, '/readyz')).toBe(200)
    await postgres.restart(async () => {
      expect(await statusOf(stage, '/readyz')).toBe(503)
      expect(await statusOf(stage, '/healthz')).toBe(200)
    })
    await expect.poll(() => statusOf(stage, '/readyz'), { timeout: 60_000 }).toBe(200)
    await create(overHttp(stage.gateway.url))
  },
)
