import type { IdentityServiceErrorReason } from '../share-requests/identity-service.ts'
import type { PendingShareRequest } from '../share-requests/share-request.ts'

/** The watcher's intervals and timeouts, in milliseconds. */
export interface WatcherSettings {
  /** Between checks of a watched request: this at first, then longer as it grows older, up to `maxPollIntervalMs`. */
  minPollIntervalMs: number
  maxPollIntervalMs: number
  /** Between checks of a request that nobody watches. */
  unwatchedIntervalMs: number
  /** How long after the deadline to keep waiting for an unreachable Portmone before the request expires unchecked. */
  expiryGraceMs: number
  /** How long after the approval to keep retrying unavailable facts. */
  factsRetryWindowMs: number
  /** How long one check may take, all its upstream calls and their retries included. */
  leaseMs: number
  /** How long a watch lasts unless renewed. */
  watchTtlMs: number
}

export const defaultWatcherSettings: WatcherSettings = {
  minPollIntervalMs: 2_000,
  maxPollIntervalMs: 15_000,
  unwatchedIntervalMs: 60_000,
  expiryGraceMs: 60_000,
  factsRetryWindowMs: 900_000,
  leaseMs: 60_000,
  watchTtlMs: 60_000,
}

const maxFactsDelayMs = 60_000

/** No work is ever scheduled, and nothing leased or watched, for longer than this. */
export const maxDelayMs = (settings: WatcherSettings) =>
  Math.max(
    ...[settings.maxPollIntervalMs, settings.unwatchedIntervalMs, settings.leaseMs, settings.watchTtlMs],
    maxFactsDelayMs,
  )

const clamp = (least: number, value: number, most: number) => Math.min(Math.max(least, value), most)

/** When the next check of `request` is due, after one at `now`: never later than its deadline. */
export function nextCheckAt(
  settings: WatcherSettings,
  request: PendingShareRequest,
  watched: boolean,
  now: number,
) {
  const { minPollIntervalMs, maxPollIntervalMs, unwatchedIntervalMs } = settings
  if (request.approvedAt !== null) return nextFactsRetryAt(settings, request.approvedAt, now)
  if (now >= request.expiresAt) return now + minPollIntervalMs
  const interval = watched
    ? clamp(minPollIntervalMs, (now - request.createdAt) / 20, maxPollIntervalMs)
    : unwatchedIntervalMs
  return Math.min(now + interval, request.expiresAt)
}

type FactsRetries = Pick<WatcherSettings, 'factsRetryWindowMs'>

/** When facts that were unavailable at `now` are fetched again: less and less often, and once more as the window ends. */
export function nextFactsRetryAt({ factsRetryWindowMs }: FactsRetries, approvedAt: number, now: number) {
  const pause = clamp(1_000, (now - approvedAt) / 2, maxFactsDelayMs)
  const windowEnd = approvedAt + factsRetryWindowMs
  return now >= windowEnd ? now + pause : Math.min(now + pause, windowEnd)
}

/** The issuer's own servers may need a moment to agree on a new code, or on an approval. */
export const persistentErrorWindowMs = 30_000

/** For how long facts are retried after an error: retrying hardly cures a definite answer of the issuer's. */
export function factsRetriesAfter(reason: IdentityServiceErrorReason, settings: FactsRetries): FactsRetries {
  const isTemporary = reason === 'UNAVAILABLE' || reason === 'CREDENTIALS_REFUSED'
  const { factsRetryWindowMs } = settings
  return isTemporary
    ? settings
    : { factsRetryWindowMs: Math.min(factsRetryWindowMs, persistentErrorWindowMs) }
}
