import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgresStore } from '../../server/store/postgres.ts'
import { overWebSocket } from '../support/clients.ts'
import { startMeteringProxy } from '../support/metering-proxy.ts'
import { create, operations, statusesOf } from '../support/operations.ts'
import { type PostgresServer, query, startPostgres } from '../support/postgres.ts'
import { startStage } from '../support/stage.ts'
import { cancelled, closedAfterTest, minute, opening, reservation } from './harness.ts'

let postgres: PostgresServer

beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.close())

/** The steps in docs/scaling.md, by how their statements begin. */
const steps = {
  'reserve, counting the creation': /^with "given" as/,
  'open, with the log of changes and the notification': /^with "changed" as \(update .*"scheduled" as/,
  read: /^select row_to_json.*from "share_requests" inner join .* as "wanted"/s,
  watch: /^update "work" set "watched_until"/,
  'claim, counting the check': /^with "claimed" as \(update "work" set .*"checks"/,
  'end, with the log of changes and the notification': /^with "changed" as \(update .*"ended" as/,
}

/** What the gateway does whether or not there is a verification. */
const background =
  /clock_timestamp|"gateways"|"due_at"|^select 1$|listen|"watched_until" > |"lease_until" > |^(begin|commit)$|^set |^select set_config/

test('one verification is a few statements in PostgreSQL, each a transaction of its own', async () => {
  await using meter = await startMeteringProxy(await postgres.createDatabase())
  await using stage = await startStage({
    config: { databaseUrl: meter.url },
    watcher: { minPollIntervalMs: 60_000, maxPollIntervalMs: 60_000, unwatchedIntervalMs: 60_000 },
  })
  const client = overWebSocket(stage.gateway.url)
  const taken = () => {
    const own = meter.statements.map((text) => text.trim()).filter((text) => !background.test(text))
    return own.map((text) => {
      const step = Object.entries(steps).find(([, pattern]) => pattern.test(text))
      return step?.[0] ?? text
    })
  }
  await create(client)
  meter.statements.length = 0
  const { id, clientSecret, code } = await create(client)
  const stream = client.subscribe(operations.follow, { id, clientSecret })
  await stream.next()
  await expect.poll(taken).toContain('watch')
  stage.sandbox.approve(code)
  await client.run(operations.check, { input: { id, clientSecret } })
  expect(await statusesOf(stream)).toEqual([['ApprovedStatus', 2]])
  expect(taken()).toEqual(Object.keys(steps))
  await client.dispose()
})

test('what a promise depends on waits for the disk, and nothing else does', async () => {
  const url = await postgres.createDatabase()
  await query(url, `alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = on`)
  const store = closedAfterTest(await openPostgresStore({ url }))
  await query(
    url,
    `create table commits (position serial, setting text);
    create function note() returns trigger language plpgsql as
      'begin insert into commits (setting) values (current_setting(''synchronous_commit'')); return null; end';
    create constraint trigger note after insert or update on share_requests deferrable initially deferred
      for each row execute function note();
    create constraint trigger note after update on work deferrable initially deferred
      for each row execute function note()`,
  )
  const reserved = reservation()
  await store.reserve(reserved)
  const request = await store.open(reserved.id, opening(store))
  if (request.state !== 'PENDING') throw new Error(`It is ${request.state}.`)
  const times = { nextWorkAt: store.now(), nextWorkAtIfWatched: store.now() }
  await store.watch([request.id], store.now() + minute, store.now())
  await store.claim(request.id, { leaseMs: minute, maxPerMinute: 1 })
  await store.finish([{ id: request.id, ...times }])
  await store.claimDue({ limit: 1, leaseMs: minute })
  await store.update(request, cancelled(request, store.now()), null)
  const commits = await query(url, 'select setting from commits order by position')
  expect(commits).toEqual(['off', 'on', 'off', 'off', 'off', 'off', 'on'].map((setting) => ({ setting })))
})
