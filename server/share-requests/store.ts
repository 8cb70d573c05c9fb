import type { ShareRequestFilter } from './filter.ts'
import type { PartnerKeyStore } from './partner-keys.ts'
import type { CreatedFields, PendingShareRequest, ShareRequest } from './share-request.ts'

/**
 * Where share requests are kept. Time is the store's own: `now()`, milliseconds since the epoch, is the one clock of
 * all gateways that share it.
 *
 * When `open`, `update`, `erase`, `insertPartnerKey` or `revokePartnerKey` resolves, or a change is published, what it wrote
 * survives a power cut. What the other methods wrote survives the end of the process, but a power cut may undo the most
 * recent writes: a creation or a check is then repeated. Nothing that was read can be undone.
 *
 * While the store cannot work, every method rejects with a StoreUnavailable and writes nothing.
 */
export interface Store extends PartnerKeyStore {
  now(): number

  /**
   * Reserves the id of a share request before Portmone is asked to create it, so that a crash or a race cannot
   * create two. A reservation whose lease has ended is taken over with the id that it had.
   *
   * Counts one creation for each of its limits, one after another until one is reached: then nothing is reserved, and the
   * limits after it count nothing.
   */
  reserve(reservation: Reservation): Promise<Reserved>
  /**
   * Gives up the lease of a reservation at once, so that the next attempt need not wait for its end. Nothing happens
   * if the reservation was opened, or taken over by another gateway.
   */
  release(id: string): Promise<void>
  /**
   * Turns a reservation into a pending share request, version 1, and publishes it. Where an attempt that took the
   * reservation over was faster, the answer is the share request that this one opened, as it is now. Rejects if
   * there is no such reservation, and with a DuplicateCode if another share request has this code.
   */
  open(id: string, opening: Opening): Promise<ShareRequest>

  /** Does not find reservations. */
  find(id: string): Promise<ShareRequest | null>
  /** Those of `ids` that are found, in any order. */
  findAll(ids: readonly string[]): Promise<ShareRequest[]>
  /** Newest first, those after the cursor, at most `first` + 1: the extra one shows that there are more. */
  list(query: ListQuery): Promise<ShareRequest[]>
  /** How many share requests match the filter, by what came of them, each counted up to `limit`. */
  countOutcomes(filter: ShareRequestFilter, limit: number): Promise<OutcomeCounts>
  /** How many share requests have a reference that begins with `prefix`, counted up to `limit`. */
  countReferences(prefix: string, limit: number): Promise<number>
  /** How many share requests are pending for each of these policies. At least one must be named. */
  countPending(policies: readonly string[]): Promise<ReadonlyMap<string, number>>

  /**
   * Writes `next` if the stored request still has `previous`'s version and approvedAt; of two concurrent updates one wins. The
   * change is published after it is durable if the version changed. `nextWorkAt` is null for a terminal state, and
   * for no other. A lease on the work stays as it is.
   * @returns whether this caller won.
   */
  update(previous: ShareRequest, next: ShareRequest, nextWorkAt: number | null): Promise<boolean>

  /**
   * Takes up to `limit` pending share requests whose work is due, the longest due first, and leases each for `leaseMs`
   * milliseconds. Without a `finish`, the work is due again when its lease ends.
   */
  claimDue(claim: { limit: number; leaseMs: number }): Promise<PendingShareRequest[]>
  /**
   * Takes one share request, whenever it is due, for a check that a caller requested. At most `maxPerMinute` of these
   * are granted for one share request. Where its lease is held, it is due again as soon as that lease ends, whatever the
   * holder's `finish` says.
   */
  claim(id: string, claim: { leaseMs: number; maxPerMinute: number }): Promise<Claim>
  /** Ends leases that this gateway holds; one that another has taken over stays. */
  finish(work: readonly FinishedWork[]): Promise<void>
  /** When `claimDue` has something to take next; leased work counts from the end of its lease. Null if nothing is pending. */
  nextWorkAt(): Promise<number | null>
  /**
   * Corrects what was dated before the clock was set back: work that is due later than `horizonMs` from now is due now,
   * and leases, watches and heartbeats that last longer end. `horizonMs` is longer than any of them lasts.
   */
  recoverFromClockStep(horizonMs: number): Promise<void>
  /**
   * Notes that these are followed by a live subscriber until `until`; their work is due at `dueBy` at the latest. What
   * was noted before is never shortened or put off. IDs of share requests that are not pending are ignored.
   */
  watch(ids: readonly string[], until: number, dueBy: number): Promise<void>

  /**
   * Calls `changed` after each durable change of version, also for changes that other gateways make. Calls `missed`
   * after changes of other gateways may have been lost: whatever is followed must be read again. Neither may throw.
   * @returns a stop function.
   */
  onChange(changed: (change: Change) => void, missed: () => void): () => void

  /** The place after the last change in the log of changes. */
  lastChange(): Promise<ChangeCursor>
  /**
   * Every new version of a share request is in the log, at a position higher than that of any change that was visible
   * before. The log keeps it for as long as the share request.
   * @returns the changes after `cursor` in their order, at most `limit`, each with the share request as it was at that
   * version. Null if the log no longer has all of them, has not come to that position yet, or has another change there,
   * as after a restore from a backup.
   */
  changesAfter(cursor: ChangeCursor, limit: number): Promise<LoggedChange[] | null>

