import type { PartnerKeyStore } from './partner-keys.ts'
import type { Policy } from './policies.ts'
import type { CallerKind, PendingShareRequest, ShareRequest, ShareRequestState } from './share-request.ts'

/**
 * Where share requests are kept. Every write is durable when its promise resolves. Time is the store's own: `now()`,
 * milliseconds since the epoch, is the one clock of all gateways that share it.
 */
export interface Store extends PartnerKeyStore {
  now(): number

  /**
   * Reserves the id of a share request before Portmone is asked to create it, so that a crash or a race can not
   * create two. A reservation whose lease has ended is taken over with the id that it had.
   */
  reserve(reservation: Reservation): Promise<Reserved>
  /** Gives up the lease of a reservation at once, so that the next attempt need not wait for its end. */
  release(id: string): Promise<void>
  /** Turns a reservation into a pending share request, version 1, and publishes it. */
  open(
    id: string,
    opening: { code: string; expiresAt: number; nextWorkAt: number },
  ): Promise<PendingShareRequest>

  find(id: string): Promise<ShareRequest | null>
  /** Newest first, those after the cursor; `first` + 1 rows tell whether there are more. */
  list(query: ListQuery): Promise<ShareRequest[]>

  /**
   * Writes `next` if the stored request still has `previous`'s version and approvedAt; of two racers one wins. The
   * change is published after it is durable if the version changed. `nextWorkAt` is null for a terminal state.
   * @returns whether this caller won.
   */
  update(previous: ShareRequest, next: ShareRequest, nextWorkAt: number | null): Promise<boolean>

  /**
   * Takes up to `limit` pending share requests whose work is due, the longest due first, and leases each for `lease`
   * milliseconds. `next` says when each is due again, unless a `finish` or `update` says otherwise.
   */
  claimDue(claim: { limit: number; lease: number; next: Schedule }): Promise<PendingShareRequest[]>
  /** Takes one pending share request whatever it is due; null if another holds its lease: then it is made due at once. */
  claim(id: string, claim: { lease: number; next: Schedule }): Promise<PendingShareRequest | null>
  /** Ends leases. With `nextWorkAt`, the work is due then, instead of when it was claimed to be. */
  finish(work: readonly { id: string; nextWorkAt?: number }[]): Promise<void>
  /** When the next work is due, of all that is not leased; null if there is none. */
  nextWorkAt(): Promise<number | null>
  /** Notes that these are followed by a live subscriber until `until`; their work is due at `dueBy` at the latest. */
  watch(ids: readonly string[], until: number, dueBy: number): Promise<void>

  /** Calls back after each durable change of version, also for changes that other gateways make. @returns a stop function. */
  onChange(listener: (change: Change) => void): () => void

  /** Deletes terminal share requests that changed before `time`, and reservations as old that came to nothing. @returns how many. */
  deleteBefore(time: number, limit: number): Promise<number>

  /** Notes that this gateway is alive, for `ttl` milliseconds. @returns how many gateways are, itself included. */
  heartbeat(gatewayId: string, ttl: number): Promise<number>
  /** Resolves if the store can be written and its migrations are complete; else rejects. */
  check(): Promise<void>
  close(): Promise<void>
}

/** When a pending share request is due again, given whether a live subscriber follows it. */
export type Schedule = (request: PendingShareRequest, watched: boolean) => number

export interface Reservation {
  id: string
  /** Hash of the caller's idempotency key, scoped by the caller. */
  idempotencyHash: string
  /** Hash of the input: the same key with other input is a conflict. */
  inputHash: string
  policy: Policy
  reference: string | null
  createdBy: CallerKind
  /** Milliseconds. */
  lease: number
}

export type Reserved =
  /** The caller holds the lease and is to create; `id` is the older one's where a reservation was taken over. */
  | { kind: 'reserved'; id: string }
  /** Another holds the lease. */
  | { kind: 'busy' }
  | { kind: 'exists'; request: ShareRequest }
  | { kind: 'conflict' }

export interface ListQuery {
  first: number
  after: Cursor | null
  policy: string | null
  reference: string | null
  states: readonly ShareRequestState[] | null
}

/** A place in the list, newest first. */
export interface Cursor {
  createdAt: number
  id: string
}

/** `request` is there where the gateway that hears of the change is the one that made it. */
export interface Change {
  id: string
  version: number
  request?: ShareRequest
}
