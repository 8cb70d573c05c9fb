import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, startPostgres } from '../postgres.ts'
import { describeStore } from './store-contract.ts'
import { postgresHarness, sqliteHarness } from './store-harness.ts'

let postgres: PostgresServer

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

describeStore('SQLite', sqliteHarness)
describeStore('PostgreSQL', () => postgresHarness(postgres))
