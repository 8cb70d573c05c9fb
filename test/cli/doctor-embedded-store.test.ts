import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { checkSpace, checkSync } from '../../server/cli/doctor/embedded-store.ts'
import { openStore } from '../../server/store/index.ts'
import { pathOf } from '../support/program.ts'
import { examine, expectFailure, expectWarning, inFolder, prepareEnvironment } from './doctor-fixture.ts'

prepareEnvironment()

/** The files of the data folder: names, sizes and modification times. */
const state = () =>
  readdirSync(inFolder('data')).map((name) => {
    const { size, mtimeMs } = statSync(inFolder('data', name))
    return { name, size, mtimeMs }
  })

/** A store that a gateway has used and that `change` has modified since. */
async function usedStore(change: (database: DatabaseSync) => void = () => {}) {
  await (await openStore({ dataDir: inFolder('data') })).close()
  const database = new DatabaseSync(inFolder('data', 'gateway.db'))
  change(database)
  database.close()
}

test('passes as a gateway left it, without creating or changing a file', async () => {
  await usedStore()
  const before = state()
  expect(await examine()).toMatchObject({ code: 0, bad: [] })
  expect(state()).toEqual(before)
})

test('warns that a gateway on another port uses it, so that no other could start', async () => {
  const store = await openStore({ dataDir: inFolder('data') })
  try {
    const { code, output, bad } = await examine()
    expect({ code, bad }).toEqual({
      code: 0,
      bad: [expect.stringMatching(/^warning +store +another gateway is already using .*DATA_DIR/)],
    })
    expect(output).toContain('its migrations are complete')
    await store.check()
  } finally {
    await store.close()
  }
})

test('passes while the gateway on this port uses it', async () => {
  const store = await openStore({ dataDir: inFolder('data') })
  const gateway = createServer((_, response) => response.end('ready')).listen(0, '127.0.0.1')
  try {
    await once(gateway, 'listening')
    const { port } = gateway.address() as AddressInfo
    expect(await examine({ PORT: String(port) })).toMatchObject({ code: 0, bad: [] })
  } finally {
    gateway.close()
    await store.close()
  }
})

test('reports pending migrations without running them', async () => {
  await usedStore((db) => db.exec("delete from kysely_migration where name = '004-gateways'"))
  for (let round = 1; round <= 2; round++)
    await expectWarning({}, /^warning +store +.*lacks the migrations 004-gateways/)
})

test('reports that a newer version has migrated it', async () => {
  await usedStore((db) => db.exec("insert into kysely_migration values ('999-new', '2027-01-01')"))
  await expectFailure({}, /^failure +store +.*used by a newer version/)
})

test('reports a file that is not a database', async () => {
  await usedStore()
  writeFileSync(inFolder('data', 'gateway.db'), 'x'.repeat(10_000))
  await expectFailure({}, /^failure +store +.*is not a SQLite database/)
})

test('reports a file where the folder should be', () =>
  expectFailure({ DATA_DIR: '/dev/null/data' }, /^failure +store +\/dev\/null is not a folder/))

test('reports a folder that is not writable', async () => {
  const folder = inFolder()
  chmodSync(folder, 0o555)
  // Root may do everything, so the doctor runs as another user.
  const look = `
    import { checkEmbeddedStore } from '${pathToFileURL(pathOf('server/cli/doctor/embedded-store.ts'))}'
    if (process.getuid() === 0) process.setuid(65534)
    console.log(JSON.stringify(await checkEmbeddedStore(process.argv[1], false)))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', look, folder])
  chmodSync(folder, 0o700)
  expect(JSON.parse(stdout)).toEqual([
    expect.objectContaining({
      level: 'failure',
      text: expect.stringContaining(`${folder} is not writable. Make it writable for this user`),
    }),
  ])
})

test.each([
  ['ok', 2 ** 40],
  ['warning', 2 ** 29],
  ['failure', 2 ** 20],
])('checks the free space on the disk: %s', (level, bytes) => {
  expect(checkSpace('/data', bytes)).toMatchObject({
    level,
    text: expect.stringContaining(`${bytes / 2 ** 20} MiB`),
  })
})

test.each([
  ['ok', 5.04, 'takes 5.0 ms'],
  ['warning', 20.1, 'takes 20.1 ms. Creations and events wait for it'],
])('checks how long the disk takes for a write: %s', (level, syncMs, text) => {
  expect(checkSync('/data', syncMs)).toMatchObject({ level, text: expect.stringContaining(text) })
})

test('measures the disk of the data folder', async () => {
  await usedStore()
  expect((await examine()).output).toMatch(/disk +a write to the disk of .* takes \d+\.\d ms/)
})

test('reports a database that was emptied', async () => {
  await usedStore()
  writeFileSync(inFolder('data', 'gateway.db'), '')
  const before = new Date(Date.now() - 120_000)
  utimesSync(inFolder('data', 'gateway.lock'), before, before)
  await expectFailure({}, /^failure +store +.*gateway\.db is empty/)
})
