import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { StoreUnavailable } from '../../server/share-requests/store.ts'
import { openStore } from '../../server/store/index.ts'
import { migrationNames } from '../../server/store/migrations.ts'
import { openPostgresStore } from '../../server/store/postgres.ts'
import { cut, type PostgresServer, query, startPostgres } from '../support/postgres.ts'
import {
  cancelled,
  closedAfterTest,
  Heard,
  minute,
  opening,
  pending,
  refusal,
  reservation,
  TestClock,
} from './harness.ts'

let postgres: PostgresServer

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

const open = async (url: string) => closedAfterTest(await openPostgresStore({ url }))

/** The result of `call`, retried while connections report that they were cut. */
const expectOnceCut = (call: () => Promise<unknown>, expected: object | undefined) => {
  const outcome = expect.poll(() => call().catch((error: unknown) => error), { timeout: 20_000 })
  return expected === undefined ? outcome.toBeUndefined() : outcome.toMatchObject(expected)
}

describe('opening', () => {
  test('many gateways that start together run the migrations once', async () => {
    const url = await postgres.createDatabase()
    const stores = await Promise.all([1, 2, 3, 4].map(() => open(url)))
    await Promise.all(stores.map((store) => store.check()))
    const request = await pending(stores[0]!)
    for (const store of stores) expect(await store.find(request.id)).toEqual(request)
    const [counted] = await query(url, 'select count(*)::int as done from kysely_migration')
    expect(counted).toEqual({ done: migrationNames.length })
  })

  test('an unusable database is refused with what to fix, and without its password', async () => {
    const url = await postgres.createDatabase()
    const faults: [string, (url: URL) => string][] = [
      ['ECONNREFUSED', (url) => (url.port = '1')],
      ['nobody', (url) => (url.username = 'nobody')],
      ['nowhere', (url) => (url.pathname = '/nowhere')],
    ]
    for (const [reason, spoil] of faults) {
      const spoilt = new URL(url)
      spoil(spoilt)
      const error = await refusal(openStore({ databaseUrl: spoilt.href, dataDir: 'unused' }))
      expect(error.reason).toBe('UNREACHABLE')
      expect(error.message).toContain(reason)
      expect(error.message).toContain('DATABASE_URL')
      expect(error.message).not.toContain(`:${spoilt.password}@`)
    }
  })

  test('a database of a newer version is refused; one that lacks a migration fails the check', async () => {
    const url = await postgres.createDatabase()
    const store = await open(url)
    await query(url, `insert into kysely_migration values ('999-future', '2999-01-01T00:00:00.000Z')`)
    expect((await refusal(openPostgresStore({ url }))).reason).toBe('MIGRATIONS')
    await store.check()
    await query(url, `delete from kysely_migration where name = '004-gateways'`)
    await expect(store.check()).rejects.toMatchObject({ reason: 'MIGRATIONS' })
  })
})

describe('changes', () => {
  test('reach every gateway once and in order, and the gateway that makes them at once', async () => {
    const url = await postgres.createDatabase()
    const [maker, other] = await Promise.all([open(url), open(url)])
    const [own, heard] = [new Heard(maker), new Heard(other)]
    const request = await pending(maker)
    const end = cancelled(request, maker.now())
    await maker.update(request, end, null)
    expect(own.all).toEqual([
      { id: request.id, version: 1, request },
      { id: request.id, version: 2, request: end },
    ])
    expect(await heard.next()).toEqual({ id: request.id, version: 1 })
    expect(await heard.next()).toEqual({ id: request.id, version: 2 })
    expect(await other.find(request.id)).toEqual(end)
    // The other store's change comes after everything that could still be in progress.
    const last = await pending(other)
    expect(await own.next()).toMatchObject({ id: request.id, version: 1 })
    expect(await own.next()).toMatchObject({ id: request.id, version: 2 })
    expect(await own.next()).toEqual({ id: last.id, version: 1 })
    expect(heard.all).toHaveLength(3)
  })

  test('that were not committed are not announced', async () => {
    const url = await postgres.createDatabase()
    const [maker, other] = await Promise.all([open(url), open(url)])
    const heard = new Heard(other)
    const request = await pending(maker)
    await query(
      url,
      `create function refuse() returns trigger language plpgsql as 'begin raise ''refused''; end';
      create constraint trigger refuse after update on share_requests deferrable initially deferred
        for each row when (new.state = 'CANCELLED') execute function refuse()`,
    )
    await expect(maker.update(request, cancelled(request, maker.now()), null)).rejects.toThrow('refused')
    const last = await pending(maker)
    expect(await heard.next()).toMatchObject({ id: request.id, version: 1 })
    expect(await heard.next()).toMatchObject({ id: last.id, version: 1 })
  })

  test('that may have been missed while the connection was cut are reported as missed, and later ones arrive', async () => {
    const url = await postgres.createDatabase()
    const [maker, other] = await Promise.all([open(url), open(url)])
    const [own, heard] = [new Heard(maker), new Heard(other)]
    for (let round = 0; round < 3; round++) {
      await cut(url, 'channel')
      expect(await heard.next()).toBe('missed')
      expect(await own.next()).toBe('missed')
      const request = await pending(maker)
      expect(await heard.next()).toEqual({ id: request.id, version: 1 })
      expect(await own.next()).toEqual({ id: request.id, version: 1, request })
    }
  })

  test('that may or may not have been committed are reported as missed', async () => {
    const url = await postgres.createDatabase()
    const store = await open(url)
    const request = await pending(store)
    const heard = new Heard(store)
    await query(
      url,
      `create function die() returns trigger language plpgsql as
        'begin perform pg_terminate_backend(pg_backend_pid()); return new; end';
      create constraint trigger die after update on share_requests deferrable initially deferred
        for each row when (new.state = 'CANCELLED') execute function die()`,
    )
    await expect(store.update(request, cancelled(request, store.now()), null)).rejects.toMatchObject({
      name: 'StoreUnavailable',
      reason: 'UNREACHABLE',
    })
    expect(await heard.next()).toBe('missed')
    expect(await store.find(request.id)).toEqual(request)
  })
})

