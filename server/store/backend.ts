import type { CompiledQuery, Kysely, QueryResult, RawBuilder, Transaction } from 'kysely'
import type { ShareRequest } from '../share-requests/share-request.ts'
import type { Change, StoreUnavailable } from '../share-requests/store.ts'
import type { CreationCounts } from './limit-windows.ts'
import type { stateColumns } from './row-mapping.ts'
import type { ShareRequestRow, Tables } from './tables.ts'

/** What differs between the databases; they share all other queries. */
export interface Backend {
  readonly db: Kysely<Tables>
  readonly dialect: Dialect
  readonly transitions: Transitions
  /** Null if the database counts creations, for all gateways that share it. */
  readonly creationCounts: CreationCounts | null
  /** Milliseconds since the epoch, whole, by the clock of all gateways that share the database. */
  now(): number
  /** Does not find reservations. */
  find(id: string): Promise<ShareRequest | null>
  /** Runs a write that is not a transaction. It survives a power cut after a later `sync`. */
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
  /** A write with an announcement failed with `error`. It may have been committed all the same. */
  announcementFailed(error: StoreUnavailable): void
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

/**
 * The writes that change the version of a share request. Each is atomic, appends to the log of changes, and announces
 * the change to the other gateways.
 */
export interface Transitions {
  /** @returns the share request, now pending; null if the reservation does not exist (any more). */
  open(opening: OpeningColumns): Promise<ShareRequestRow | null>
  /** Writes a terminal state. @returns whether the stored row was as expected. */
  end(update: StateUpdate): Promise<boolean>
}

export interface OpeningColumns {
  id: string
  now: number
  code: string
  issuer_request_id: string | null
  expires_at: number
  next_work_at: number
}

/** The new state of a share request, and what must be stored of the old one. */
export interface StateUpdate extends ReturnType<typeof stateColumns> {
  id: string
  expectedState: string
  expectedVersion: number
  expectedApprovedAt: number | null
}

export interface Dialect {
  /** Whether rows are locked one by one. If not, a transaction locks the whole database from its beginning. */
  rowLocks: boolean
  /** Runs a query that was built once, outside of any transaction, faster than Kysely. */
  run<Row>(query: CompiledQuery<Row>): Promise<QueryResult<Row>>
  /** Whether a query can contain writes, so that several are one statement. */
  writesInQueries: boolean
  /** An expression that, selected or returned by a statement, makes its commit not wait for the disk. Null if none does. */
  withoutFsync: RawBuilder<unknown> | null
  /** Entries as a table to join with, in few parameters, so that the statement's text is the same for any number. */
  valuesTable(entries: readonly Entry[]): RawBuilder<Required<Entry>>
}

/** A share request's ID, and times. */
export interface Entry {
  id: string
  at?: number
  at_if_watched?: number
}
