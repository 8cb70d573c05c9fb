import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseError } from 'pg'
import selfsigned from 'selfsigned'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { StoreUnavailable } from '../../server/share-requests/store.ts'
import { openPostgresStore } from '../../server/store/postgres.ts'
import { connectionRefused } from '../../server/store/postgres-errors.ts'
import { startFreezingProxy } from '../support/freezing-proxy.ts'
import { startMutePostgres } from '../support/notify-dropping-proxy.ts'
import { type PostgresServer, query, startPostgres } from '../support/postgres.ts'
import { startStage } from '../support/stage.ts'
import { cancelled, closedAfterTest, Heard, pending } from './harness.ts'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.close())

const openStore = async (url: string) => closedAfterTest(await openPostgresStore({ url }))

test('a gateway does not start if notifications are lost on the way', async () => {
  await using mute = await startMutePostgres(await postgres.createDatabase())
  const opening = openPostgresStore({ url: mute.url })
  await expect(opening).rejects.toThrow(/pool by session, not by transaction/)
  await expect(opening).rejects.toThrow(StoreUnavailable)
})

test('a gateway is not ready while notifications are lost, and ready again afterwards', async () => {
  await using proxy = await startMutePostgres(await postgres.createDatabase(), { isMute: false })
  await using stage = await startStage({ config: { databaseUrl: proxy.url } })
  const readiness = async () => (await fetch(`${stage.gateway.url}/readyz`)).status
  expect(await readiness()).toBe(200)
  proxy.isMute = true
  expect(await readiness()).toBe(503)
  expect(stage.logs.some((line) => line.includes('pool by session'))).toBe(true)
  proxy.isMute = false
  expect(await readiness()).toBe(200)
})

describe('a first connection that fails says what to do', () => {
  test.each<[string, Error, RegExp]>([
    [
      'a pooler that rejects startup parameters',
      new DatabaseError('unsupported startup parameter: statement_timeout', 10, 'error'),
      /^The pooler.*ignore_startup_parameters.*\(unsupported startup parameter: statement_timeout\)\.$/,
    ],
    [
      'no TLS allowed',
      new Error('The server does not support SSL connections'),
      /does not offer TLS.*remove sslmode/,
    ],
    [
      'TLS required',
      Object.assign(new DatabaseError('no pg_hba.conf entry for host "::1", no encryption', 10, 'error'), {
        code: '28000',
      }),
      /only encrypted connections.*sslmode=verify-full/,
    ],
    [
      'an expired certificate',
      Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' }),
      /not valid today/,
    ],
    [
      'a certificate for another host',
      Object.assign(new Error('Hostname/IP does not match'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
      /for another name/,
    ],
  ])('%s', (_, error, advice) => {
    expect(connectionRefused(error).message).toMatch(advice)
  })
})

describe.skipIf(process.env.TEST_DATABASE_URL !== undefined)('TLS to PostgreSQL', () => {
  let folder: string
  let url: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postgres-tls-'))
    const { cert, private: key } = await selfsigned.generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    })
    writeFileSync(join(folder, 'ca.pem'), cert)
    url = await postgres.createDatabase()
    await turnOnTls(url, { cert, key })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('a private CA is not trusted by default, and the error says how to trust it', async () => {
    await expect(openPostgresStore({ url: `${url}?sslmode=verify-full` })).rejects.toThrow(
      /certificate is not trusted here.*sslrootcert=.*NODE_EXTRA_CA_CERTS/,
    )
  })

  test('sslrootcert makes a private CA trusted', async () => {
    const trusting = `${url}?sslmode=verify-full&sslrootcert=${join(folder, 'ca.pem')}`
    const store = await openPostgresStore({ url: trusting })
    await store.check()
    const { count } = (
      await query(url, 'select count(*)::int from pg_stat_ssl where ssl and pid <> pg_backend_pid()')
    )[0] as { count: number }
    expect(count).toBeGreaterThan(0)
    await store.close()
  })
})

/** PostgreSQL accepts only a key that belongs to its own user. */
async function turnOnTls(url: string, { cert, key }: { cert: string; key: string }): Promise<void> {
  const [row] = await query(url, "select current_setting('data_directory') as directory")
  const { directory } = row as { directory: string }
  const { uid, gid } = statSync(directory)
  for (const [name, pem] of Object.entries({ 'server.crt': cert, 'server.key': key })) {
    writeFileSync(join(directory, name), pem, { mode: 0o600 })
    chownSync(join(directory, name), uid, gid)
  }
  await query(url, 'alter system set ssl = on')
  await query(url, 'select pg_reload_conf()')
  await vi.waitFor(async () => {
    expect(await query(url, "select current_setting('ssl') as ssl")).toEqual([{ ssl: 'on' }])
  }, 10_000)
}

test('a frozen database is reported within seconds, and used again once it answers', {
  timeout: 60_000,
}, async () => {
  const url = await postgres.createDatabase()
  await using proxy = await startFreezingProxy(url)
  const store = await openPostgresStore({ url: proxy.url })
  const heard = new Heard(store)
  const request = await pending(store)
  expect(await heard.next()).toMatchObject({ id: request.id })
  // Opens all connections of the pool.
  await Promise.all(Array.from({ length: 60 }, () => store.findAll([request.id])))
  proxy.freeze()
  const change = await pending(await openStore(url))
  const waited = async (work: Promise<unknown>) => {
    const begin = performance.now()
    await expect(work).rejects.toMatchObject({ name: 'StoreUnavailable', reason: 'BUSY' })
    return performance.now() - begin
  }
  const [check, read, write, reads] = await Promise.all([
    waited(store.check()),
    waited(store.find(request.id)),
    waited(store.update(request, cancelled(request, store.now()), null)),
    // More than the pool's connections take at once.
    Promise.all(Array.from({ length: 60 }, () => waited(store.findAll([request.id])))),
  ])
  expect(check).toBeLessThan(3_000)
  for (const time of [read, write, ...reads]) expect(time).toBeLessThan(7_000)
  proxy.thaw()
  // Either the LISTEN connection was replaced meanwhile, or it now receives what was held back.
  expect(['missed', { id: change.id, version: 1 }]).toContainEqual(await heard.next())
  expect(await store.find(request.id)).toMatchObject({ id: request.id })
  await store.check()
  await store.close()
})

test('a LISTEN connection that is frozen is replaced within eight seconds, and what it missed is reported', {
  timeout: 30_000,
}, async () => {
  const url = await postgres.createDatabase()
  await using proxy = await startFreezingProxy(url)
  const store = await openPostgresStore({ url: proxy.url })
  const heard = new Heard(store)
  const begin = performance.now()
  proxy.freezeOpen()
  const unheard = await pending(await openStore(url))
  expect(await heard.next()).toBe('missed')
  expect(performance.now() - begin).toBeLessThan(8_000)
  const find = () => store.find(unheard.id).catch(() => null)
  await expect.poll(find, { timeout: 20_000 }).toEqual(unheard)
  const change = await pending(await openStore(url))
  expect(await heard.next()).toEqual({ id: change.id, version: 1 })
  await store.close()
})
