import { StoreUnavailable, type StoreUnavailableReason } from '../share-requests/store.ts'

/** An error of node:sqlite. `errcode` is SQLite's extended result code. */
interface SqliteError extends Error {
  code: 'ERR_SQLITE_ERROR'
  errcode: number
}

const isSqliteError = (error: unknown): error is SqliteError =>
  error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR' && 'errcode' in error

const busy = 5

/** Whether another process has the database locked. */
export const isBusy = (error: unknown) => isSqliteError(error) && (error.errcode & 0xff) === busy

const [locked, full] = [6, 13]

/** Whether a retry may succeed later: the database is locked, or the disk is full. */
export const mayPass = (error: unknown) =>
  isSqliteError(error) && [busy, locked, full].includes(error.errcode & 0xff)

/** SQLITE_CONSTRAINT_UNIQUE. */
const uniqueViolation = 2067

/** Whether the write failed because another share request has the code. */
export const isDuplicateCode = (error: unknown) =>
  isSqliteError(error) && error.errcode === uniqueViolation && error.message.endsWith('share_requests.code')

/** SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC. */
const syncErrors = [1034, 1290]

/** Whether SQLite itself failed to sync a file. */
export const isSyncError = (error: unknown) => isSqliteError(error) && syncErrors.includes(error.errcode)

/** By primary result code (https://www.sqlite.org/rescode.html). Any other is a bug in this program. */
const reasonsByCode: Record<
  number,
  { reason: StoreUnavailableReason; message: (dataDir: string) => string }
> = {
  [busy]: {
    reason: 'BUSY',
    message: (dataDir) => `Another process keeps the database in ${dataDir} locked. End it, or try again.`,
  },
  8: {
    reason: 'NOT_WRITABLE',
    message: (dataDir) =>
      `The database in ${dataDir} is not writable. Make its files writable for this user.`,
  },
  10: {
    reason: 'DISK_FAILED',
    message: (dataDir) => `Reading or writing the disk of ${dataDir} failed. Check the system's log.`,
  },
  11: {
    reason: 'DAMAGED',
    message: (dataDir) =>
      `The database in ${dataDir} is damaged. Stop the gateway and restore the folder from a backup.`,
  },
  [full]: {
    reason: 'FULL',
    message: (dataDir) =>
      `No space is left for the database in ${dataDir}. Free some; the gateway then continues by itself.`,
  },
  14: {
    reason: 'NOT_WRITABLE',
    message: (dataDir) =>
      `The database in ${dataDir} cannot be opened. Make its files readable and writable for this user.`,
  },
  26: {
    reason: 'DAMAGED',
    message: (dataDir) => `A file in ${dataDir} is not a SQLite database. Set DATA_DIR to another folder.`,
  },
}

/** The StoreUnavailable for an error of SQLite that the caller cannot prevent; null for any other error. */
export function sqliteUnavailable(error: unknown, dataDir: string): StoreUnavailable | null {
  if (!isSqliteError(error)) return null
  const known = reasonsByCode[error.errcode & 0xff]
  return known === undefined
    ? null
    : new StoreUnavailable(known.reason, known.message(dataDir), { cause: error })
}
