import type { CompiledQuery } from 'kysely'
import { Client, Query } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { openPostgresStore } from '../../server/store/postgres.ts'
import { startMeteringProxy } from '../support/metering-proxy.ts'
import { type PostgresServer, query, startPostgres } from '../support/postgres.ts'
import { useAll } from './every-statement.ts'
import { cancelled, closedAfterTest, minute, opening, pending, reservation } from './harness.ts'

let postgres: PostgresServer

beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.close())

/** What a connection is opened with, and what the store's second connection does by itself. */
const ofConnections = /^(set |listen |select 1$)/

test('a connection sends the text of a frequent statement once', async () => {
  await using meter = await startMeteringProxy(await postgres.createDatabase())
  const store = closedAfterTest(await openPostgresStore({ url: meter.url }))
  meter.columns.length = 0
  meter.sent.length = 0
  meter.statements.length = 0
  for (let round = 0; round < 3; round++) {
    const reserved = reservation({ limits: [{ name: 'one', maxPerMinute: 10 }] })
    await store.reserve(reserved)
    const request = await store.open(reserved.id, opening(store))
    await store.find(request.id)
    await store.watch([request.id], store.now() + minute, store.now())
    const claim = await store.claim(request.id, { leaseMs: minute, maxPerMinute: 2 })
    if (claim.kind !== 'claimed') throw new Error(`The claim was ${claim.kind}.`)
    await store.finish([{ id: request.id, nextWorkAt: store.now(), nextWorkAtIfWatched: store.now() }])
    await store.claimDue({ limit: 1, leaseMs: minute })
    await store.update(claim.request, cancelled(claim.request, store.now()), null)
  }
  expect(meter.statements.filter((text) => !ofConnections.test(text))).toHaveLength(3 * 8)
  const texts = meter.sent.filter(({ text }) => !ofConnections.test(text))
  const isRepeated = ({ text, connection }: (typeof texts)[number], index: number) =>
    texts.findIndex((other) => other.text === text && other.connection === connection) !== index
  expect(texts.filter(isRepeated)).toEqual([])
  expect(new Set(texts.map(({ text }) => text)).size).toBe(8)
  expect(Math.max(...meter.columns), 'columns in an answer').toBeLessThanOrEqual(3)
})

test('reads that are requested in one turn of the event loop share a round trip', async () => {
  const url = await postgres.createDatabase()
  await using meter = await startMeteringProxy(url)
  const store = closedAfterTest(await openPostgresStore({ url: meter.url }))
  const requests = await Promise.all(Array.from({ length: 20 }, () => pending(store)))
  const reserved = reservation()
  await store.reserve(reserved)
  const ids = [...requests.map(({ id }) => id), 'unknown', reserved.id, requests[0]!.id]
  meter.statements.length = 0
  expect(await Promise.all(ids.map((id) => store.find(id)))).toEqual([...requests, null, null, requests[0]])
  expect(meter.statements.filter((text) => !ofConnections.test(text))).toHaveLength(1)
})

test('a connection is sent up to four statements of one turn before it answers', async () => {
  for (const [statements, connections] of [
    [4, 1],
    [9, 3],
  ] as const) {
    const meter = await startMeteringProxy(await postgres.createDatabase())
    const store = closedAfterTest(await openPostgresStore({ url: meter.url }))
    meter.sent.length = 0
    await Promise.all(Array.from({ length: statements }, () => store.lastChange()))
    const texts = meter.sent.filter(({ text }) => text.includes('change_log'))
    expect(new Set(texts.map(({ connection }) => connection)).size).toBe(connections)
    // Each connection was sent the text once, although the statement was sent several times before it was known there.
    expect(texts).toHaveLength(connections)

    await meter[Symbol.asyncDispose]()
    const failed = await Promise.allSettled(Array.from({ length: statements }, () => store.lastChange()))
    for (const result of failed) expect(result).toMatchObject({ reason: { reason: 'UNREACHABLE' } })
  }
})

