import { closeSync, openSync, readSync } from 'node:fs'
import { StoreUnavailable } from '../share-requests/store.ts'
import type { Disk } from './disk.ts'

/** Milliseconds that one sync may take before new writes are refused. */
const maxSyncMs = 2_000

export interface WriteAheadLogOptions {
  /** The `-wal` file. It stays the same file while a connection to its database is open. */
  file: string
  dataDir: string
  disk: Disk
  /** How much may be written to the log before a checkpoint. */
  checkpointBytes: number
}

/** Bytes of the log's header, and of the header of each page in it. */
const [logHeaderBytes, frameHeaderBytes] = [32, 24]

/**
 * Whether this much was written to the log since it was last restarted. SQLite does not shorten the file then; it changes
 * the salt, which the header of each page repeats (https://www.sqlite.org/fileformat2.html#walformat).
 */
function hasReached(fd: number, bytes: number): boolean {
  const header = Buffer.alloc(logHeaderBytes)
  readSync(fd, header, 0, logHeaderBytes, 0)
  const frameBytes = frameHeaderBytes + header.readUInt32BE(8)
  const frame = Buffer.alloc(frameHeaderBytes)
  const position = logHeaderBytes + Math.floor(bytes / frameBytes) * frameBytes
  return readSync(fd, frame, 0, frameHeaderBytes, position) > 0 && frame.compare(header, 16, 24, 8, 16) === 0
}

/**
 * SQLite's write-ahead log, which commits append to without waiting for the disk. This class syncs it, once for all who have
 * committed by then, and runs checkpoints when it has grown. A sync that failed is never repeated:
 * the operating system may have dropped what it could not write, and would report success.
 */
export class WriteAheadLog {
  readonly #fd: number
  readonly #dataDir: string
  readonly #disk: Disk
  readonly #checkpointBytes: number
  #checkpointAtBytes: number
  #syncing: Promise<void> = Promise.resolve()
  #syncingSince: number | null = null
  #nextSync: Promise<void> | null = null
  #failure: StoreUnavailable | null = null
  #checkpointing: Promise<void> | null = null
  #isClosed = false
  #writers = 0
  #writersGone: (() => void) | null = null
  /** Resolves when writers may continue; null while they may write. */
  #pause: Promise<void> | null = null

  constructor({ file, dataDir, disk, checkpointBytes }: WriteAheadLogOptions) {
    this.#fd = openSync(file, 'r+')
    this.#dataDir = dataDir
    this.#disk = disk
    this.#checkpointBytes = checkpointBytes
    this.#checkpointAtBytes = checkpointBytes
  }

  /** Runs `write`, which commits, when no checkpoint needs the log for itself. Rejects once a sync has failed. */
  async write<Result>(write: () => Promise<Result>): Promise<Result> {
    while (this.#pause !== null) await this.#pause
    if (this.#failure !== null) throw this.#failure
    this.#writers++
    try {
      return await write()
    } finally {
      this.#writers--
      if (this.#writers === 0) this.#writersGone?.()
    }
  }

  /** Resolves when everything committed before the call is on the disk. */
  sync(): Promise<void> {
    this.#nextSync ??= this.#startSync()
    return this.#nextSync
  }

  /** Throws a StoreUnavailable if writes wait so long for the disk that new ones should be refused. */
  refuseWhenSlow(): void {
    if (this.#syncingSince === null || performance.now() - this.#syncingSince < maxSyncMs) return
    throw new StoreUnavailable(
      'BUSY',
      `The disk of ${this.#dataDir} has not completed a write for ${maxSyncMs} ms. Use a faster disk.`,
    )
  }

  /** Runs a checkpoint if the log has reached its maximum size. */
  maintain(): void {
    if (this.#checkpointing !== null || this.#failure !== null || this.#isClosed) return
    if (!Number.isFinite(this.#checkpointAtBytes) || !hasReached(this.#fd, this.#checkpointAtBytes)) return
    this.#checkpointing = this.#checkpoint().finally(() => {
      this.#checkpointing = null
    })
  }

  /** Waits for writes in progress. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#checkpointing
    const goOn = await this.#holdWriters()
    await this.sync().catch(() => {})
    this.#failure ??= new StoreUnavailable('UNREACHABLE', 'The store was closed.')
    goOn()
    closeSync(this.#fd)
    await this.#disk.close()
  }

  async #startSync(): Promise<void> {
    await this.#syncing.catch(() => {})
    // Twice: the writes of the next turn are committed at its end, just after the first wait is over.
    await this.#disk.gather()
    await this.#disk.gather()
    this.#nextSync = null
    this.#syncing = this.#sync()
    return this.#syncing
  }

  async #sync(): Promise<void> {
    if (this.#failure !== null) throw this.#failure
    this.#syncingSince = performance.now()
    try {
      await this.#disk.sync(this.#fd)
    } catch (cause) {
      throw this.fail(cause)
    } finally {
      this.#syncingSince = null
    }
    this.maintain()
  }

  async #checkpoint(): Promise<void> {
    let isRestarted = false
    try {
      // Most of the work, while others write; the rest takes little time.
      await this.#disk.checkpoint('copy')
      const goOn = await this.#holdWriters()
      try {
        isRestarted = await this.#disk.checkpoint('restart')
      } finally {
        goOn()
      }
    } catch (cause) {
      this.fail(cause)
    }
    this.#checkpointAtBytes = (isRestarted ? 0 : this.#checkpointAtBytes) + this.#checkpointBytes
  }

  /** Resolves when nobody writes. @returns a function that resumes writers. */
  async #holdWriters(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#pause = promise
    if (this.#writers > 0)
      await new Promise<void>((gone) => {
        this.#writersGone = gone
      })
    this.#writersGone = null
    return () => {
      this.#pause = null
      resolve()
    }
  }

  /** Refuses all writes, because some earlier ones may never reach the disk. */
  fail(cause: unknown): StoreUnavailable {
    this.#failure ??= new StoreUnavailable(
      'DISK_FAILED',
      `Writing to the disk of ${this.#dataDir} failed (${cause instanceof Error ? cause.message : cause}). Check the disk and the system's log, then restart the gateway.`,
      { cause },
    )
    return this.#failure
  }
}
