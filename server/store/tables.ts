import type { Generated, GeneratedAlways, Selectable } from 'kysely'
import type { CallerKind, FailureReason, ShareRequestState } from '../share-requests/share-request.ts'

/** The tables as the latest migration leaves them. Times are milliseconds since the epoch, booleans 0 or 1. */
export interface Tables {
  share_requests: ShareRequestsTable
  work: WorkTable
  partner_keys: PartnerKeysTable
  gateways: GatewaysTable
  changes: ChangesTable
  change_log: ChangeLogTable
  rate_limits: RateLimitsTable
}

/** A share request, or before that its reservation, while Portmone creates it. */
interface ShareRequestsTable {
  id: string
  idempotency_hash: string
  input_hash: string
  policy_name: string
  /** JSON. */
  policy: string
  reference: string | null
  created_by: CallerKind
  /** Id of the partner key; null for a customer, and for those that earlier versions created. */
  created_by_key: string | null
  state: ShareRequestState | 'RESERVED'
  /** 0 while reserved. */
  version: number
  created_at: number
  changed_at: number
  code: string | null
  issuer_request_id: string | null
  expires_at: number | null
  approved_at: number | null
  /** JSON. */
  outcome: string | null
  /** Of the outcome, for lists and counts. */
  passed: 0 | 1 | null
  failure_reason: FailureReason | null
  failure_retryable: 0 | 1 | null
  /** Of the reservation; 0 if nobody holds it. */
  lease_until: number
  lease_holder: string | null
}

/** When each pending share request is due. A separate table, because it is written at every check. */
interface WorkTable {
  id: string
  next_work_at: number
  /** 0 if nobody holds it. */
  lease_until: number
  lease_holder: string | null
  /** A check was requested while the lease was held: `finish` must not postpone the work. */
  hinted: 0 | 1
  /** It has a live subscriber until then. */
  watched_until: number
  /** How many checks callers have had since the limit's minute began. */
  checks: Generated<number>
  /** When that minute ends; 0 before the first. */
  checks_until: Generated<number>
  /** The later of next_work_at and lease_until: when it can be claimed. */
  due_at: GeneratedAlways<number>
}

interface PartnerKeysTable {
  id: string
  name: string
  hash: string
  /** JSON. */
  scopes: string
  created_at: number
  expires_at: number | null
  revoked_at: number | null
}

interface GatewaysTable {
  id: string
  alive_until: number
}

/** Every version that a share request has had, in the order in which these became visible. */
interface ChangesTable {
  position: number
  share_request_id: string
  version: number
}

/** One row. */
interface ChangeLogTable {
  id: number
  last_position: number
  /** Of the last change that was deleted for its age. */
  expired_position: number
}

/** In PostgreSQL only: what gateways count together, in windows of a minute. */
interface RateLimitsTable {
  key: string
  points: number
  /** When the window ends. */
  expire: number
}

export type ShareRequestRow = Selectable<ShareRequestsTable>
export type PartnerKeyRow = Selectable<PartnerKeysTable>
