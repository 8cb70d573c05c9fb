import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { CompiledQuery } from 'kysely'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Store } from '../../server/share-requests/store.ts'
import { openSqliteStore } from '../../server/store/index.ts'
import { cancelled, closedAfterTest, minute, pending, reservation, temporaryFolder } from './harness.ts'
import { inProcess, linesOf } from './process.ts'

const open = async (dataDir: string) => closedAfterTest(await openSqliteStore({ dataDir }))

/** Opens a store, and with it the connection that it works on, which a test can make fail. */
async function openWithConnection(dataDir: string): Promise<{ store: Store; connection: DatabaseSync }> {
  const exec = vi.spyOn(DatabaseSync.prototype, 'exec')
  const store = await open(dataDir)
  for (const connection of exec.mock.contexts)
    if (connection instanceof DatabaseSync && connection.location()?.endsWith('gateway.db'))
      return { store, connection }
  throw new Error('the store opened no gateway.db')
}

describe('transactions', () => {
  test('lock the database from the beginning, so that none fails halfway', async () => {
    const dataDir = await temporaryFolder()
    let begun = () => {}
    const onQuery = ({ sql }: CompiledQuery) => {
      if (sql.startsWith('begin')) begun()
    }
    const store = closedAfterTest(await openSqliteStore({ dataDir, onQuery }))
    const tool = new DatabaseSync(join(dataDir, 'gateway.db'), { timeout: 0 })
    onTestFinished(() => tool.close())
    const request = await pending(store)
    const write = vi.fn(() => tool.exec('delete from partner_keys'))
    begun = () => expect(write).toThrow('locked')
    await store.update(request, cancelled(request, store.now()), null)
    expect(write).toHaveBeenCalledTimes(1)
    write()
  })
})

describe('failures', { timeout: 60_000 }, () => {
  test('a process that is killed at any moment has kept everything it acknowledged', async () => {
    const dataDir = await temporaryFolder()
    const acknowledged: string[] = []
    for (let round = 0; round < 5; round++) {
      const child = inProcess(
        dataDir,
        true,
        `const made = ${JSON.stringify(reservation())}
        for (let index = 0; ; index++) {
          const id = 'r${round}-' + index
          await store.reserve({ ...made, id, idempotencyHash: id })
          await store.open(id, { code: id, expiresAt: 1, nextWorkAt: store.now() })
          process.stdout.write(id + '\\n')
        }`,
      )
      const target = acknowledged.length + 20 + 15 * round
      for await (const id of linesOf(child)) {
        acknowledged.push(id)
        if (acknowledged.length === target) child.kill('SIGKILL')
      }
    }
    const store = await open(dataDir)
    for (const id of acknowledged) expect(await store.find(id)).toMatchObject({ id, version: 1 })
    const database = new DatabaseSync(join(dataDir, 'gateway.db'))
    onTestFinished(() => database.close())
    expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    expect(
      database
        .prepare(`select count(*) as odd from share_requests r left join work w on w.id = r.id
          where (r.state = 'PENDING') <> (w.id is not null)`)
        .all(),
    ).toEqual([{ odd: 0 }])
  })

  test('a disk that is full, even in the middle of a commit, gives a clear error and loses nothing', async () => {
    await Promise.all(
      [700, 740, 780].map(async (fileSize) => {
        const dataDir = await temporaryFolder()
        const child = inProcess(
          dataDir,
          true,
          `const made = ${JSON.stringify(reservation())}
          for (let index = 0, failures = 0; failures < 3; index++)
            try {
              const id = 'r' + index
              await store.reserve({ ...made, id, idempotencyHash: id })
              await store.open(id, { code: id, expiresAt: 1, nextWorkAt: store.now() })
              console.log(id)
            } catch (error) {
              failures++
              console.log(error.name)
            }`,
          fileSize,
        )
        const said: string[] = []
        for await (const line of linesOf(child)) said.push(line)
        expect(said.splice(-3)).toEqual(Array(3).fill('StoreUnavailable'))
        expect(said.length).toBeGreaterThan(0)
        const store = await open(dataDir)
        for (const id of said) expect(await store.find(id)).toMatchObject({ id, version: 1 })
        await pending(store)
        await store.check()
      }),
    )
  })

  test('a full disk gives a clear error, loses nothing, and recovers when there is space', async () => {
    const { store, connection } = await openWithConnection(await temporaryFolder())
    const first = await pending(store)
    connection.exec('pragma max_page_count = 1')
    const kept = [first]
    const filling = async () => {
      for (;;) kept.push(await pending(store))
    }
    await expect(filling()).rejects.toMatchObject({ name: 'StoreUnavailable', reason: 'FULL' })
    for (const request of kept) expect(await store.find(request.id)).toEqual(request)
    await expect(filling()).rejects.toMatchObject({ name: 'StoreUnavailable', reason: 'FULL' })
    connection.exec('pragma max_page_count = 100000')
    expect(await store.update(first, cancelled(first, store.now()), null)).toBe(true)
    kept.push(await pending(store))
    expect(
      await store.list({ first: 1_000, after: null, policy: null, reference: null, states: null }),
    ).toHaveLength(kept.length)
    expect(connection.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  })

  test('a read-only store gives a clear error, keeps reads working, and recovers', async () => {
    const { store, connection } = await openWithConnection(await temporaryFolder())
    const request = await pending(store)
    connection.exec('pragma query_only = on')
    const readOnly = { name: 'StoreUnavailable', reason: 'NOT_WRITABLE' }
    await expect(store.reserve(reservation())).rejects.toMatchObject(readOnly)
    await expect(store.update(request, cancelled(request, 1), null)).rejects.toMatchObject(readOnly)
    await expect(store.heartbeat('one', minute)).rejects.toMatchObject(readOnly)
    await expect(store.check()).rejects.toMatchObject(readOnly)
    expect(await store.find(request.id)).toEqual(request)
    connection.exec('pragma query_only = off')
    await store.check()
    expect(await store.update(request, cancelled(request, 1), null)).toBe(true)
  })

  test('a lock of another process is waited for, then reported', async () => {
    const dataDir = await temporaryFolder()
    const { store, connection } = await openWithConnection(dataDir)
    connection.exec('pragma busy_timeout = 50')
    const other = new DatabaseSync(join(dataDir, 'gateway.db'))
    onTestFinished(() => other.close())
    other.exec('begin immediate')
    await expect(pending(store)).rejects.toMatchObject({ name: 'StoreUnavailable', reason: 'BUSY' })
    other.exec('rollback')
    await pending(store)
  })
})
