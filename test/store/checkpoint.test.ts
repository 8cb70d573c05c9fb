import { copyFile, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { makePartnerKey } from '../../server/share-requests/partner-keys.ts'
import { Checkpointer, type CheckpointStep, maxKeptLogBytes } from '../../server/store/checkpoint.ts'
import { type Disk, openDisk } from '../../server/store/disk.ts'
import { openSqliteStore } from '../../server/store/index.ts'
import { closedAfterTest, pending, temporaryFolder } from './harness.ts'

test('the log is checkpointed when it has grown, and only the last step blocks writers', async () => {
  const events: string[] = []
  const steps = { copy: Promise.withResolvers<boolean>(), restart: Promise.withResolvers<boolean>() }
  const asked = { copy: Promise.withResolvers<void>(), restart: Promise.withResolvers<void>() }
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
  await asked.restart.promise
  const written = store.watch([request.id], store.now(), store.now()).then(() => events.push('written'))
  expect(await store.find(request.id)).toEqual(request)
  events.push('restarted')
  steps.restart.resolve(false)
  await written
  expect(events).toEqual(['restarted', 'written'])
})

/** A page in the log, of which a creation writes 13 and a few more when tables grow. */
const frameBytes = 24 + 4096

test('the log is overwritten repeatedly under load, and its content is in the database', async () => {
  const dataDir = await temporaryFolder()
  const checkpointBytes = 4_000_000
  let restarts = 0
  const disk = (file: string): Disk => {
    const real = openDisk(file)
    const checkpoint = async (step: CheckpointStep) => {
      const isDone = await real.checkpoint(step)
      if (step === 'restart' && isDone) restarts++
      return isDone
    }
    return { ...real, checkpoint }
  }
  const store = await openSqliteStore({ dataDir, checkpointBytes, disk })
  const sizes: number[] = []
  let [made, madeBeforeFirst] = [0, 0]
  for (; restarts < 5; made += 10) {
    if (restarts === 0) madeBeforeFirst = made
    await Promise.all(Array.from({ length: 10 }, () => pending(store)))
    sizes.push((await stat(join(dataDir, 'gateway.db-wal'))).size)
  }
  // It keeps its size and is not restarted before it is due.
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
  expect(sizes.at(-1)).toBeLessThan(made * 13 * frameBytes)
  expect((restarts - 1) * checkpointBytes).toBeLessThan((made - madeBeforeFirst) * 15 * frameBytes)
  await store.close()
  const database = new DatabaseSync(join(dataDir, 'gateway.db'))
  onTestFinished(() => database.close())
  expect(database.prepare('select count(*) as made from work').get()).toEqual({ made })
})

test('a log that became long while someone read the database is cut when it is restarted', async () => {
  const file = join(await temporaryFolder(), 'gateway.db')
  const [writer, reader] = [new DatabaseSync(file), new DatabaseSync(file)]
  onTestFinished(() => {
    writer.close()
    reader.close()
  })
  writer.exec('pragma journal_mode = wal; pragma wal_autocheckpoint = 0; pragma synchronous = off')
  writer.exec('create table filler (content)')
  const checkpointer = new Checkpointer(file, 0)
  onTestFinished(() => checkpointer.close())
  reader.exec('begin; select count(*) from filler')
  writer.exec(`insert into filler values (zeroblob(${maxKeptLogBytes + 1_000_000}))`)
  expect(checkpointer.run('restart')).toBe(false)
  reader.exec('commit')
  expect((await stat(`${file}-wal`)).size).toBeGreaterThan(maxKeptLogBytes)
  expect(checkpointer.run('restart')).toBe(true)
  expect((await stat(`${file}-wal`)).size).toBe(maxKeptLogBytes)
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