describe('failures', { timeout: 60_000 }, () => {
  test('broken connections reject calls, never end the process, and leave nothing half done', async () => {
    const url = await postgres.createDatabase()
    const store = await open(url)
    const refused: unknown[] = []
    const enough = () => refused.length >= 20
    const work = async () => {
      while (!enough()) {
        const made = reservation()
        try {
          await store.reserve(made)
          const request = await store.open(made.id, opening(store))
          if (request.state === 'PENDING') await store.update(request, cancelled(request, store.now()), null)
        } catch (error) {
          refused.push(error)
        }
      }
    }
    const working = Promise.all(Array.from({ length: 8 }, work))
    while (!enough()) await cut(url, 'pool')
    await working
    for (const error of refused) expect(error).toBeInstanceOf(StoreUnavailable)
    // An idle connection may report the last cut only at its next call.
    const checked = () => store.check().catch((error: unknown) => error)
    await expect.poll(checked, { timeout: 20_000 }).toBeUndefined()
    const [counted] = await query(
      url,
      `select count(*)::int as odd from share_requests r left join work w on w.id = r.id
        where (r.state = 'PENDING') <> (w.id is not null)`,
    )
    expect(counted).toEqual({ odd: 0 })
  })

  test.skipIf(process.env.TEST_DATABASE_URL)('the store survives a restart of the server', async () => {
    const url = await postgres.createDatabase()
    const store = await open(url)
    const heard = new Heard(store)
    const request = await pending(store)
    expect(await heard.next()).toMatchObject({ id: request.id })
    await postgres.restart()
    expect(await heard.next()).toBe('missed')
    expect(await store.find(request.id)).toEqual(request)
    expect(await store.update(request, cancelled(request, store.now()), null)).toBe(true)
    await store.check()
  })

  test('a read-only database gives a clear error, keeps reads working, and recovers', async () => {
    const url = await postgres.createDatabase()
    const store = await open(url)
    const request = await pending(store)
    const name = new URL(url).pathname.slice(1)
    await query(url, `alter database ${name} set default_transaction_read_only = on`)
    await cut(url, 'pool')
    const readOnly = { name: 'StoreUnavailable', reason: 'NOT_WRITABLE' }
    await expectOnceCut(() => store.check(), readOnly)
    await expectOnceCut(() => store.reserve(reservation()), readOnly)
    expect(await store.find(request.id)).toEqual(request)
    await query(url, `begin read write; alter database ${name} reset default_transaction_read_only; commit`)
    await cut(url, 'pool')
    await expectOnceCut(() => store.check(), undefined)
  })
})

describe('time', () => {
  test.each([40_000, -40_000, 3_600_000, -3_600_000])(
    'does not step when this machine’s clock steps by %i ms',
    async (step) => {
      const url = await postgres.createDatabase()
      const [store, other] = [await open(url), await open(url)]
      const before = Date.now()
      vi.useFakeTimers({ toFake: ['Date'], now: before + step })
      onTestFinished(() => void vi.useRealTimers())
      const request = await pending(store)
      expect(Math.abs(request.createdAt - before)).toBeLessThan(5_000)
      expect(await store.heartbeat('one', minute)).toBe(1)
      expect(await other.heartbeat('two', minute)).toBe(2)
      expect(Math.abs(store.now() - other.now())).toBeLessThan(1_000)
      expect(await other.claim(request.id, { leaseMs: minute, maxPerMinute: 1 })).toEqual({
        ...{ kind: 'claimed', request },
      })
    },
  )

  test('is the database’s, whatever the process’s clock shows', async () => {
    const url = await postgres.createDatabase()
    const clock = new TestClock()
    clock.advance(60 * minute)
    const store = closedAfterTest(await openPostgresStore({ url, monotonicNow: clock.now }))
    expect(Math.abs(store.now() - Date.now())).toBeLessThan(1_000)
    clock.advance(-90 * minute)
    await store.heartbeat('one', minute)
    expect(Math.abs(store.now() - Date.now())).toBeLessThan(1_000)
  })
})
