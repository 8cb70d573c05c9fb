import { copyFile, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { makePartnerKey } from '../../server/share-requests/partner-keys.ts'
import { openDisk } from '../../server/store/disk.ts'
import { openSqliteStore } from '../../server/store/index.ts'
import { closedAfterTest, pending, temporaryFolder } from './harness.ts'

test('the log is checkpointed when it has grown, and only the last step blocks writers', async () => {
  const events: string[] = []
  const steps = { copy: Promise.withResolvers<boolean>(), empty: Promise.withResolvers<boolean>() }
  const asked = { copy: Promise.withResolvers<void>(), empty: Promise.withResolvers<void>() }
  const store = closedAfterTest(
    await openSqliteStore({
      dataDir: await temporaryFolder(),
      checkpointBytes: 1,
      disk: (file) => ({
        ...openDisk(file),
        checkpoint(step) {
          asked[step].resolve()
          return steps[step].promise
        },
      }),
    }),
  )
  const request = await pending(store)
  await asked.copy.promise
  await store.watch([request.id], store.now(), store.now())
  steps.copy.resolve(true)
  await asked.empty.promise
  const written = store.watch([request.id], store.now(), store.now()).then(() => events.push('written'))
  expect(await store.find(request.id)).toEqual(request)
  events.push('emptied')
  steps.empty.resolve(false)
  await written
  expect(events).toEqual(['emptied', 'written'])
})

test('the log is emptied repeatedly under load, and its content is in the database', async () => {
  const dataDir = await temporaryFolder()
  const store = await openSqliteStore({ dataDir, checkpointBytes: 200_000 })
  const log = join(dataDir, 'gateway.db-wal')
  let made = 0
  for (let emptied = 0, before = 0; emptied < 5; made += 10) {
    await Promise.all(Array.from({ length: 10 }, () => pending(store)))
    const { size } = await stat(log)
    if (size < before) emptied++
    before = size
  }
  await store.close()
  const database = new DatabaseSync(join(dataDir, 'gateway.db'))
  onTestFinished(() => database.close())
  expect(database.prepare('select count(*) as made from work').get()).toEqual({ made })
})

test('a command-line tool that comes and goes leaves the log in place, and its writes are kept', async () => {
  const dataDir = await temporaryFolder()
  const gateway = closedAfterTest(await openSqliteStore({ dataDir }))
  const log = join(dataDir, 'gateway.db-wal')
  const { ino } = await stat(log)
  const tool = await openSqliteStore({ dataDir, exclusive: false })
  const { stored } = makePartnerKey('shop', [], 1)
  await Promise.all([tool.insertPartnerKey(stored), ...Array.from({ length: 20 }, () => pending(gateway))])
  await tool.close()
  expect((await stat(log)).ino).toBe(ino)
  const request = await pending(gateway)
  const copy = await copyOf(dataDir)
  const heir = closedAfterTest(await openSqliteStore({ dataDir: copy }))
  expect(await heir.findPartnerKey(stored.id)).toEqual(stored)
  expect(await heir.find(request.id)).toEqual(request)
})

test('the log of a killed process is checkpointed before anything in it is reported', async () => {
  const dataDir = await temporaryFolder()
  const store = closedAfterTest(await openSqliteStore({ dataDir }))
  const request = await pending(store)
  const left = await copyOf(dataDir)
  closedAfterTest(await openSqliteStore({ dataDir: left }))
  // The database file without its log.
  const file = join(await temporaryFolder(), 'gateway.db')
  await copyFile(join(left, 'gateway.db'), file)
  const database = new DatabaseSync(file)
  onTestFinished(() => database.close())
  expect(database.prepare('select id from work').all()).toEqual([{ id: request.id }])
})

/** A copy of the database and its log in another folder. */
async function copyOf(dataDir: string): Promise<string> {
  const copy = join(await temporaryFolder(), 'copy')
  await mkdir(copy)
  for (const name of ['gateway.db', 'gateway.db-wal']) await copyFile(join(dataDir, name), join(copy, name))
  return copy
}
