import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Client, Pool } from 'pg'
import { notificationsLost } from '../../store/postgres-channel.ts'
import { PostgresClock } from '../../store/postgres-clock.ts'
import { connectionRefused } from '../../store/postgres-errors.ts'
import type { Tables } from '../../store/tables.ts'
import { checkClock } from './clock.ts'
import { type Finding, failure, ok } from './finding.ts'
import { checkTables } from './tables.ts'

/** The first version with stored generated columns, which the tables use. */
const oldestVersion = 12

const timeouts = { connectionTimeoutMillis: 5_000, statement_timeout: 5_000, query_timeout: 6_000 }

/** Checks the PostgreSQL at `url` by queries and by one notification to this process itself. */
export async function checkPostgres(url: string): Promise<Finding[]> {
  const config = { connectionString: url, application_name: 'portmone-gateway-doctor', ...timeouts }
  let db: Kysely<Tables> | undefined
  try {
    const pool = new Pool({ ...config, max: 1 })
    // The query in progress reports a broken connection; without a listener the event would end the process.
    pool.on('error', () => {})
    db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
    const server = await checkServer(db)
    if (server.level === 'failure') return [server]
    return [
      server,
      await checkTables(db, 'its database'),
      await checkTime(db),
      await checkNotifications(db, config),
    ]
  } catch (error) {
    return [failure('store', connectionRefused(error).message)]
  } finally {
    await db?.destroy()
  }
}

interface Server {
  version: string
  major: number
  readOnly: boolean
  canCreateTables: boolean
}

async function checkServer(db: Kysely<Tables>): Promise<Finding> {
  const { rows } = await sql<Server>`select
    current_setting('server_version') as version,
    current_setting('server_version_num')::int / 10000 as major,
    pg_is_in_recovery() or current_setting('transaction_read_only')::bool as "readOnly",
    coalesce(has_schema_privilege(current_schema(), 'create'), false) as "canCreateTables"`.execute(db)
  const { version, major, readOnly, canCreateTables } = rows[0]!
  if (major < oldestVersion)
    return failure(
      'PostgreSQL',
      `version ${version} is too old. The gateway needs ${oldestVersion} or newer.`,
    )
  if (readOnly) return failure('PostgreSQL', 'it is read-only. Point DATABASE_URL at the primary.')
  if (!canCreateTables)
    return failure(
      'PostgreSQL',
      'the user of DATABASE_URL may not create tables. Make it the owner of its database: alter database … owner to ….',
    )
  return ok('PostgreSQL', `version ${version}, writable`)
}

async function checkTime(db: Kysely<Tables>): Promise<Finding> {
  const clock = new PostgresClock(Date.now)
  await clock.set(db)
  return checkClock('PostgreSQL', { ahead: Date.now() - clock.now(), within: 0 })
}

/** Gateways tell each other of changes by LISTEN and NOTIFY, which a pooler in between may not pass on. */
async function checkNotifications(
  db: Kysely<Tables>,
  config: ConstructorParameters<typeof Client>[0],
): Promise<Finding> {
  const channel = `portmone_doctor_${randomUUID().replaceAll('-', '')}`
  const client = new Client(config)
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(`listen ${channel}`)
    const heard = once(client, 'notification', { signal: AbortSignal.timeout(3_000) })
    await Promise.all([heard, sql`select pg_notify(${channel}, '')`.execute(db)])
    return ok('notifications', 'NOTIFY reaches LISTEN')
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error
    return failure('notifications', notificationsLost)
  } finally {
    await client.end()
  }
}
