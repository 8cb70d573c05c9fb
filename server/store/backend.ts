import type { Kysely, RawBuilder, Transaction } from 'kysely'
import type { Change, StoreUnavailable } from '../share-requests/store.ts'
import type { Tables } from './tables.ts'

/** What differs between the databases; all else is one query code. */
export interface Backend {
  readonly db: Kysely<Tables>
  readonly dialect: Dialect
  /** Milliseconds since the epoch, whole, by the clock of all gateways that share the database. */
  now(): number
  /** Runs a write of one statement. It survives a power cut after a later `sync`. */
  write<Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result>
  /** Runs writes that take effect together. They survive a power cut after a later `sync`. */
  transaction<Result>(work: (trx: Transaction<Tables>) => Promise<Result>): Promise<Result>
  /** As `transaction`, for what no promise depends on: no `sync` follows. */
  relaxedTransaction<Result>(work: (trx: Transaction<Tables>) => Promise<Result>): Promise<Result>
  /** Resolves when everything that was committed before the call survives a power cut. */
  sync(): Promise<void>
  /** Throws a StoreUnavailable where writes wait so long that no more should be taken on. */
  refuseWhenSlow(): void
  /** Tells the other gateways of `change` when `trx` commits. */
  notify(trx: Transaction<Tables>, change: Change): Promise<void>
  /** A transaction with an announcement broke off, so that nobody knows whether it was committed. */
  notificationMayBeLost(): void
  /** Rejects with a StoreUnavailable if notifications do not reach the gateways that share the database. */
  probeNotifications(): Promise<void>
  /** Called at each heartbeat, for what is to be looked after now and then. */
  maintain(): Promise<void>
  /** Whether a write failed because its code belongs to another share request. */
  isDuplicateCode(error: unknown): boolean
  /** The typed form of an error of the database that the caller can not help; null for any other error. */
  unavailable(error: unknown): StoreUnavailable | null
  close(): Promise<void>
}

export interface Dialect {
  /** Whether rows are locked one by one. Where not, a transaction has the database to itself from its beginning. */
  rowLocks: boolean
  /** Entries as a table to join with, in few parameters, so that the statement's text is the same for any number. */
  valuesTable(entries: readonly WorkTime[]): RawBuilder<WorkTime>
}

/** Some share request's id, and a time. */
export interface WorkTime {
  id: string
  at: number | null
}
