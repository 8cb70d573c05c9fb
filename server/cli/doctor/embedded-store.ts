import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { Kysely } from 'kysely'
import { isDataFolderInUse } from '../../store/data-folder.ts'
import { NodeSqliteDialect } from '../../store/node-sqlite.ts'
import { sqliteUnavailable } from '../../store/sqlite-errors.ts'
import type { Tables } from '../../store/tables.ts'
import { type Finding, failure, ok, warning } from './finding.ts'
import { checkTables } from './tables.ts'

const check = 'store'

/**
 * Looks at the store in a folder without making or changing a file in it, also while a gateway has it.
 * @param gatewayListens whether that can be the one that listens where this configuration says.
 */
export async function checkEmbeddedStore(dataDir: string, gatewayListens: boolean): Promise<Finding[]> {
  const folder = resolve(dataDir)
  const existing = nearestExisting(folder)
  const space = checkSpace(existing, await freeBytes(existing))
  const file = join(folder, 'gateway.db')
  if (!statSync(existing).isDirectory())
    return [failure(check, `${existing} is no folder. Set DATA_DIR to another path.`)]
  if (!isWritable(existing))
    return [
      failure(
        check,
        `${existing} can not be written. Let this user write it, or set DATA_DIR to another folder.`,
      ),
    ]
  if (!existsSync(file)) return [ok(check, `${folder} is ready; the first start makes the database`), space]
  if (!isWritable(file))
    return [failure(check, `${file} can not be written. Let this user write the files in ${folder}.`), space]
  const other = !gatewayListens && isDataFolderInUse(folder) ? [inUse(folder)] : []
  return [await checkDatabase(file, folder), ...other, space]
}

const inUse = (folder: string) =>
  warning(
    check,
    `a gateway that listens elsewhere runs on ${folder}, so that no other starts on it. Stop that one, set DATA_DIR to another folder, or set DATABASE_URL to a PostgreSQL that several gateways can share.`,
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
 * Even a reader makes the files beside a database with a write-ahead log where they are missing. They are there while a
 * gateway runs, or after it broke down; otherwise the file is whole and is read as one that nobody changes.
 */
function open(file: string): DatabaseSync {
  const inUse = existsSync(`${file}-wal`) && existsSync(`${file}-shm`)
  const path = pathToFileURL(file)
  if (!inUse) path.searchParams.set('immutable', '1')
  return new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
}

/** In bytes. */
const MiB = 2 ** 20
const minFreeBytes = 64 * MiB
const lowFreeBytes = 1024 * MiB

/** Judges what is free where `folder` is. */
export function checkSpace(folder: string, bytes: number): Finding {
  const text = `${Math.floor(bytes / MiB)} MiB are free for ${folder}`
  if (bytes >= lowFreeBytes) return ok('disk', text)
  const mend = `${text}. Make room; a shorter RETENTION keeps less.`
  return bytes >= minFreeBytes ? warning('disk', mend) : failure('disk', mend)
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
