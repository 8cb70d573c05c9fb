import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { describeStore } from './contract.ts'
import { postgresHarness, sqliteHarness } from './harness.ts'

let postgres: PostgresServer

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

describeStore('SQLite', sqliteHarness)
describeStore('PostgreSQL', () => postgresHarness(postgres))
