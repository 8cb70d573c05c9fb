import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgresStore } from '../../server/store/postgres.ts'
import { openRateLimits } from '../../server/store/rate-limits.ts'
import { type PostgresServer, query, startPostgres } from '../support/postgres.ts'

let postgres: PostgresServer

beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.close())

async function createDatabase(): Promise<string> {
  const url = await postgres.createDatabase()
  const store = await openPostgresStore({ url })
  await store.close()
  return url
}

test('gateways count reads of facts together', async () => {
  const databaseUrl = await createDatabase()
  const all = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(() => openRateLimits({ factsPerMinute: 2, databaseUrl })),
  )
  const counted = await Promise.allSettled(all.map((limits) => limits.facts('a')))
  expect(counted.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  await all[0]!.facts('b')
  await Promise.all(all.map((limits) => limits.close()))
})

test('while the database is unavailable, each gateway counts reads of facts in memory', async () => {
  const databaseUrl = await createDatabase()
  const limits = await openRateLimits({ factsPerMinute: 2, databaseUrl })
  const admin = new URL(databaseUrl)
  admin.pathname = '/postgres'
  await query(admin.href, `drop database ${new URL(databaseUrl).pathname.slice(1)} with (force)`)
  await limits.facts('a')
  await limits.facts('a')
  await expect(limits.facts('a')).rejects.toMatchObject({ name: 'RateLimited' })
  await limits.facts('b')
  await limits.close()
})
