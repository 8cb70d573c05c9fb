import { setImmediate as nextTurn } from 'node:timers/promises'
import { type CompiledQuery, Kysely, PostgresDialect, sql } from 'kysely'
import { type ClientConfig, type CustomTypesConfig, Pool, types } from 'pg'
import type { Store } from '../share-requests/store.ts'
import type { Backend, Dialect, Entry } from './backend.ts'
import { Changes } from './changes.ts'
import { findByTurn } from './find-by-turn.ts'
import { migrate, postgresTypes } from './migrations.ts'
import { NamedStatements } from './named-statements.ts'
import { PostgresChannel } from './postgres-channel.ts'
import { PostgresClock } from './postgres-clock.ts'
import { isDuplicateCode, mayBeCommitted, postgresUnavailable } from './postgres-errors.ts'
import { postgresTransitions } from './postgres-transitions.ts'
import { derived } from './prepared.ts'
import { SqlStore } from './sql-store.ts'
import type { Tables } from './tables.ts'

export interface PostgresOptions {
  /** postgres://user:password@host:port/database */
  url: string
  /** This process's monotonic clock, in milliseconds. The time of day comes from the database. */
  monotonicNow?: () => number
  /** Called for every query. */
  onQuery?: (query: CompiledQuery) => void
}

/** Maximum number of connections of one gateway, without the one that listens for changes. */
const maxConnections = 10

/** In milliseconds. Every statement is short; `query_timeout` ends those that a frozen server or network does not. */
const timeouts = {
  connectionTimeoutMillis: 3_000,
  statement_timeout: 4_000,
  idle_in_transaction_session_timeout: 10_000,
  query_timeout: 5_000,
}

/** The channel's statements do no work, so they are fast. */
const channelTimeouts = { ...timeouts, query_timeout: 2_000 }

/** A plan that a prepared statement kept from a small table would read all of it once it is large. */
const planForEachRun = 'set plan_cache_mode = force_custom_plan'

/** Every bigint here is a time or a count, which a number holds exactly. */
const bigintsAsNumbers: CustomTypesConfig = {
  getTypeParser: (id: number, format?: 'text' | 'binary') =>
    id === types.builtins.INT8 ? Number : types.getTypeParser(id, format),
}

/**
 * The store in a PostgreSQL that several gateways may share. Rejects with a StoreUnavailable if it is unreachable
 * at the start; later outages are survived.
 */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const { url, monotonicNow = () => performance.now(), onQuery } = options
  const config: ClientConfig = {
    connectionString: url,
    application_name: 'portmone-gateway',
    types: bigintsAsNumbers,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  }
  const changes = new Changes()
  const channel = new PostgresChannel({ ...config, ...channelTimeouts }, changes)
  await channel.open()
  const pool = poolOf({ ...config, ...timeouts }, maxConnections)
  const db = kyselyOver(pool, onQuery)
  try {
    await migrateOnce(config)
    const clock = new PostgresClock(monotonicNow)
    // The first answer includes connecting; the second is exact.
    await clock.set(db)
    await clock.set(db)
    await channel.probe(db)
    return new SqlStore(
      backend({ db, clock, channel, statements: new NamedStatements(pool, onQuery) }),
      changes,
    )
  } catch (error) {
    await Promise.all([db.destroy(), channel.close()])
    throw postgresUnavailable(error) ?? error
  }
}

function poolOf(config: ClientConfig, max: number): Pool {
  // With `pipeline`, a connection may be sent further queries before it has answered, and one that does not answer in time
  // is closed; otherwise it would go back to the pool and keep later queries waiting.
  const pool = new Pool({
    ...{ ...config, max, maxLifetimeSeconds: 300, pipeline: true },
    onConnect: (client) => client.query(planForEachRun),
  })
  // A connection that breaks is removed from the pool, and its call rejects. These events need no handling, but without a
  // listener they would end the process: the pool's for an idle connection, its own for one in use.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

const kyselyOver = (pool: Pool, onQuery?: PostgresOptions['onQuery']) =>
  new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    ...(onQuery && { log: ({ query }) => onQuery(query) }),
  })

/** Without the timeouts: a migration may take long, and other gateways that start wait for its lock. */
async function migrateOnce(config: ClientConfig): Promise<void> {
  const db = kyselyOver(poolOf(config, 1))
  try {
    await migrate(db, postgresTypes)
  } finally {
    await db.destroy()
  }
}

interface BackendParts {
  db: Kysely<Tables>
  statements: NamedStatements
  clock: PostgresClock
  channel: PostgresChannel
}

function backend({ db, statements, clock, channel }: BackendParts): Backend {
  const run: Dialect['run'] = (query) => statements.run(query)
  const dialect = { rowLocks: true, run, writesInQueries: true, withoutFsync, valuesTable }
  return {
    db,
    dialect,
    transitions: postgresTransitions({
      ...{ db, dialect, notification: (id, version) => channel.notification(id, version) },
    }),
    creationCounts: null,
    now: () => clock.now(),
    find: findByTurn(db, dialect, nextTurn),
    write: (work) => work(db),
    transaction: (work) => db.transaction().execute(work),
    relaxedTransaction: (work) =>
      db.transaction().execute(async (trx) => {
        await sql`select ${withoutFsync}`.execute(trx)
        return work(trx)
      }),
    sync: async () => {},
    refuseWhenSlow: () => {},
    notify: (trx, change) => channel.notify(trx, change),
    announcementFailed(error) {
      if (mayBeCommitted(error)) channel.renew()
    },
    probeNotifications: () => channel.probe(db),
    maintain: () => clock.set(db),
    isDuplicateCode,
    unavailable: postgresUnavailable,
    async close() {
      await channel.close()
      await db.destroy()
    },
  }
}

/** Until the end of the transaction. */
const withoutFsync = sql`set_config('synchronous_commit', 'off', true)`

const valuesTable = (entries: readonly Entry[]) => {
  const column = (name: keyof Entry) => derived(entries, (given) => given.map((entry) => entry[name]))
  return sql<Required<Entry>>`(
    select * from unnest(${column('id')}::text[], ${column('at')}::bigint[], ${column('at_if_watched')}::bigint[])
      as entry (id, at, at_if_watched)
  )`
}
