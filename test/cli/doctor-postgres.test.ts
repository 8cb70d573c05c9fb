import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from '../../server/store/index.ts'
import { startMutePostgres } from '../support/notify-dropping-proxy.ts'
import { type PostgresServer, query, startPostgres } from '../support/postgres.ts'
import { examine, expectFailure, expectWarning, prepareEnvironment } from './doctor-fixture.ts'

prepareEnvironment()

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.close())

async function usedDatabase(...changes: string[]) {
  const url = await postgres.createDatabase()
  await (await openStore({ databaseUrl: url, dataDir: '' })).close()
  for (const change of changes) await query(url, change)
  return url
}

const as = (user: string, url: string) => {
  const changed = new URL(url)
  changed.username = user
  changed.password = 'canary-password'
  return changed.href
}

test('passes with an empty database and with a used one', async () => {
  const url = await postgres.createDatabase()
  const { code, output, bad } = await examine({ DATABASE_URL: url })
  expect({ code, bad }).toEqual({ code: 0, bad: [] })
  expect(output).toContain('is empty')
  expect(await query(url, "select 1 from pg_tables where schemaname = 'public'")).toEqual([])

  const used = await examine({ DATABASE_URL: await usedDatabase() })
  expect(used).toMatchObject({ code: 0, bad: [] })
  for (const check of ['PostgreSQL', 'store', 'clock', 'notifications'])
    expect(used.output).toMatch(new RegExp(`^ok +${check} `, 'm'))
})

test('reports pending migrations', async () => {
  const url = await usedDatabase("delete from kysely_migration where name = '004-gateways'")
  await expectWarning({ DATABASE_URL: url }, /^warning +store +.*lacks the migrations 004-gateways/)
})

test('reports a read-only database', async () => {
  const url = await usedDatabase()
  await query(url, `alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`)
  await expectFailure({ DATABASE_URL: url }, /^failure +PostgreSQL +it is read-only/)
})

test('reports a user who may not create tables', async () => {
  const url = await usedDatabase()
  const user = `reader_${randomBytes(4).toString('hex')}`
  await query(url, `create role ${user} login password 'canary-password'`)
  try {
    await expectFailure({ DATABASE_URL: as(user, url) }, /^failure +PostgreSQL +.*may not create tables/)
  } finally {
    await query(url, `drop role ${user}`)
  }
})

test('reports an unreachable database', async () => {
  const url = new URL(await postgres.createDatabase())
  await expectFailure({ DATABASE_URL: as('nobody', url.href) }, /^failure +store +.*DATABASE_URL is correct/)
  url.port = '9'
  await expectFailure({ DATABASE_URL: url.href }, /^failure +store +.*is unreachable.*ECONNREFUSED/)
})

test('reports notifications that are lost', async () => {
  await using mute = await startMutePostgres(await usedDatabase())
  await expectFailure({ DATABASE_URL: mute.url }, /^failure +notifications +.*pool by session/)
})
