import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRateLimits } from '../../server/store/rate-limits.ts'
import { type PostgresServer, query, startPostgres } from '../support/postgres.ts'

let postgres: PostgresServer

beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.close())

const one = (name: string) => [{ name, allowance: 1 }]
const settings = { createsPerMinute: 2, factsPerMinute: 2 }

test('gateways that start together create the table once, and count together', async () => {
  const databaseUrl = await postgres.createDatabase()
  const all = await Promise.all([1, 2, 3, 4, 5, 6].map(() => openRateLimits({ ...settings, databaseUrl })))
  const counted = await Promise.allSettled(all.map((limits) => limits.create(one('a'))))
  expect(counted.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  await all[0]!.create(one('b'))
  await all[0]!.facts('a')
  await Promise.all(all.map((limits) => limits.close()))
})

test('while the database is unavailable, each gateway counts in memory', async () => {
  const databaseUrl = await postgres.createDatabase()
  const limits = await openRateLimits({ ...settings, databaseUrl })
  const admin = new URL(databaseUrl)
  admin.pathname = '/postgres'
  await query(admin.href, `drop database ${new URL(databaseUrl).pathname.slice(1)} with (force)`)
  await limits.create(one('a'))
  await limits.create(one('a'))
  await expect(limits.create(one('a'))).rejects.toMatchObject({ name: 'RateLimited' })
  await limits.create(one('b'))
  await limits.close()
})

test('a larger network has a multiple of the limit, which a customer over their own limit does not use up', async () => {
  const limits = await openRateLimits(settings)
  const shared = { name: 'shared', allowance: 2 }
  const create = (name: string) => limits.create([{ name, allowance: 1 }, shared])
  await create('a')
  await create('a')
  for (let tries = 0; tries < 5; tries++)
    await expect(create('a')).rejects.toMatchObject({ name: 'RateLimited' })
  await create('b')
  await create('b')
  await expect(create('c')).rejects.toMatchObject({ name: 'RateLimited' })
  await limits.close()
})
