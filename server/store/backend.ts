import type { Kysely, RawBuilder, Transaction } from 'kysely'
import type { Change, StoreUnavailable } from '../share-requests/store.ts'
import type { Tables } from './tables.ts'

/** What differs between the databases; all else is one query code. */
export interface Backend {
  readonly db: Kysely<Tables>
  readonly dialect: Dialect
  /** Milliseconds since the epoch, whole, by the clock of all gateways that share the database. */
  now(): number
  /** As `db.transaction().execute(work)`, but the commit does not wait for the disk. */
  withoutFsync<Result>(work: (trx: Transaction<Tables>) => Promise<Result>): Promise<Result>
  /** Tells the other gateways of `change` when `trx` commits. */
  notify(trx: Transaction<Tables>, change: Change): Promise<void>
  /** A transaction with an announcement broke off, so that nobody knows whether it was committed. */
  notificationMayBeLost(): void
  /** Rejects with a StoreUnavailable if notifications do not reach the gateways that share the database. */
  probeNotifications(): Promise<void>
  /** Called at each heartbeat, for what is to be looked after now and then. */
  maintain(): Promise<void>
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
