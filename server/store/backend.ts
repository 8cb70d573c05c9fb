import type { Kysely, RawBuilder, Transaction } from 'kysely'
import type { Change, StoreUnavailable } from '../share-requests/store.ts'
import type { Tables } from './tables.ts'

/** What differs between the databases; they share all other queries. */
export interface Backend {
  readonly db: Kysely<Tables>
  readonly dialect: Dialect
  /** Milliseconds since the epoch, whole, by the clock of all gateways that share the database. */
  now(): number
  /** Runs a write of one statement. It survives a power cut after a later `sync`. */
  write<Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result>
  /** Runs writes that take effect together. They survive a power cut after a later `sync`. */
  transaction<Result>(work: (trx: Transaction<Tables>) => Promise<Result>): Promise<Result>
  /** Like `transaction`, for writes that need no `sync` afterwards. */
  relaxedTransaction<Result>(work: (trx: Transaction<Tables>) => Promise<Result>): Promise<Result>
  /** Resolves when everything that was committed before the call survives a power cut. */
  sync(): Promise<void>
  /** Throws a StoreUnavailable if writes wait so long that new ones should be refused. */
  refuseWhenSlow(): void
  /** Announces `change` to the other gateways when `trx` commits. */
  notify(trx: Transaction<Tables>, change: Change): Promise<void>
  /** A transaction with an announcement failed, and may or may not have been committed. */
  notificationMayBeLost(): void
  /** Rejects with a StoreUnavailable if notifications do not reach the gateways that share the database. */
  probeNotifications(): Promise<void>
  /** Called at each heartbeat, for periodic maintenance. */
  maintain(): Promise<void>
  /** Whether a write failed because its code belongs to another share request. */
  isDuplicateCode(error: unknown): boolean
  /** The StoreUnavailable for an error of the database that the caller cannot prevent; null for any other error. */
  unavailable(error: unknown): StoreUnavailable | null
  close(): Promise<void>
}

export interface Dialect {
  /** Whether rows are locked one by one. If not, a transaction locks the whole database from its beginning. */
  rowLocks: boolean
  /** Entries as a table to join with, in few parameters, so that the statement's text is the same for any number. */
  valuesTable(entries: readonly WorkTime[]): RawBuilder<WorkTime>
}

/** A share request's ID and a time. */
export interface WorkTime {
  id: string
  at: number | null
}
