import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, type LogConfig, sql } from 'kysely'
import type { Store } from '../share-requests/store.ts'
import type { Backend, WorkTime } from './backend.ts'
import { Changes } from './changes.ts'
import { fileInDataFolder, lockDataFolder } from './data-folder.ts'
import { migrate } from './migrations.ts'
import { NodeSqliteDialect } from './node-sqlite.ts'
import { ReadCache } from './read-cache.ts'
import { SqlStore } from './sql-store.ts'
import { isBusy, sqliteUnavailable } from './sqlite-errors.ts'
import type { Tables } from './tables.ts'

export interface SqliteOptions {
  /** Made where it is missing. */
  dataDir: string
  /** Milliseconds since the epoch. */
  clock?: () => number
  /** For a gateway (the default): refuses a folder that another gateway has. A command-line tool works beside one. */
  exclusive?: boolean
  /** Hears of every query, as Kysely tells it. */
  log?: LogConfig
}

/** Milliseconds to wait for another process that writes. */
const busyTimeoutMs = 5_000

/** The store in a folder of this machine, for one gateway. Rejects with a StoreUnavailable where that can not be. */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const { clock = Date.now, exclusive = true, log } = options
  const dataDir = resolve(options.dataDir)
  const unlock = exclusive ? lockDataFolder(dataDir) : () => {}
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(fileInDataFolder(dataDir, 'gateway.db'), { timeout: busyTimeoutMs })
    await useWriteAheadLog(database)
    database.exec('pragma synchronous = full')
    const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(database), ...(log && { log }) })
    await migrate(db, null)
    if (exclusive) await endLeases(db)
    const cache = exclusive ? new ReadCache() : null
    const changes = new Changes()
    const maintain = await watchOtherProcesses(db, changes)
    return new SqlStore(backend(db, dataDir, clock, unlock, maintain), changes, cache)
  } catch (error) {
    database?.close()
    unlock()
    throw sqliteUnavailable(error, dataDir) ?? error
  }
}

/** Of two processes that do this at once SQLite refuses one at once, whatever its timeout: it does so again. */
async function useWriteAheadLog(database: DatabaseSync): Promise<void> {
  const giveUpAt = performance.now() + busyTimeoutMs
  for (;;)
    try {
      return database.exec('pragma journal_mode = wal')
    } catch (error) {
      if (!isBusy(error) || performance.now() >= giveUpAt) throw error
      await sleep(10)
    }
}

/** Whoever held a lease is gone: nobody else can have had the folder since. */
async function endLeases(db: Kysely<Tables>): Promise<void> {
  const none = { lease_until: 0, lease_holder: null }
  await db.updateTable('work').set(none).where('lease_until', '>', 0).execute()
  await db.updateTable('share_requests').set(none).where('state', '=', 'RESERVED').execute()
}

/** @returns a function that reports missed changes if another process, a command-line tool, wrote since its last call. */
async function watchOtherProcesses(db: Kysely<Tables>, changes: Changes): Promise<() => Promise<void>> {
  const read = async () => {
    const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(db)
    return rows[0]?.data_version
  }
  let known = await read()
  return async () => {
    const version = await read()
    if (version === known) return
    known = version
    changes.missed()
  }
}

function backend(
  db: Kysely<Tables>,
  dataDir: string,
  clock: () => number,
  unlock: () => void,
  maintain: Backend['maintain'],
): Backend {
  return {
    db,
    dialect: { rowLocks: false, valuesTable },
    now: clock,
    withoutFsync: (work) =>
      db.connection().execute(async (connection) => {
        await sql`pragma synchronous = normal`.execute(connection)
        try {
          return await connection.transaction().execute(work)
        } finally {
          await sql`pragma synchronous = full`.execute(connection)
        }
      }),
    notify: async () => {},
    notificationMayBeLost: () => {},
    probeNotifications: async () => {},
    maintain,
    unavailable: (error) => sqliteUnavailable(error, dataDir),
    async close() {
      await db.destroy()
      unlock()
    },
  }
}

const valuesTable = (given: readonly WorkTime[]) => sql<WorkTime>`(
  select value ->> 'id' as id, value ->> 'at' as at from json_each(${JSON.stringify(given)})
)`
