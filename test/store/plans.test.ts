import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { CompiledQuery } from 'kysely'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { openSqliteStore } from '../../server/store/index.ts'
import { openPostgresStore } from '../../server/store/postgres.ts'
import { type PostgresServer, query, startPostgres } from '../support/postgres.ts'
import { useAll } from './every-statement.ts'
import { closedAfterTest, temporaryFolder } from './harness.ts'

let postgres: PostgresServer

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

/** The statements that `store` sends during `work`, without BEGIN, COMMIT and settings. */
async function statementsOf(heard: CompiledQuery[], work: () => Promise<void>): Promise<CompiledQuery[]> {
  heard.length = 0
  await work()
  const statements = heard.filter(({ sql }) => /^(select|insert|update|delete|with)/.test(sql))
  expect(statements.length).toBeGreaterThan(20)
  return statements
}

describe('no statement reads a whole table, however much is in it', () => {
  test('in SQLite', async () => {
    const heard: CompiledQuery[] = []
    const dataDir = await temporaryFolder()
    const onQuery = (query: CompiledQuery) => void heard.push(query)
    const store = closedAfterTest(await openSqliteStore({ dataDir, onQuery }))
    const database = new DatabaseSync(join(dataDir, 'gateway.db'))
    onTestFinished(() => database.close())
    for (const { sql, parameters } of await statementsOf(heard, () => useAll(store))) {
      const plan = database
        .prepare(`explain query plan ${sql}`)
        .all(...(parameters as SQLInputValue[]))
        .map(({ detail }) => String(detail))
      expect(
        plan.filter((step) => /SCAN (work|share_requests|changes)|AUTOMATIC/.test(step)),
        sql,
      ).toEqual([])
      // SQLite would plan it anew at each run.
      expect(sql).not.toMatch(/^update "work".* limit \?(?! \+)/)
      if (/"reference" = \?/.test(sql)) expect(plan.join(), sql).not.toMatch(/INDEX \w+_by_policy\b/)
    }
  })

  test('in PostgreSQL', async () => {
    const heard: CompiledQuery[] = []
    const url = await postgres.createDatabase()
    const onQuery = (query: CompiledQuery) => void heard.push(query)
    const store = closedAfterTest(await openPostgresStore({ url, onQuery }))
    await fill(url)
    for (const { sql, parameters } of await statementsOf(heard, () => useAll(store))) {
      const [row] = await query(url, `explain (format json) ${sql}`, [...parameters])
      const [{ Plan }] = Explained.parse(row)['QUERY PLAN']
      expect(scansOf(Plan), `${sql}\n${JSON.stringify(Plan, null, 1)}`).toEqual([])
    }
  })
})

/** Inserts 30,000 share requests, a third of them pending. */
async function fill(url: string): Promise<void> {
  await query(
    url,
    `insert into share_requests
      select 'id-' || i, 'hash-' || i, 'input', 'policy-' || i % 3, '{}', case when i % 2 = 0 then 'order ' || i % 100 end,
        'CUSTOMER', case when i % 3 = 0 then 'PENDING' when i % 1000 = 1 then 'FAILED' else 'APPROVED' end, 1, i, i,
        'code-' || i, i, i, '{"passed":true,"checks":[]}', 'FACTS_UNAVAILABLE', 0, 0, null
      from generate_series(1, 30000) i`,
  )
  await query(
    url,
    `insert into work (id, next_work_at, lease_until, hinted, watched_until)
      select id, 4e12 + created_at, 0, 0, 0 from share_requests where state = 'PENDING'`,
  )
  await query(
    url,
    `insert into changes (position, share_request_id, version) select created_at, id, 1 from share_requests`,
  )
  await query(url, `update share_requests set passed = created_at % 10 / 9 where state = 'APPROVED'`)
  await query(url, `insert into rate_limits select 'create:' || i, 1, i from generate_series(1, 30000) i`)
  await query(url, 'update change_log set last_position = 30000')
  await query(url, 'analyze')
}

const Plan = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  get Plans() {
    return z.array(Plan).optional()
  },
})
const Explained = z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan })]) })

/** This table has one row, which no index finds faster. */
const scansOf = (plan: z.infer<typeof Plan>): string[] => [
  ...(plan['Node Type'] === 'Seq Scan' && plan['Relation Name'] !== 'change_log'
    ? [plan['Relation Name'] ?? 'unknown']
    : []),
  ...(plan.Plans ?? []).flatMap(scansOf),
]
