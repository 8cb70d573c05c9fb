import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CompiledQuery, Kysely, sql } from 'kysely'
import type { Store } from '../share-requests/store.ts'
import type { Backend, Dialect, Entry } from './backend.ts'
import { Changes } from './changes.ts'
import { restartLog } from './checkpoint.ts'
import { databaseIn, lockDataFolder } from './data-folder.ts'
import { type Disk, openDisk } from './disk.ts'
import { findByTurn } from './find-by-turn.ts'
import { CreationCounts } from './limit-windows.ts'
import { migrate, sqliteTypes } from './migrations.ts'
import { NodeSqliteDialect } from './node-sqlite.ts'
import { derived } from './prepared.ts'
import { SqlStore } from './sql-store.ts'
import { isBusy, isDuplicateCode, isSyncError, sqliteUnavailable } from './sqlite-errors.ts'
import { sqliteTransitions } from './sqlite-transitions.ts'
import type { Tables } from './tables.ts'
import { UnsyncedWrites } from './unsynced-writes.ts'
import { WriteAheadLog } from './write-ahead-log.ts'

export interface SqliteOptions {
  /** Created if it is missing. */
  dataDir: string
  /** Milliseconds since the epoch. */
  clock?: () => number
  /** For a gateway (the default): refuses a folder that another gateway uses. A command-line tool works beside one. */
  exclusive?: boolean
  /** Called for every query. */
  onQuery?: (query: CompiledQuery) => void
  /** Replaces the disk under the database file, for tests: by a slow one, or one that fails. */
  disk?: (file: string) => Disk
  /** Bytes of the write-ahead log from which on it is moved into the database. */
  checkpointBytes?: number
}

/** Usual maximum size of the log in bytes. */
const defaultCheckpointBytes = 16 * 2 ** 20

/** Milliseconds to wait for a write of another process. */
const busyTimeoutMs = 5_000

/** The store in a local folder, for one gateway. Rejects with a StoreUnavailable if it cannot be opened. */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const { clock = Date.now, exclusive = true, onQuery } = options
  const { checkpointBytes = defaultCheckpointBytes } = options
  const dataDir = resolve(options.dataDir)
  const unlock = exclusive ? lockDataFolder(dataDir) : () => {}
  let database: DatabaseSync | undefined
  try {
    const file = databaseIn(dataDir)
    database = new DatabaseSync(file, { timeout: busyTimeoutMs })
    await useWriteAheadLog(database)
    // Commits do not wait for the disk: `log` does.
    database.exec('pragma synchronous = normal; pragma wal_autocheckpoint = 0')
    const disk = (options.disk ?? openDisk)(file)
    const gather = () => disk.gather()
    const connection = new NodeSqliteDialect(database, { onQuery, gather })
    const db = new Kysely<Tables>({
      dialect: connection,
      ...(onQuery && { log: ({ query }) => onQuery(query) }),
    })
    await migrate(db, sqliteTypes)
    if (exclusive) await endLeases(db)
    // A process that was killed may have left writes that it had not synced, and this one would report them.
    const isSynced = exclusive && restartLog(database)
    const log = new WriteAheadLog({
      ...{ file: `${file}-wal`, dataDir, disk },
      checkpointBytes: exclusive ? checkpointBytes : Number.POSITIVE_INFINITY,
    })
    if (!isSynced) await log.sync()
    const unsynced = new UnsyncedWrites(() => log.sync())
    const changes = new Changes()
    const maintain = watchTools(database, changes)
    const parts = { db, connection, database, log, gather, dataDir, clock, exclusive, unlock, maintain }
    return new SqlStore(backend(parts), changes, unsynced)
  } catch (error) {
    database?.close()
    unlock()
    throw sqliteUnavailable(error, dataDir) ?? error
  }
}

/** If two processes do this at once, SQLite refuses one immediately, whatever its timeout, so it is retried. */
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

/** Ends all leases: their holder is gone, because only one gateway at a time uses the folder. */
async function endLeases(db: Kysely<Tables>): Promise<void> {
  const none = { lease_until: 0, lease_holder: null }
  await db.updateTable('work').set(none).where('lease_until', '>', 0).execute()
  await db
    .updateTable('share_requests')
    .set(none)
    .where('state', '=', 'RESERVED')
    // The condition of the index by state.
    .where('state', '<>', sql.lit('APPROVED'))
    .execute()
}

/** The number of changes to share requests that command-line tools have made, which a gateway watches. */
function changesOfTools(database: DatabaseSync): number {
  return Number(database.prepare('pragma user_version').get()?.user_version)
}

/** @returns a function that reports missed changes if a command-line tool made any since its last call. */
function watchTools(database: DatabaseSync, changes: Changes): () => void {
  let known = changesOfTools(database)
  return () => {
    const now = changesOfTools(database)
    if (now === known) return
    known = now
    changes.missed()
  }
}

interface BackendParts {
  db: Kysely<Tables>
  connection: NodeSqliteDialect
  database: DatabaseSync
  log: WriteAheadLog
  gather: () => Promise<void>
  dataDir: string
  clock: () => number
  exclusive: boolean
  unlock: () => void
  maintain: () => void
}

function backend(parts: BackendParts): Backend {
  const { db, connection, database, log, gather, dataDir, clock, exclusive, unlock, maintain } = parts
  const transaction: Backend['transaction'] = (work) => log.write(() => db.transaction().execute(work))
  const run: Dialect['run'] = (query) => connection.run(query)
  const dialect = { rowLocks: false, run, writesInQueries: false, withoutFsync: null, valuesTable }
  const notify = () => {
    if (!exclusive) database.exec(`pragma user_version = ${changesOfTools(database) + 1}`)
  }
  return {
    db,
    dialect,
    transitions: sqliteTransitions({
      ...{ db, dialect, notify },
      transaction: (work) => log.write(() => connection.transaction(work)),
    }),
    creationCounts: new CreationCounts(),
    now: clock,
    find: findByTurn(db, dialect, gather),
    write: (work) => log.write(() => work(db)),
    transaction,
    relaxedTransaction: transaction,
    sync: () => log.sync(),
    refuseWhenSlow: () => log.refuseWhenSlow(),
    notify: async () => notify(),
    announcementFailed: () => {},
    probeNotifications: async () => {},
    async maintain() {
      log.maintain()
      maintain()
    },
    isDuplicateCode,
    unavailable(error) {
      if (isSyncError(error)) return log.fail(error)
      return sqliteUnavailable(error, dataDir)
    },
    async close() {
      await log.close()
      await db.destroy()
      unlock()
    },
  }
}

const valuesTable = (entries: readonly Entry[]) => sql<Required<Entry>>`(
  select value ->> 'id' as id, value ->> 'at' as at, value ->> 'at_if_watched' as at_if_watched
  from json_each(${derived(entries, JSON.stringify)})
)`