test('a read of what is damaged fails alone', async () => {
  const url = await postgres.createDatabase()
  const store = closedAfterTest(await openPostgresStore({ url }))
  const [damaged, other] = [await pending(store), await pending(store)]
  await query(url, 'update share_requests set code = null where id = $1', [damaged.id])
  const reads = await Promise.allSettled([store.find(damaged.id), store.find(other.id)])
  expect(reads).toEqual([
    { status: 'rejected', reason: new Error(`${damaged.id} is PENDING but has no code`) },
    { status: 'fulfilled', value: other },
  ])
})

test('no query is an object that pg copies property by property', async () => {
  const store = closedAfterTest(await openPostgresStore({ url: await postgres.createDatabase() }))
  const sent = vi.spyOn(Client.prototype, 'query')
  onTestFinished(() => sent.mockRestore())
  const request = await pending(store)
  await store.find(request.id)
  const queries: unknown[] = sent.mock.calls.map(([query]) => query)
  expect(queries.length).toBeGreaterThanOrEqual(3)
  expect(queries.filter((query) => typeof query !== 'string' && !(query instanceof Query))).toEqual([])
})

test('an error of a query says where it was run', async () => {
  const url = await postgres.createDatabase()
  const store = closedAfterTest(await openPostgresStore({ url }))
  await query(url, 'alter table share_requests rename to elsewhere')
  const error = await store.find('some-id').catch((error: Error) => error)
  expect(error).toMatchObject({ message: 'relation "share_requests" does not exist' })
  expect(error).toHaveProperty('stack', expect.stringMatching(/find-by-turn\.ts/))
})

test('every query is reported, named or not', async () => {
  await using meter = await startMeteringProxy(await postgres.createDatabase())
  const reported: string[] = []
  const onQuery = ({ sql }: CompiledQuery) => void reported.push(sql)
  const store = closedAfterTest(await openPostgresStore({ url: meter.url, onQuery }))
  reported.length = 0
  meter.statements.length = 0
  await useAll(store)
  expect(reported.length).toBeGreaterThan(40)
  expect(reported).toEqual(meter.statements.filter((text) => !ofConnections.test(text)))
})

test('a gateway goes on while a newer one adds columns', async () => {
  const url = await postgres.createDatabase()
  const store = closedAfterTest(await openPostgresStore({ url }))
  await useAll(store)
  for (const table of ['share_requests', 'work', 'changes', 'change_log', 'rate_limits', 'partner_keys'])
    await query(url, `alter table ${table} add column of_a_newer_gateway bigint not null default 7`)
  await useAll(store)
  const request = await pending(store)
  expect(await store.find(request.id)).toEqual(request)
})

test('a statement that was prepared while its table was small uses the index once it is large', async () => {
  const url = await postgres.createDatabase()
  const store = closedAfterTest(await openPostgresStore({ url }))
  await query(url, 'alter table share_requests set (autovacuum_enabled = off)')
  const request = await pending(store)
  await query(url, 'vacuum analyze share_requests')
  /** Reads, and how often its reads have scanned the table and its indexes. A connection reports that once a second. */
  const read = async () => {
    expect(await store.find(request.id)).toEqual(request)
    const [row] = await query(
      url,
      `select seq_scan::int, idx_scan::int from pg_stat_user_tables where relname = 'share_requests'`,
    )
    return row as { seq_scan: number; idx_scan: number }
  }
  const before = await read()
  const scannedTenTimes = async () => (await read()).seq_scan >= before.seq_scan + 10
  await expect.poll(scannedTenTimes, { timeout: 10_000 }).toBe(true)
  await query(
    url,
    `insert into share_requests (id, idempotency_hash, input_hash, policy_name, policy, created_by, state, version,
        created_at, changed_at, lease_until)
      select 'id-' || i, 'hash-' || i, 'input', 'policy', '{}', 'CUSTOMER', 'DECLINED', 2, i, i, 0
      from generate_series(1, 10000) i`,
  )
  const small = await read()
  await expect.poll(async () => (await read()).idx_scan, { timeout: 10_000 }).toBeGreaterThan(small.idx_scan)
})
