import { closeSync, existsSync, mkdirSync, openSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreUnavailable } from '../share-requests/store.ts'
import { isBusy, sqliteUnavailable } from './sqlite-errors.ts'

const lockFile = 'gateway.lock'
const databaseFile = 'gateway.db'

/** The first start makes both files at once. One that was killed then left them as old as each other. */
const sameStartMs = 60_000

/** Whether the database is empty although other files show that it was not: a start would begin anew in silence. */
export function isEmptied(dataDir: string): boolean {
  const stats = (name: string): Stats | undefined => statSync(join(dataDir, name), { throwIfNoEntry: false })
  const [database, lock] = [stats(databaseFile), stats(lockFile)]
  if (database?.size !== 0) return false
  if ((stats(`${databaseFile}-wal`)?.size ?? 0) > 0) return true
  return lock !== undefined && Math.abs(database.mtimeMs - lock.mtimeMs) > sameStartMs
}

export const emptiedAdvice = (dataDir: string) =>
  `The database ${join(dataDir, databaseFile)} is empty, but a gateway has used it before. Restore it from a backup, or delete the folder to start with nothing.`

/** The path of the database, which is created if it is missing. Throws a StoreUnavailable if it was emptied. */
export function databaseIn(dataDir: string): string {
  if (isEmptied(dataDir)) throw new StoreUnavailable('DAMAGED', emptiedAdvice(dataDir))
  return fileInDataFolder(dataDir, databaseFile)
}

/**
 * Creates the folder and an empty file of this name in it, if they are missing, for this user only. Throws a
 * StoreUnavailable if that fails.
 * @returns the file's path.
 */
function fileInDataFolder(dataDir: string, name: string): string {
  const file = join(dataDir, name)
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    closeSync(openSync(file, 'a', 0o600))
    return file
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOSPC')
      throw new StoreUnavailable('FULL', `No space is left for the data folder ${dataDir}. Free some.`, {
        cause,
      })
    throw new StoreUnavailable(
      'NOT_WRITABLE',
      `The data folder ${dataDir} is not writable (${message}). Make it writable for this user, or set DATA_DIR to another folder.`,
      { cause },
    )
  }
}

/**
 * Takes the folder for one gateway. The lock is SQLite's own on a second file: the operating system releases it
 * however the process ends, and SQLite knows how to lock on every platform.
 * @returns a function that releases the folder.
 */
export function lockDataFolder(dataDir: string): () => void {
  const lock = new DatabaseSync(fileInDataFolder(dataDir, lockFile), { timeout: 0 })
  try {
    lock.exec('begin exclusive')
    return () => {
      if (lock.isOpen) lock.close()
    }
  } catch (cause) {
    lock.close()
    const unavailable = sqliteUnavailable(cause, dataDir)
    if (unavailable?.reason !== 'BUSY') throw unavailable ?? cause
    throw new StoreUnavailable(
      'IN_USE',
      `Another gateway runs on the data folder ${dataDir}. Stop that one, set DATA_DIR to another folder, or set DATABASE_URL to a PostgreSQL that several gateways can share.`,
      { cause },
    )
  }
}

/** Whether a gateway uses the folder. Other problems with its lock are reported when a gateway starts. */
export function isDataFolderInUse(dataDir: string): boolean {
  const file = join(dataDir, lockFile)
  if (!existsSync(file)) return false
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(file, { readOnly: true, timeout: 0 })
    lock.prepare('select 1 from sqlite_master').get()
    return false
  } catch (error) {
    return isBusy(error)
  } finally {
    lock?.close()
  }
}
