import { DatabaseSync } from 'node:sqlite'
import { mayPass } from './sqlite-errors.ts'

/** Marks the file as ours for tools that examine it. */
const applicationId = 0x706f7274

/**
 * - `copy` copies the log into the database while others write.
 * - `restart` copies what was written since, and makes the next write begin at the start of the log. Nobody may write
 *   during it.
 */
export type CheckpointStep = 'copy' | 'restart'

/** Bytes of disk space that the log keeps. It needs more while a backup reads the database, for example. */
export const maxKeptLogBytes = 64 * 2 ** 20

/** A connection that moves the log of a database into the database itself. Every call blocks its thread. */
export class Checkpointer {
  readonly #database: DatabaseSync
  readonly #reader: DatabaseSync

  /** @param timeoutMs to wait for readers of the end of the log, such as a backup. */
  constructor(file: string, timeoutMs: number) {
    this.#database = new DatabaseSync(file, { timeout: timeoutMs })
    this.#reader = new DatabaseSync(file, { timeout: timeoutMs })
  }

  /** @returns false if the step could not be completed for now: the log is in use, or the disk is full. */
  run(step: CheckpointStep): boolean {
    try {
      return this.#run(step)
    } catch (error) {
      if (mayPass(error)) return false
      throw error
    }
  }

  close(): void {
    this.#database.close()
    this.#reader.close()
  }

  #run(step: CheckpointStep): boolean {
    if (this.#reader.isTransaction) this.#reader.exec('rollback')
    if (step === 'restart') return restartLog(this.#database)
    // While the log is being read, no writer restarts it, which would make that writer wait for the disk.
    this.#reader.exec('begin; select count(*) from sqlite_schema')
    return this.#database.prepare('pragma wal_checkpoint(passive)').get()?.busy === 0
  }
}

/**
 * Moves all of the log into the database, and begins the log anew. The file keeps its size: to overwrite it takes less
 * time than to let it grow again, for the disk too. @returns false if others are using it.
 */
export function restartLog(database: DatabaseSync): boolean {
  if (database.prepare('pragma wal_checkpoint(restart)').get()?.busy !== 0) return false
  // The first write into a restarted log syncs its header. Made here, no other writer waits for that.
  database.exec(`pragma journal_size_limit = ${maxKeptLogBytes}; pragma application_id = ${applicationId}`)
  return true
}
