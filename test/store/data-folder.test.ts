import { once } from 'node:events'
import { rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openSqliteStore, openStore } from '../../server/store/index.ts'
import { migrate, sqliteTypes } from '../../server/store/migrations.ts'
import { NodeSqliteDialect } from '../../server/store/node-sqlite.ts'
import type { Tables } from '../../server/store/tables.ts'
import { closedAfterTest, minute, pending, refusal, reservation, temporaryFolder } from './harness.ts'
import { inProcess, linesOf } from './process.ts'

const open = async (dataDir: string, exclusive = true) =>
  closedAfterTest(await openSqliteStore({ dataDir, exclusive }))

describe('the data folder', { timeout: 60_000 }, () => {
  test('is created if it is missing, and keeps its content', async () => {
    const dataDir = join(await temporaryFolder(), 'made', 'on', 'the', 'way')
    const first = await openStore({ dataDir })
    const request = await pending(first)
    await first.close()
    expect(await (await open(dataDir)).find(request.id)).toEqual(request)
  })

  test('has one gateway; command-line tools work beside it', async () => {
    const dataDir = await temporaryFolder()
    const gateway = await open(dataDir)
    const tool = await open(dataDir, false)
    const request = await pending(tool)
    expect(await gateway.find(request.id)).toEqual(request)
    const second = await refusal(openSqliteStore({ dataDir }))
    expect(second.reason).toBe('IN_USE')
    expect(second.message).toContain(dataDir)
    expect(second.message).toContain('DATA_DIR')
    await gateway.close()
    await open(dataDir)
  })

  test('is free at once after its gateway was killed, with no lease left', async () => {
    const dataDir = await temporaryFolder()
    const child = inProcess(
      dataDir,
      true,
      `await store.reserve(${JSON.stringify(reservation({ id: 'r', idempotencyHash: 'h' }))})
      await store.open('r', { code: 'c', expiresAt: store.now() + 1e6, nextWorkAt: store.now() })
      await store.reserve(${JSON.stringify(reservation({ id: 'left', idempotencyHash: 'left' }))})
      await store.claimDue({ limit: 1, leaseMs: 1e6 })
      console.log('claimed')
      setInterval(() => {}, 1e6)`,
    )
    await once(linesOf(child), 'line')
    expect((await refusal(openSqliteStore({ dataDir }))).reason).toBe('IN_USE')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const heir = await open(dataDir)
    const claimed = await heir.claimDue({ limit: 9, leaseMs: minute })
    expect(claimed.map(({ id }) => id)).toEqual(['r'])
    expect(await heir.reserve(reservation({ idempotencyHash: 'left' }))).toEqual({
      kind: 'reserved',
      id: 'left',
    })
  })

  test('that cannot be created is refused by name', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), '')
    for (const dataDir of [join(folder, 'file'), join(folder, 'file', 'below')])
      for (const exclusive of [true, false]) {
        const error = await refusal(openSqliteStore({ dataDir, exclusive }))
        expect(error.reason).toBe('NOT_WRITABLE')
        expect(error.message).toContain(dataDir)
      }
  })

  test('with other files under its names is refused, and they are unchanged', async () => {
    for (const name of ['gateway.db', 'gateway.lock']) {
      const dataDir = await temporaryFolder()
      await writeFile(join(dataDir, name), 'no database at all, but a text of some length '.repeat(50))
      expect((await refusal(openSqliteStore({ dataDir }))).reason).toBe('DAMAGED')
      expect((await refusal(openSqliteStore({ dataDir }))).reason).toBe('DAMAGED')
    }
  })

  test('of a newer version is refused; one that lacks a migration fails the check', async () => {
    const dataDir = await temporaryFolder()
    const store = await open(dataDir)
    const database = new DatabaseSync(join(dataDir, 'gateway.db'))
    onTestFinished(() => database.close())
    database.exec(`insert into kysely_migration values ('999-future', '2999-01-01T00:00:00.000Z')`)
    const newer = await refusal(openSqliteStore({ dataDir, exclusive: false }))
    expect(newer.reason).toBe('MIGRATIONS')
    expect(newer.message).toContain('newer version')
    await store.check()
    database.exec(`delete from kysely_migration where name = '004-gateways'`)
    await expect(store.check()).rejects.toMatchObject({
      reason: 'MIGRATIONS',
      message: expect.stringContaining('004-gateways'),
    })
  })

  test('whose database was emptied is refused, with what to do', async () => {
    const dataDir = await temporaryFolder()
    await (await open(dataDir)).close()
    const before = new Date(Date.now() - 120_000)
    await utimes(join(dataDir, 'gateway.lock'), before, before)
    await truncate(join(dataDir, 'gateway.db'))
    for (const exclusive of [true, false]) {
      const refused = await refusal(openSqliteStore({ dataDir, exclusive }))
      expect(refused.reason).toBe('DAMAGED')
      expect(refused.message).toMatch(/gateway\.db is empty.*Restore it from a backup/)
    }
    await rm(join(dataDir, 'gateway.lock'))
    await writeFile(join(dataDir, 'gateway.db-wal'), 'something')
    expect((await refusal(openSqliteStore({ dataDir }))).reason).toBe('DAMAGED')
  })

  test('whose first start was killed can be used', async () => {
    const dataDir = await temporaryFolder()
    for (const name of ['gateway.lock', 'gateway.db']) await writeFile(join(dataDir, name), '')
    await pending(await open(dataDir))
  })

  test('of an older version: of share requests with one code, the oldest keeps it', async () => {
    const dataDir = await temporaryFolder()
    const database = new DatabaseSync(join(dataDir, 'gateway.db'))
    const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(database) })
    await migrate(db, sqliteTypes, '005-issuer-request-id')
    for (const id of ['second', 'first'])
      database.exec(`insert into share_requests (id, idempotency_hash, input_hash, policy_name, policy, created_by, state,
        version, created_at, changed_at, code, expires_at, lease_until)
        values ('${id}', '${id}', '', 'p', '{}', 'CUSTOMER', 'DECLINED', 2, ${id === 'first' ? 1 : 2}, 3, 'same', 4, 0)`)
    await db.destroy()
    const store = await open(dataDir)
    expect(await store.find('first')).toMatchObject({ code: 'same' })
    expect(await store.find('second')).toMatchObject({ code: 'same of second' })
  })

  test('of an older version: its tables are rebuilt with everything in them', async () => {
    const dataDir = await temporaryFolder()
    const database = new DatabaseSync(join(dataDir, 'gateway.db'))
    const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(database) })
    await migrate(db, sqliteTypes, '011-limits')
    const states = ['RESERVED', 'PENDING', 'APPROVED', 'CANCELLED'] as const
    for (const [index, state] of states.entries())
      database.exec(`insert into share_requests (id, idempotency_hash, input_hash, policy_name, policy, created_by, state,
        version, created_at, changed_at, code, expires_at, lease_until)
        values ('${state}', '${index}', '', 'p', '{}', 'CUSTOMER', '${state}', 1, ${index}, 3,
          ${state === 'RESERVED' ? null : `'${state}'`}, 4, 0)`)
    database.exec(`
      insert into work (id, next_work_at, lease_until, lease_holder, hinted, watched_until, checks, checks_until)
        values ('PENDING', 1, 2, 'someone', 1, 3, 4, 5), ('other', 2, 1, null, 0, 0, 0, 0);
      insert into changes values (7, 'CANCELLED', 2), (9, 'APPROVED', 2);
      update change_log set last_position = 9, expired_position = 6`)
    const dump = () =>
      ['share_requests', 'work', 'changes', 'change_log'].map((table) =>
        database.prepare(`select * from ${table} order by 1`).all(),
      )
    const before = dump()
    expect(before.map((rows) => rows.length)).toEqual([4, 2, 2, 1])
    await migrate(db, sqliteTypes)
    expect(dump()).toEqual(before)
    await db.destroy()
    const store = await open(dataDir)
    expect(await store.deleteBefore(store.now(), 10)).toBe(3)
    expect(await store.find('PENDING')).toMatchObject({ code: 'PENDING' })
  })

  test('can be created by many processes at once, without a warning', async () => {
    const dataDir = await temporaryFolder()
    const children = Array.from({ length: 5 }, (_, index) =>
      inProcess(
        dataDir,
        false,
        `await store.revokePartnerKey('${index}', 1); await store.check(); await store.close()`,
      ),
    )
    const results = await Promise.all(
      children.map(async (child) => {
        let said = ''
        child.stderr!.on('data', (text) => {
          said += text
        })
        const [code] = await once(child, 'close')
        return { code, said }
      }),
    )
    expect(results).toEqual(children.map(() => ({ code: 0, said: '' })))
  })
})
