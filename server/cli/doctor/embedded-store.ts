import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { Kysely } from 'kysely'
import { emptiedAdvice, isDataFolderInUse, isEmptied } from '../../store/data-folder.ts'
import { measureSyncMs } from '../../store/disk.ts'
import { NodeSqliteDialect } from '../../store/node-sqlite.ts'
import { sqliteUnavailable } from '../../store/sqlite-errors.ts'
import type { Tables } from '../../store/tables.ts'
import { type Finding, failure, ok, warning } from './finding.ts'
import { checkTables } from './tables.ts'

const check = 'store'

/**
 * Checks the store in a folder without creating or changing a file, even while a gateway uses it.
 * @param gatewayListens whether a gateway, probably the one that uses the store, listens on the configured port.
 */
export async function checkEmbeddedStore(dataDir: string, gatewayListens: boolean): Promise<Finding[]> {
  const folder = resolve(dataDir)
  const existing = nearestExisting(folder)
  const space = checkSpace(existing, await freeBytes(existing))
  const file = join(folder, 'gateway.db')
  if (!statSync(existing).isDirectory())
    return [failure(check, `${existing} is not a folder. Set DATA_DIR to another path.`)]
  if (!isWritable(existing))
    return [
      failure(
        check,
        `${existing} is not writable. Make it writable for this user, or set DATA_DIR to another folder.`,
      ),
    ]
  if (isEmptied(folder)) return [failure(check, emptiedAdvice(folder)), space]
  if (!existsSync(file)) return [ok(check, `${folder} is ready; the first start creates the database`), space]
  if (!isWritable(file))
    return [
      failure(check, `${file} is not writable. Make the files in ${folder} writable for this user.`),
      space,
    ]
  const other = !gatewayListens && isDataFolderInUse(folder) ? [inUse(folder)] : []
  return [await checkDatabase(file, folder), ...other, space, checkSync(folder, await measureSyncMs(folder))]
}

const inUse = (folder: string) =>
  warning(
    check,
    `another gateway is already using ${folder}. Stop it, set DATA_DIR to another folder, or set DATABASE_URL to a PostgreSQL that several gateways share.`,
  )

async function checkDatabase(file: string, folder: string): Promise<Finding> {
  let database: DatabaseSync | undefined
  try {
    database = open(file)
    return await checkTables(new Kysely<Tables>({ dialect: new NodeSqliteDialect(database) }), folder)
  } catch (error) {
    const unavailable = sqliteUnavailable(error, folder)
    if (unavailable === null) throw error
    return failure(check, unavailable.message)
  } finally {
    database?.close()
  }
}

/**
 * Even a reader creates the missing files of a write-ahead log. They exist while a gateway runs and after a crash;
 * otherwise the database is complete without them and can be opened as immutable.
 */
function open(file: string): DatabaseSync {
  const inUse = existsSync(`${file}-wal`) && existsSync(`${file}-shm`)
  const path = pathToFileURL(file)
  if (!inUse) path.searchParams.set('immutable', '1')
  return new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
}

const MiB = 2 ** 20
const minFreeBytes = 64 * MiB
const lowFreeBytes = 1024 * MiB

/** Judges the free space where `folder` is. */
export function checkSpace(folder: string, bytes: number): Finding {
  const text = `${Math.floor(bytes / MiB)} MiB are free for ${folder}`
  if (bytes >= lowFreeBytes) return ok('disk', text)
  const advice = `${text}. Free some space, or shorten RETENTION.`
  return bytes >= minFreeBytes ? warning('disk', advice) : failure('disk', advice)
}

/** Every acknowledged write waits for the disk once. */
const slowSyncMs = 20

/** Judges how long the disk takes to write something down. */
export function checkSync(folder: string, syncMs: number): Finding {
  const text = `a write to the disk of ${folder} takes ${syncMs.toFixed(1)} ms`
  if (syncMs <= slowSyncMs) return ok('disk', text)
  return warning(
    'disk',
    `${text}. Creations and events wait for it: use a disk that takes less than ${slowSyncMs} ms.`,
  )
}

async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path)
  return bavail * bsize
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path))
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}