  /**
   * Deletes one share request, pending or terminal, with everything that is stored of it. The change is published
   * after it is durable, without a `request`; from then on it is not found.
   * @returns whether it existed.
   */
  erase(id: string): Promise<boolean>
  /**
   * Deletes up to `limit` of the terminal share requests that changed before `time`, and of the reservations as old
   * that came to nothing.
   * @returns how many.
   */
  deleteBefore(time: number, limit: number): Promise<number>
  /**
   * Completes up to `limit` approvals that gateways of an earlier version stored without whether all checks passed,
   * which they may do during a rolling upgrade. Until then, lists and counts by that leave them out.
   * @returns how many.
   */
  fillInPassed(limit: number): Promise<number>

  /** Notes that this gateway is alive, for `ttl` milliseconds. @returns how many gateways are, itself included. */
  heartbeat(gatewayId: string, ttl: number): Promise<number>
  /** Resolves if the store can be written and its migrations are complete; else rejects. */
  check(): Promise<void>
  /** Closes files and connections after what is in progress has ended. Later calls reject. */
  close(): Promise<void>
}

/**
 * Why a store cannot work:
 * - UNREACHABLE: the database cannot be reached, refuses the connection or closed it. It may work later.
 * - FULL: no space is left. It works again once there is.
 * - NOT_WRITABLE: the database, its files or its folder may not be written.
 * - BUSY: another process keeps it locked for too long, or the disk is too slow. It may work later.
 * - DISK_FAILED: the disk could not be read or written. Writes fail until the gateway is restarted.
 * - IN_USE: another gateway has the data folder.
 * - DAMAGED: the file is not a database of this gateway, or is corrupt.
 * - MIGRATIONS: its tables are not those that this version of the gateway needs.
 */
export type StoreUnavailableReason =
  | 'UNREACHABLE'
  | 'FULL'
  | 'NOT_WRITABLE'
  | 'BUSY'
  | 'DISK_FAILED'
  | 'IN_USE'
  | 'DAMAGED'
  | 'MIGRATIONS'

/** The store cannot work for now. The message says how to fix that, and contains no password. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable'
  readonly reason: StoreUnavailableReason
  constructor(reason: StoreUnavailableReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/** Another share request has the code: one approval must not approve both. */
export class DuplicateCode extends Error {
  override name = 'DuplicateCode'
  constructor() {
    super('Portmone issued a code that belongs to another share request.')
  }
}

export type Claim =
  | { kind: 'claimed'; request: PendingShareRequest }
  /** It is being checked. */
  | { kind: 'leased' }
  | { kind: 'limited'; retryAfterMs: number }
  /** It is not pending, or does not exist. */
  | { kind: 'none' }

/** When work that was claimed is due next, in milliseconds since the epoch. */
export interface FinishedWork {
  id: string
  nextWorkAt: number
  /** The same if a live subscriber follows it by now. */
  nextWorkAtIfWatched: number
}

export interface Reservation extends CreatedFields {
  /** Hash of the caller's idempotency key, scoped by the caller. */
  idempotencyHash: string
  /** Hash of the input: the same key with other input is a conflict. */
  inputHash: string
  leaseMs: number
  limits: readonly CreationLimit[]
}

/** How many share requests a caller, or a network of callers, may create in a minute. */
export interface CreationLimit {
  name: string
  maxPerMinute: number
}

export interface Opening {
  code: string
  issuerRequestId?: string | null
  /** Milliseconds since the epoch. */
  expiresAt: number
  nextWorkAt: number
}

export type Reserved =
  /** The caller holds the lease and is to create; `id` is the older one's where a reservation was taken over. */
  | { kind: 'reserved'; id: string }
  /** Another holds the lease. */
  | { kind: 'busy' }
  | { kind: 'exists'; request: ShareRequest }
  | { kind: 'conflict' }
  /** Too many creations within a minute. */
  | { kind: 'limited'; retryAfterMs: number }

export interface ListQuery extends ShareRequestFilter {
  first: number
  after: Cursor | null
}

/** The states, with the approved ones apart by whether their checks passed. */
export const outcomeKinds = [
  ...(['PENDING', 'PASSED', 'NOT_PASSED', 'DECLINED', 'EXPIRED', 'CANCELLED', 'FAILED'] as const),
]
export type OutcomeCounts = Readonly<Record<(typeof outcomeKinds)[number], number>>

/** A place in the list, newest first. */
export interface Cursor {
  createdAt: number
  id: string
}

/** A new version of a share request, and its place in the order of all changes. */
export interface LoggedChange {
  position: number
  request: ShareRequest
}

/** A place in the log of changes: right after one of them. */
export interface ChangeCursor {
  /** 0 is before the first. */
  position: number
  /** When that change was made; null if that is not known. It tells apart what stands there before and after a restore. */
  changedAt: number | null
}

export const cursorOf = ({ position, request: { changedAt } }: LoggedChange): ChangeCursor => ({
  position,
  changedAt,
})

/** A new version of a share request, or its erasure. */
export interface Change {
  id: string
  /** Of an erased share request: the last one. */
  version: number
  /** Set if the gateway that receives the change also made it, and the share request was not erased. */
  request?: ShareRequest
}
